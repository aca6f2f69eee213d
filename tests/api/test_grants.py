"""A grant from a wish to a license and back, over the API."""

from __future__ import annotations

import pytest

from governance.audit.models import Entry
from governance.licensing.models import Grant
from governance.pipeline.execution import drain

pytestmark = pytest.mark.django_db
WHY = {"reason": "Letter of 3 May."}
WISH = {"company": "acme", "license": "llama3.1", "status": "draft"}


@pytest.fixture
def wish(eve) -> str:
    eve.send("companies/", {"slug": "acme", "name": "Acme Inc.", "domicile": "US"})
    return f"grants/{eve.send('grants/', WISH).json()['id']}/"


def test_a_wish_becomes_a_license_and_is_taken_back(blocked, wish, eve, alice):
    def decision() -> str:
        drain()
        return alice.ask("gate/", deployment="chat-prod").json()["decision"]

    assert decision() == "blocked"
    assert eve.send(f"{wish}request/", WHY).json()["status"] == "requested"
    assert decision() == "blocked"
    granted = eve.send(f"{wish}grant/", {**WHY, "reference": "Contract 7"}).json()
    assert (granted["status"], granted["reference"], granted["expired"]) == ("granted", "Contract 7", False)
    assert granted["from"] == granted["steps"][-1]["at"]
    assert decision() == "allowed"
    revoked = eve.send(f"{wish}revoke/", WHY).json()
    assert [(step["before"], step["after"]) for step in revoked["steps"]] == [
        ("draft", "requested"),
        ("requested", "granted"),
        ("granted", "revoked"),
    ]
    assert decision() == "blocked"
    actions = list(Entry.objects.filter(action__startswith="grant.").values_list("action", flat=True))
    assert actions == ["grant.recorded", "grant.requested", "grant.granted", "grant.revoked"]


@pytest.mark.parametrize("step", ["grant", "deny", "revoke"])
def test_a_step_that_does_not_fit_is_a_conflict(wish, eve, step):
    answer = eve.send(f"{wish}{step}/", WHY)
    assert answer.status_code == 409
    assert "is draft: only what is" in answer.json()["detail"]


def test_a_bad_step_names_its_field_and_changes_nothing(wish, eve):
    eve.send(f"{wish}request/", WHY)
    for field, body in (
        ("reason", {}),
        ("until", {**WHY, "until": "2020-01-01"}),
        ("cap", {**WHY, "cap": 5}),
        ("status", {**WHY, "status": "granted"}),
    ):
        answer = eve.send(f"{wish}grant/", body)
        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == [field]
    assert Grant.objects.get().status == "requested"


def test_a_wish_is_changed_and_a_grant_is_not(wish, eve):
    changed = eve.patch(f"/api/v1/{wish}", {"territories": ["eu"], "covers_affiliates": True}, format="json")
    assert (changed.json()["territories"], changed.json()["covers_affiliates"]) == (["EU"], True)
    eve.send(f"{wish}request/", WHY)
    eve.send(f"{wish}grant/", WHY)
    answer = eve.patch(f"/api/v1/{wish}", {"territories": []}, format="json")
    assert answer.status_code == 409


def test_a_document_is_noted_by_its_digest(wish, eve):
    told = eve.send(f"{wish}attachments/", {"name": "letter.pdf", "sha256": "A" * 64})
    assert told.status_code == 201
    assert [(one["name"], one["sha256"]) for one in told.json()["attachments"]] == [("letter.pdf", "a" * 64)]
    for body in ({"name": "x", "sha256": "abc"}, {"name": "x"}, {"name": "x", "sha256": "a" * 64}):
        answer = eve.send(f"{wish}attachments/", body)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["sha256"])


def test_the_letter_is_plain_text_with_what_is_known(blocked, wish, vic):
    answer = vic.ask(f"{wish}letter/")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    told = " ".join(answer.content.decode().split())
    assert "Request for a license: Llama 3.1 Community License Agreement, section 2" in told
    assert "product chat: 720,000,000 monthly active users in June 2024 (source: analytics)" in told


def test_who_only_views_takes_no_step(wish, vic):
    for step in ("request", "grant", "deny", "revoke", "attachments"):
        assert vic.send(f"{wish}{step}/", WHY).status_code == 403
    assert vic.patch(f"/api/v1/{wish}", {}, format="json").status_code == 403
    assert vic.ask(f"{wish}letter/").status_code == 200
