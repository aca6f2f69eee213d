from __future__ import annotations

import pytest

from governance.core.facts import SnapshotFacts
from governance.registry.models import State
from plugins.policies.model_upstream import Upstream
from tests.plugins.policies.cast import COMMIT, MODEL, facts, judge, only

OUTCOMES = {
    "available": "pass",
    "gated": "pass",
    "bad_token": "pass",
    "rate_limited": "pass",
    "unreachable": "pass",
    "replaced": "fail",
    "not_found": "review",
    "disabled": "review",
    "revision_not_found": "review",
    "pending": "unknown",
    "invalid": "unknown",
}


def told(state):
    snapshot = SnapshotFacts(repo_id=MODEL, source="huggingface", revision=COMMIT, state=state)
    return only(judge(Upstream, facts(snapshot=snapshot)))


@pytest.mark.parametrize("state", State.values)
def test_each_state_of_the_repository_has_an_outcome_and_a_sentence(state):
    assert told(state).outcome == OUTCOMES[state]
    assert MODEL in told(state).reason


def test_what_needs_somebody_says_what_to_do():
    for state, outcome in OUTCOMES.items():
        assert bool(told(state).how_to_fix) == (outcome != "pass")
