"""Public disputes through the real import: sample Hub, sync, judge. `make score-lineage` prints the score."""

from __future__ import annotations

from typing import Any

import pytest

from governance.compliance.models import Standing
from governance.core.outcomes import Outcome
from governance.demo.hub import hub_server
from governance.pipeline import intake
from governance.pipeline.execution import drain
from tests.lineage.disputes import disputes, hub_of
from tests.lineage.scoring import CANNOT_TELL, FLAGGED, MISMATCH, QUIET, Score, wilson

POLICY = "license.lineage"


def answer(findings: list[dict[str, Any]]) -> str:
    """Whether a person must look, and why; else whether something is not known."""
    open_ = {one["evidence"].get("outcome") for one in findings if Outcome(one["outcome"]).breaches}
    if open_ & {"conflict", "undeclared"}:
        return FLAGGED
    return next((told for told in (MISMATCH, CANNOT_TELL) if told in open_), QUIET)


@pytest.mark.django_db
def test_disputes_are_found_and_nothing_is_that_passes_the_terms_on(settings, capsys):
    rows = disputes()
    with hub_server(hub_of(rows)) as address:
        settings.SOURCE_OPTIONS = {"endpoint": address, "token": "", "timeout": 5}
        intake.load_licenses(actor="score")
        intake.assign_policy(policy=POLICY, mode="enforce", actor="score")
        for row in rows:
            intake.add_model(source="huggingface", repo_id=row.model, actor="score")
        drain()
    standing = Standing.objects.filter(assignment__policy=POLICY)
    found = dict(standing.values_list("case__subjects__model__repo_id", "verdict__findings"))
    score = Score(rows, {row.case: answer(found[row.model]) for row in rows})
    with capsys.disabled():
        print(score)
    assert score.precision.value >= 0.95
    assert score.recall_of_told.value >= 0.90
    assert score.recall.value >= 0.80
    assert score.alarms.hits == 0
    assert score.alarms_on_passed.hits == 0


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.28), (5, 10, 0.24, 0.76), (10, 10, 0.72, 1.0)],
)
def test_the_interval_of_a_share(hits, of, low, high):
    assert wilson(hits, of) == pytest.approx((low, high), abs=0.01)
