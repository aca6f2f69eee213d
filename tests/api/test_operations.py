from __future__ import annotations

import json

import pytest

from governance.pipeline import outbox
from governance.pipeline.models import Kind, Work
from tests.api.conftest import LLAMA

pytestmark = pytest.mark.django_db
SECRET = "what we agreed on"


def test_the_log_says_who_did_what_and_only_administrators_read_it(alice, eve):
    eve.send("companies/", {"slug": "acme"})
    [entry] = alice.ask("audit/", action="company.saved").json()["results"]
    assert (entry["actor"], entry["object"]) == ("token:eve-laptop", "acme")
    assert eve.ask("audit/").status_code == 403


def test_deliveries_are_listed(alice):
    assert alice.ask("deliveries/", status="waiting", kind="violation_opened").json()["results"] == []
    assert alice.ask("deliveries/", kind="gossip").status_code == 400


def test_dead_work_is_seen_and_tried_again(alice, eve):
    outbox.put(Kind.TICK, "lost", {"job": "none"})
    Work.objects.update(state=Work.State.DEAD, last_error="it broke")
    [row] = eve.ask("work/", state="dead").json()["results"]
    assert row["last_error"] == "it broke"
    assert eve.send(f"work/{row['id']}/retry/").status_code == 403
    assert alice.send(f"work/{row['id']}/retry/").json()["state"] == "due"
    assert alice.send(f"work/{row['id']}/retry/").status_code == 409


@pytest.fixture
def hook(settings, client):
    settings.HF_WEBHOOK_SECRET = SECRET

    def call(body, secret=SECRET):
        headers = {"X-Webhook-Secret": secret}
        return client.post("/api/v1/webhooks/huggingface/", body, "application/json", headers=headers)

    return call


def test_a_hint_of_the_hub_makes_us_look(llama, hook):
    answer = hook({"event": {"action": "update"}, "repo": {"type": "model", "name": LLAMA}})
    assert (answer.status_code, answer.json()) == (202, {"queued": [LLAMA]})
    assert Work.objects.filter(kind=Kind.SYNC, state=Work.State.DUE).exists()


@pytest.mark.parametrize(
    "body", [{}, [], 5, "x", {"repo": 5}, {"repo": {"name": {}}}, {"repo": {"name": "a/b"}}]
)
def test_a_hint_of_any_shape_is_taken(db, hook, body):
    answer = hook(json.dumps(body))
    assert (answer.status_code, answer.json()) == (202, {"queued": []})


@pytest.mark.parametrize("secret", ["", "guess", "é"])
def test_a_hint_without_the_secret_is_refused(db, hook, secret):
    assert hook({}, secret).status_code == 401


def test_where_no_secret_was_agreed_on_nobody_knows_it(db, hook, settings):
    settings.HF_WEBHOOK_SECRET = ""
    assert hook({}, "").status_code == 401
