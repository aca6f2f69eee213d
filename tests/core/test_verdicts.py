from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.outcomes import Outcome
from governance.core.verdicts import Finding, Verdict, soonest

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)
TIMES = st.none() | st.datetimes(timezones=st.just(UTC))
FINDINGS = st.builds(
    Finding,
    st.sampled_from(Outcome),
    st.text(min_size=1),
    license=st.text(),
    section=st.text(),
    evidence=st.dictionaries(st.text(), JSON, max_size=3),
    how_to_fix=st.text(),
    missing=st.lists(st.text(), max_size=3).map(tuple),
)


@given(st.builds(Verdict, st.lists(FINDINGS, max_size=3).map(tuple), TIMES))
def test_a_verdict_survives_json(verdict):
    assert Verdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict


def test_a_finding_without_grounds_has_empty_ones():
    assert Finding(Outcome.PASS, "Fine.").to_json() == {
        "outcome": "pass",
        "reason": "Fine.",
        "license": "",
        "section": "",
        "evidence": {},
        "how_to_fix": "",
        "missing": [],
    }


def test_findings_cannot_be_changed_and_share_no_evidence():
    finding = Finding(Outcome.PASS, "Fine.")
    with pytest.raises(AttributeError):
        finding.reason = "Bad."
    with pytest.raises(TypeError):
        finding.evidence["x"] = 1


def test_the_worst_finding_is_the_outcome_and_nothing_found_is_not_applicable():
    assert Verdict((Finding(Outcome.PASS, "a"), Finding(Outcome.UNKNOWN, "b"))).outcome == "unknown"
    assert Verdict(()).outcome == "not_applicable"


@pytest.mark.parametrize(
    "data", [{}, {"findings": [{}], "holds_until": None}, {"findings": 3, "holds_until": None}]
)
def test_what_is_no_verdict_is_refused(data):
    with pytest.raises((KeyError, TypeError, ValueError)):
        Verdict.from_json(data)


def test_the_soonest_instant_is_the_earliest_that_is_set():
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    assert soonest(None, late, early) == early
    assert soonest(None) is None
