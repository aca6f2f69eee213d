from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.outcomes import Decision, Outcome, decide, worst

ORDER = ["not_applicable", "pass", "duty", "review", "unknown", "error", "fail"]


def test_outcomes_run_from_harmless_to_worst():
    assert [str(o) for o in sorted(Outcome)] == ORDER


@pytest.mark.parametrize(
    ("outcomes", "decision"),
    [
        ([], "cannot_tell"),
        (["not_applicable"], "allowed"),
        (["pass", "not_applicable"], "allowed"),
        (["pass", "duty"], "allowed_with_duties"),
        (["duty", "review"], "needs_review"),
        (["review", "unknown"], "cannot_tell"),
        (["error", "pass"], "cannot_tell"),
        (["unknown", "fail"], "blocked"),
    ],
)
def test_the_worst_outcome_decides_and_nothing_judged_is_never_a_pass(outcomes, decision):
    assert decide(Outcome(o) for o in outcomes) == decision


@given(st.lists(st.sampled_from(Outcome), min_size=1), st.sampled_from(Outcome))
def test_one_more_outcome_never_makes_the_worst_better(outcomes, more):
    assert worst([*outcomes, more]) >= worst(outcomes)


def test_only_two_decisions_let_a_deployment_run():
    assert {d for d in Decision if d.allows} == {Decision.ALLOWED, Decision.ALLOWED_WITH_DUTIES}
