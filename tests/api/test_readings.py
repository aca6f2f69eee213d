"""A reading of an ambiguous clause changes what is judged, and findings say so."""

from __future__ import annotations

import pytest

from governance.pipeline.execution import drain

pytestmark = pytest.mark.django_db
SUMMED = {"license": "llama3.1", "ambiguity": "counting", "reading": "summed", "reason": "They told us."}


@pytest.fixture
def doubtful(blocked, alice):
    """Two products that may or may not share their users."""
    alice.send("products/", {"slug": "search", "name": "Search", "company": "acme"})
    for product in ("chat", "search"):
        body = {"metric": "monthly_active_users", "period": "2024-06", "source": "analytics"}
        alice.send("measurements/", {"subject": f"product:{product}", "value": 400_000_000, **body})
    drain()


def finding(client):
    drain()
    told = client.ask("deployments/chat-prod/").json()
    return next(one for one in told["findings"] if one["policy"] == "license.usage-threshold")


def test_a_reading_is_adopted_judged_by_and_withdrawn(doubtful, alice):
    before = finding(alice)
    assert before["outcome"] == "review"
    (counting,) = (one for one in before["evidence"]["readings"] if one["ambiguity"] == "counting")
    assert counting["others"][0]["outcome"] == "fail"
    taken = alice.send("readings/", SUMMED)
    assert (taken.status_code, taken.json()["reading"]) == (201, "summed")
    assert alice.ask("gate/", deployment="chat-prod").json()["reasons"][0]["code"] == "stale"
    after = finding(alice)
    assert after["outcome"] == "fail"
    (counting,) = (one for one in after["evidence"]["readings"] if one["ambiguity"] == "counting")
    assert counting["decided"]["by"] == "token:alice-laptop"
    assert counting["others"][0]["outcome"] == "review"
    ended = alice.delete(f"/api/v1/readings/{taken.json()['id']}/")
    assert ended.json()["ended_by"] == "token:alice-laptop"
    assert finding(alice)["outcome"] == "review"
    assert len(alice.ask("readings/", license="llama3.1").json()["results"]) == 1


def test_what_may_be_adopted_stands_in_the_terms(vic):
    told = vic.ask("licenses/llama3.1/").json()["ambiguities"]
    assert {one["key"] for one in told[0]["alternatives"]} == {"once", "summed"}


def test_a_bad_reading_names_its_field(alice):
    answer = alice.send("readings/", {**SUMMED, "reading": "twice"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["reading"])


def test_only_who_approves_decides(eve, ada):
    assert eve.send("readings/", SUMMED).status_code == 403
    assert ada.send("readings/", SUMMED).status_code == 201
