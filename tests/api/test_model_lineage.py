"""What people say of where models come from: recorded, judged, retracted, and told with its author."""

from __future__ import annotations

import pytest

from governance.audit.models import Entry
from governance.pipeline import intake
from governance.pipeline.execution import drain

pytestmark = pytest.mark.django_db
MERGE = {"parent": "acme/research", "relation": "merge", "source": "https://example.com/notes"}


def model(name: str, license: str) -> int:
    declaration = {"provider": "Acme", "version": "1", "license": license}
    made, _ = intake.add_model(source="manual", repo_id=name, declaration=declaration, actor="test")
    drain()
    return made.pk


@pytest.fixture
def child(db) -> int:
    intake.load_licenses(actor="test")
    intake.assign_policy(policy="license.lineage", mode="enforce", actor="test")
    model("acme/research", "cc-by-nc-4.0")
    return model("other/chat", "mit")


def outcome(alice, child: int) -> str:
    drain()
    [verdict, *_] = alice.ask(f"models/{child}/verdicts/").json()["results"]
    return verdict["outcome"]


def test_a_curated_parent_is_judged_told_and_retracted(child, alice):
    assert outcome(alice, child) == "not_applicable"
    made = alice.send(f"models/{child}/lineage/", MERGE)
    assert made.status_code == 201, made.content
    assert (made.json()["author"], made.json()["wrong"]) == ("token:alice-laptop", False)
    assert outcome(alice, child) == "fail"

    told = alice.ask(f"models/{child}/").json()
    [step] = told["lineage"]
    assert (step["repo_id"], step["outcome"]) == ("acme/research", "conflict")
    assert step["curated"] == {
        "id": made.json()["id"],
        "source": MERGE["source"],
        "author": "token:alice-laptop",
    }
    assert "prohibits commercial use" in step["reason"]
    [inherited] = [one for one in told["effective_terms"] if one["depth"]]
    assert (inherited["repo_id"], inherited["license"]) == ("acme/research", "cc-by-nc-4.0")

    assert alice.delete(f"/api/v1/models/{child}/lineage/{made.json()['id']}/").status_code == 204
    assert outcome(alice, child) == "not_applicable"
    assert alice.ask(f"models/{child}/").json()["lineage"] == []
    [kept] = alice.ask(f"models/{child}/lineage/").json()["results"]
    assert kept["retracted_by"] == "token:alice-laptop"
    actions = Entry.objects.filter(object="other/chat").values_list("action", flat=True)
    assert {"lineage.curated", "lineage.retracted"} <= set(actions)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "parent"),
        ({**MERGE, "relation": "cousin"}, "relation"),
        ({**MERGE, "wrong": True}, "parent"),
        ({**MERGE, "source": ""}, "source"),
        ([], "body"),
    ],
)
def test_what_does_not_fit_is_refused_with_field_and_cause(child, alice, body, field):
    answer = alice.send(f"models/{child}/lineage/", body)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert alice.ask(f"models/{child}/lineage/").json()["results"] == []


def test_only_who_may_write_curates(child, vic, alice):
    assert vic.send(f"models/{child}/lineage/", MERGE).status_code == 403
    made = alice.send(f"models/{child}/lineage/", MERGE).json()["id"]
    assert vic.delete(f"/api/v1/models/{child}/lineage/{made}/").status_code == 403
    assert vic.ask(f"models/{child}/lineage/").status_code == 200


def test_an_edge_of_another_model_is_not_there(child, alice):
    other = model("acme/third", "mit")
    made = alice.send(f"models/{child}/lineage/", MERGE).json()["id"]
    assert alice.delete(f"/api/v1/models/{other}/lineage/{made}/").status_code == 404
