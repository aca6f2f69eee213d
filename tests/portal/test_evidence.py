"""Evidence of any shape becomes readable facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from governance.portal.pages.evidence import Fact, bounds, facts, finding
from tests.portal import cast

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def pairs(told: list[Fact]) -> dict[str, str]:
    return {one.label: one.text for one in told}


def test_a_range_shows_both_ends() -> None:
    assert bounds({"low": 690, "high": 710}) == "between 690 and 710"
    assert bounds({"low": 690, "high": None}) == "at least 690"


def test_a_missing_figure_is_not_known_and_has_no_share() -> None:
    told = pairs(facts({**cast.NEAREST, "low": None, "high": None}))
    assert told["Figure"].startswith("not known")
    assert "Share of the limit" not in told


def test_each_condition_of_a_tree_is_shown() -> None:
    trait = {"metric": "business_models", "any_of": ["model_as_a_service"], "negated": False, "limit": None}
    told = facts({**cast.NEAREST, "atoms": [cast.NEAREST, trait]})
    assert pairs(told[-1].facts) == {"Business models": "model as a service"}


def test_money_names_its_currency() -> None:
    told = pairs(facts({**cast.NEAREST, "metric": "annual_revenue", "currency": "USD"}))
    assert told["Figure"] == "683,000,000 USD annual revenue"


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_no_evidence_is_too_strange_to_show(evidence: dict) -> None:
    assert all(isinstance(one, Fact) for one in facts(evidence))


@given(st.fixed_dictionaries({"metric": st.text(), "limit": JSON}, optional={"low": JSON, "high": JSON}))
def test_no_threshold_is_too_strange_to_show(evidence: dict) -> None:
    finding({**cast.TOO_MANY, "evidence": evidence})
