"""Figures of models: recorded with a source, judged, restated, retracted, and refused."""

from __future__ import annotations

import pytest

from governance.audit.models import Entry
from governance.pipeline import intake
from governance.pipeline.execution import drain
from tests.api.test_model_lineage import MERGE, model

pytestmark = pytest.mark.django_db
POLICY = "regulation.eu-ai-act-compute"
COMPUTE = {"metric": "training_compute_flop", "value": 3.8e25, "source": "Epoch AI", "on": "2025-02-20"}


@pytest.fixture
def tracked(db) -> int:
    intake.assign_policy(policy=POLICY, mode="enforce", actor="test")
    return model("acme/research", "mit")


def record(alice, pk: int, **said):
    return alice.send(f"models/{pk}/facts/", {**COMPUTE, **said})


def told(alice, pk: int) -> list[tuple[str, str]]:
    drain()
    [verdict, *_] = alice.ask(f"models/{pk}/verdicts/").json()["results"]
    return [(one["outcome"], one["section"]) for one in verdict["findings"]]


def test_a_figure_is_judged_restated_and_retracted(tracked, alice):
    assert told(alice, tracked) == [("unknown", "")]
    made = record(alice, tracked)
    assert made.status_code == 201, made.content
    assert (made.json()["low"], made.json()["author"]) == (38 * 10**24, "token:alice-laptop")
    assert told(alice, tracked) == [("review", "Article 51(2)")]
    record(alice, tracked, value=None, low="5e22", high="9e22")
    assert told(alice, tracked) == [("pass", "Guidelines, point 17")]

    latest, first = alice.ask(f"models/{tracked}/facts/").json()["results"]
    assert alice.delete(f"/api/v1/models/{tracked}/facts/{latest['id']}/").status_code == 204
    assert told(alice, tracked) == [("review", "Article 51(2)")]
    alice.delete(f"/api/v1/models/{tracked}/facts/{first['id']}/")
    assert told(alice, tracked) == [("unknown", "")]
    again = alice.delete(f"/api/v1/models/{tracked}/facts/{first['id']}/")
    assert again.json()["errors"] == {"figure": ["It was retracted already."]}
    actions = Entry.objects.filter(object="acme/research").values_list("action", flat=True)
    assert {"figure.recorded", "figure.retracted"} <= set(actions)


def test_a_figure_of_the_original_judges_what_was_made_from_it(tracked, alice):
    child = model("other/tuned", "mit")
    alice.send(f"models/{child}/lineage/", MERGE)
    record(alice, child, metric="modification_compute_flop", value=2e24)
    assert told(alice, child) == [("unknown", ""), ("review", "Guidelines, points 60 and 61")]
    record(alice, tracked, value=9e24)
    assert told(alice, child) == [
        ("review", "Article 51(2)"),
        ("pass", "Guidelines, points 60 and 61"),
    ]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"metric": "weight"}, "metric"),
        ({"metric": None}, "metric"),
        ({"value": "a lot"}, "value"),
        ({"value": -1}, "value"),
        ({"value": None}, "value"),
        ({"low": 1}, "value"),
        ({"value": None, "low": 2, "high": 1}, "low"),
        ({"source": ""}, "source"),
        ({"on": "yesterday"}, "on"),
        ({"unit": "FLOP"}, "unit"),
    ],
)
def test_what_does_not_fit_is_refused_with_field_and_cause(tracked, alice, said, field):
    answer = record(alice, tracked, **said)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert alice.ask(f"models/{tracked}/facts/").json()["results"] == []


def test_only_who_may_write_records(tracked, vic, alice):
    assert record(vic, tracked).status_code == 403
    made = record(alice, tracked).json()["id"]
    assert vic.delete(f"/api/v1/models/{tracked}/facts/{made}/").status_code == 403
    assert alice.delete(f"/api/v1/models/{model('x/other', 'mit')}/facts/{made}/").status_code == 404
