from __future__ import annotations

import threading
import time

import pytest
from django.db import connection

from governance.api import checks
from governance.deployments.models import Deployment
from governance.pipeline.execution import drain
from tests.api.conftest import DEPLOYMENT, LLAMA, USERS
from tests.cast import Client

pytestmark = pytest.mark.django_db
DESCRIBED = {name: value for name, value in DEPLOYMENT.items() if name != "slug"}

ALONE = {name: value for name, value in DESCRIBED.items() if name != "product"}


def answered(client, body):
    asked = client.send("checks/", body)
    assert asked.status_code == 202, asked.json()
    assert asked.json()["status"] == "waiting"
    drain()
    return client.ask(f"checks/{asked.json()['id']}/").json()


def test_a_check_of_a_deployment_answers_with_its_findings(blocked, eve):
    told = answered(eve, {"deployment": "chat-prod"})
    assert (told["status"], told["decision"]) == ("finished", "blocked")
    assert {"policy", "outcome", "license", "section", "reason", "evidence", "how_to_fix", "missing"} <= set(
        told["findings"][0]
    )
    assert len(told["facts_digest"]) == len(told["policies_digest"]) == 64
    assert told["as_of"]


def test_a_described_deployment_is_judged_and_not_stored(llama, threshold, eve):
    told = answered(eve, DESCRIBED)
    assert told["decision"] == "cannot_tell"
    assert told["findings"][0]["missing"]
    assert not Deployment.objects.exists()


def test_a_decision_can_be_asked_as_it_was_known(blocked, eve):
    eve.send("measurements/", {**USERS, "value": 5})
    drain()
    before = answered(eve, {"deployment": "chat-prod", "known_at": blocked["evaluated_at"]})
    now = answered(eve, {"deployment": "chat-prod"})
    assert (before["decision"], now["decision"]) == ("blocked", "allowed")


def test_as_of_is_a_day_or_a_time(blocked, eve):
    assert (
        answered(eve, {"deployment": "chat-prod", "as_of": "2025-03-01"})["as_of"] == "2025-03-01T00:00:00Z"
    )
    later = answered(eve, {"deployment": "chat-prod", "as_of": "2025-03-01T10:30:00+02:00"})
    assert later["as_of"] == "2025-03-01T08:30:00Z"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "deployment"),
        ({"deployment": "nonesuch"}, "deployment"),
        ({"deployment": 5}, "deployment"),
        ({"deployment": "chat-prod", "model": LLAMA}, "model"),
        ({"deployment": "chat-prod", "as_of": "soon"}, "as_of"),
        ({"deployment": "chat-prod", "as_of": "2025-13-01"}, "as_of"),
        ({"deployment": "chat-prod", "known_at": "2025-01-01T10:00:00"}, "known_at"),
        ({**ALONE, "model": "acme/none"}, "model"),
        ({**ALONE, "as_of": 5}, "as_of"),
        ({**ALONE, "speed": 5}, "speed"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_field(saved, eve, body, field):
    answer = eve.send("checks/", body)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize("wait", ["-1", "soon", "nan"])
def test_a_wait_is_a_number_of_seconds(saved, eve, wait):
    answer = eve.send(f"checks/?wait={wait}", {"deployment": "chat-prod"})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["wait"]


def test_waiting_in_vain_ends_in_time_and_promises_nothing(saved, eve):
    begun = time.monotonic()
    assert eve.send("checks/?wait=0.2", {"deployment": "chat-prod"}).status_code == 202
    assert time.monotonic() - begun < 5


def test_who_finds_too_many_waiting_is_not_kept(saved, eve, monkeypatch):
    monkeypatch.setattr(checks, "WAITING", threading.BoundedSemaphore(1))
    assert checks.WAITING.acquire()
    begun = time.monotonic()
    assert eve.send("checks/?wait=30", {"deployment": "chat-prod"}).status_code == 202
    assert time.monotonic() - begun < 10


@pytest.mark.django_db(transaction=True)
def test_who_waits_gets_the_answer_once_a_worker_has_it(blocked):
    worker = threading.Thread(target=_work_once)
    worker.start()
    answer = Client("eve").send(
        "checks/?wait=30", {"deployment": "chat-prod"}, **{"Idempotency-Key": "one answer"}
    )
    worker.join()
    assert answer.status_code == 200
    assert answer.json()["decision"] == "blocked"


def _work_once():
    try:
        end = time.monotonic() + 20
        while not drain() and time.monotonic() < end:
            time.sleep(0.02)
    finally:
        connection.close()
