"""The duties of a deployment over the API: the list, what shows them, and the report to paste from."""

from __future__ import annotations

import pytest

from governance.pipeline import intake
from governance.pipeline.execution import drain
from tests.api.conftest import DEPLOYMENT, USERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(llama, alice):
    """A deployment of Llama 3.1 that is handed on, with its duties by kind."""
    intake.assign_policy(policy="license.duties", mode="enforce", actor="bootstrap")
    alice.send("measurements/", {**USERS, "value": 1_000_000})
    uses = {"commercial": True, "internal_only": False, "distributed": True, "modification": "none"}
    assert alice.send("deployments/", {**DEPLOYMENT, "uses": uses}).status_code == 201
    drain()
    return alice


def duties(client):
    answer = client.ask("deployments/chat-prod/duties/")
    assert answer.status_code == 200
    return {one["kind"]: one for one in answer.json()["duties"]}


def show(client, kind, **fields):
    body = {"deployment": "chat-prod", "duty": duties(client)[kind]["id"], **fields}
    return client.send("evidence/", body)


def test_each_duty_says_what_is_asked_where_and_who_brought_it(chat):
    display = duties(chat)["display"]
    assert (display["phrase"], display["section"], display["status"]) == (
        "Built with Llama",
        "1.b.i(B)",
        "missing",
    )
    assert "website" in display["places"]
    (brought,) = display["brought_by"]
    assert (brought["license"], brought["repo_id"], brought["depth"]) == (
        "llama3.1",
        "meta-llama/Llama-3.1-405B",
        0,
    )
    assert duties(chat)["name_prefix"]["status"] == "not_applicable"
    assert duties(chat)["license_copy"]["severity"] == "low"


def test_evidence_changes_how_the_duty_stands_and_what_the_gate_lists(chat):
    answer = show(chat, "display", text="Built with Llama")
    assert answer.status_code == 201
    assert answer.json()["given_by"] == "token:alice-laptop"
    drain()
    assert duties(chat)["display"]["status"] == "shown"
    told = [one["reason"] for one in chat.ask("gate/", deployment="chat-prod").json()["reasons"]]
    assert not any("Built with Llama" in reason for reason in told)
    assert chat.delete(f"/api/v1/evidence/{answer.json()['id']}/").status_code == 204
    assert duties(chat)["display"]["status"] == "missing"
    assert chat.ask("evidence/", deployment="chat-prod").json()["results"][0]["withdrawn_by"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"deployment": "nobody", "text": "x"}, "deployment"),
        ({"text": "Built by us"}, "text"),
        ({"url": "http://169.254.169.254/"}, "url"),
        ({"statement": "Done.", "recheck_on": "2020-01-01"}, "recheck_on"),
        ({}, "evidence"),
        ({"text": "Built with Llama", "mood": "good"}, "mood"),
        ({"file": "no/such/file"}, "file"),
    ],
)
def test_bad_evidence_names_the_field_and_changes_nothing(chat, body, field):
    answer = show(chat, "display", **body)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert chat.ask("evidence/").json()["results"] == []


def test_a_viewer_cannot_show_anything(chat, vic):
    assert vic.send("evidence/", {}).status_code == 403
    assert vic.ask("deployments/chat-prod/report/").status_code == 200


@pytest.mark.parametrize("path", ["deployments/chat-prod/report/", "products/chat/report/"])
def test_a_report_is_ready_to_paste(chat, path):
    report = chat.ask(path).json()
    assert [one["phrase"] for one in report["show"]] == ["Built with Llama"]
    assert [one["duty"] for one in report["copy"]]
    assert report["show"][0]["deployments"] == ["chat-prod"]
    assert "meta-llama/Llama-3.1-405B\nLlama 3.1 Community License" in report["notice"]
    assert "Llama 3.1 is licensed under the Llama 3.1 Community License" in report["notice"]
    assert report["gaps"] == []


@pytest.mark.parametrize(
    "path", ["deployments/nobody/report/", "deployments/nobody/duties/", "products/nobody/report/"]
)
def test_what_is_not_there_has_no_report(alice, path):
    assert alice.ask(path).status_code == 404
