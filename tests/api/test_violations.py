from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.compliance.models import Waiver
from governance.pipeline.execution import drain
from tests.cast import Client

pytestmark = pytest.mark.django_db
SOON = (timezone.now() + timedelta(days=30)).isoformat()


@pytest.fixture
def violation(blocked, alice) -> int:
    [row] = alice.ask("violations/", deployment="chat-prod").json()["results"]
    return int(row["id"])


@pytest.fixture
def waiver(violation, eve) -> int:
    answer = eve.send(f"violations/{violation}/waivers/", {"reason": "Talks with Meta.", "until": SOON})
    assert answer.status_code == 201
    return int(answer.json()["id"])


def test_violations_are_found_by_what_they_are(violation, vic):
    for query, found in [
        ({"status": "open"}, 1),
        ({"status": "resolved"}, 0),
        ({"policy": "license.usage-threshold", "outcome": "fail"}, 1),
        ({"deployment": "other"}, 0),
    ]:
        assert len(vic.ask("violations/", **query).json()["results"]) == found, query


def test_a_waiver_approved_by_another_lets_it_pass(waiver, violation, ada, eve):
    answer = ada.send(f"waivers/{waiver}/approve/", {"reason": "Until the talks end."})
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["decided_by"]) == ("approved", "ada")
    drain()
    assert eve.ask("gate/", deployment="chat-prod").json()["allow"] is True
    shown = eve.ask("deployments/chat-prod/").json()
    assert [one["status"] for one in shown["waivers"]] == ["approved"]
    assert eve.ask(f"violations/{violation}/").json()["waivers"][0]["reason"] == "Talks with Meta."


def test_who_asked_never_decides(violation, ada):
    asked = ada.send(f"violations/{violation}/waivers/", {"reason": "Mine.", "until": SOON}).json()
    for verb in ("approve", "decline"):
        answer = ada.send(f"waivers/{asked['id']}/{verb}/")
        assert answer.status_code == 403
        assert answer["Content-Type"] == "application/problem+json"
    assert Waiver.objects.get().status == "requested"


def test_deciding_needs_role_and_scope(waiver):
    assert Client("vic").send(f"waivers/{waiver}/approve/").status_code == 403
    assert Client("eve").send(f"waivers/{waiver}/approve/").status_code == 403
    assert Client("ada", ["read", "write"]).send(f"waivers/{waiver}/approve/").status_code == 403


def test_only_one_decision_counts(waiver, ada, alice):
    assert ada.send(f"waivers/{waiver}/decline/").json()["status"] == "declined"
    answer = alice.send(f"waivers/{waiver}/approve/")
    assert answer.status_code == 409
    assert Waiver.objects.get().status == "declined"


def test_an_approved_waiver_can_be_revoked(waiver, ada, alice, eve):
    ada.send(f"waivers/{waiver}/approve/")
    drain()
    assert alice.send(f"waivers/{waiver}/revoke/", {"reason": "The talks failed."}).status_code == 200
    drain()
    assert eve.ask("gate/", deployment="chat-prod").json()["decision"] == "blocked"
    assert alice.send(f"waivers/{waiver}/revoke/").status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"until": SOON}, "reason"),
        ({"reason": " ", "until": SOON}, "reason"),
        ({"reason": "x"}, "until"),
        ({"reason": "x", "until": "2020-01-01"}, "until"),
        ({"reason": "x", "until": "for ever"}, "until"),
        ({"reason": "x", "until": SOON, "approve": True}, "approve"),
    ],
)
def test_a_waiver_that_cannot_be_is_refused_by_field(violation, eve, body, field):
    answer = eve.send(f"violations/{violation}/waivers/", body)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not Waiver.objects.exists()
