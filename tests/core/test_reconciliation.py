from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.outcomes import Outcome
from governance.core.reconciliation import Acceptance, Step, reconcile

O = Outcome  # noqa: E741


@pytest.mark.parametrize(
    ("standing", "now", "step", "outcome"),
    [
        (None, O.PASS, Step.NOTHING, O.PASS),
        (None, O.DUTY, Step.NOTHING, O.DUTY),
        (None, O.REVIEW, Step.OPEN, O.REVIEW),
        (None, O.UNKNOWN, Step.OPEN, O.UNKNOWN),
        (None, O.ERROR, Step.OPEN, O.ERROR),
        (None, O.FAIL, Step.OPEN, O.FAIL),
        (O.FAIL, O.PASS, Step.RESOLVE, O.PASS),
        (O.FAIL, O.DUTY, Step.RESOLVE, O.DUTY),
        (O.FAIL, O.FAIL, Step.KEEP, O.FAIL),
        (O.FAIL, O.REVIEW, Step.KEEP, O.REVIEW),
        (O.FAIL, O.UNKNOWN, Step.KEEP, O.FAIL),
        (O.FAIL, O.ERROR, Step.KEEP, O.FAIL),
        (O.REVIEW, O.FAIL, Step.WORSEN, O.FAIL),
        (O.UNKNOWN, O.FAIL, Step.WORSEN, O.FAIL),
    ],
)
def test_each_outcome_moves_the_violation_as_the_table_says(standing, now, step, outcome):
    assert reconcile(standing, now) == (step, outcome)


@given(st.sampled_from([o for o in Outcome if o.breaches]), st.sampled_from([O.UNKNOWN, O.ERROR]))
def test_losing_sight_of_a_breach_never_resolves_or_softens_it(standing, unclear):
    step, outcome = reconcile(standing, unclear)
    assert step in (Step.KEEP, Step.WORSEN)
    assert outcome >= standing


def test_a_waiver_covers_what_the_approver_saw_until_the_second_it_ends():
    until = datetime(2026, 12, 1, tzinfo=UTC)
    waiver = Acceptance(O.REVIEW, until)
    assert waiver.covers(O.REVIEW, until - timedelta(seconds=1))
    assert not waiver.covers(O.REVIEW, until)
    assert not waiver.covers(O.FAIL, until - timedelta(days=1))
