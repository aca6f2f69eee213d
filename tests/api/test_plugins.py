from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from governance.api import plugins as api_plugins
from governance.compliance.models import Assignment
from governance.discovery import GROUP, SHIPPED, Catalog
from governance.pipeline.execution import drain

pytestmark = pytest.mark.django_db
POLICY = "license.usage-threshold"


def test_every_kind_of_plugin_is_listed_with_its_words(vic):
    rows = vic.ask("plugins/", page_size=100).json()["results"]
    assert {row["kind"] for row in rows} == {"policy", "source", "notifier"}
    assert all(row["summary"] for row in rows)
    assert {row["key"] for row in vic.ask("plugins/", kind="source").json()["results"]} >= {
        "huggingface",
        "manual",
    }


def test_a_policy_shows_what_it_reads_and_its_parameters(vic):
    told = vic.ask(f"policies/{POLICY}/").json()
    assert "usage" in told["reads"]
    assert told["judges"] == ["deployment"]
    assert "warn_at" in told["params"]["properties"]
    assert told["version"] >= 1
    assert vic.ask("policies/nonesuch/").status_code == 404
    assert vic.ask("policies/", count="true").json()["count"] >= 9


def test_a_broken_plugin_says_why(vic, monkeypatch):
    gone = EntryPoint("acme.rules", "no_such_module:Rule", GROUP)
    broken = Catalog(SHIPPED, installed=[gone])
    monkeypatch.setattr(api_plugins, "catalog", lambda: broken)
    [row] = vic.ask("plugins/", kind="broken").json()["results"]
    assert (row["key"], "no_such_module" in row["reason"]) == ("acme.rules", True)


def test_an_assignment_begins_in_observe_and_is_changed_and_removed(alice):
    made = alice.send("assignments/", {"policy": POLICY, "params": {"warn_at": 0.9}})
    assert made.status_code == 201
    assert (made.json()["mode"], made.json()["params"]["warn_at"]) == ("observe", 0.9)
    path = f"/api/v1/assignments/{made.json()['id']}/"
    assert alice.patch(path, {"mode": "enforce"}, format="json").json()["mode"] == "enforce"
    assert alice.delete(path).status_code == 204
    assert alice.get(path).status_code == 404
    assert alice.ask("assignments/").json()["results"] == []


def test_removing_the_assignment_ends_its_violations(blocked, alice):
    [row] = alice.ask("assignments/").json()["results"]
    alice.delete(f"/api/v1/assignments/{row['id']}/")
    drain()
    [violation] = alice.ask("violations/").json()["results"]
    assert violation["status"] == "resolved"
    assert violation["resolution"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "policy"),
        ({"policy": "nonesuch"}, "policy"),
        ({"policy": POLICY, "params": {"warn_at": "much"}}, "params.warn_at"),
        ({"policy": POLICY, "params": {"colour": 1}}, "params.colour"),
        ({"policy": POLICY, "params": []}, "params"),
        ({"policy": POLICY, "mode": "force"}, "mode"),
        ({"policy": POLICY, "environments": "production"}, "environments"),
        ({"policy": POLICY, "until": "tomorrow"}, "until"),
    ],
)
def test_an_assignment_that_cannot_be_is_refused_by_field(alice, body, field):
    answer = alice.send("assignments/", body)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not Assignment.objects.exists()


def test_a_change_that_does_not_fit_changes_nothing(alice):
    made = alice.send("assignments/", {"policy": POLICY}).json()
    path = f"/api/v1/assignments/{made['id']}/"
    for change in (
        {"params": {"warn_at": -5}, "mode": "enforce"},
        {"policy": "x"},
        [],
        {"mode": None, "x": 1},
    ):
        assert alice.patch(path, change, format="json").status_code == 400, change
    assert alice.get(path).json() == made
