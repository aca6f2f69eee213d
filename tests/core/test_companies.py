from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.companies import ControlRule, affiliates, controlled, next_change
from tests.core.threshold_cast import holds

OVER, HALF = ControlRule(), ControlRule(percent=Decimal(50), inclusive=True)
DAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("edges", "rule", "group"),
    [
        ([], OVER, "a"),
        ([("a", "b", 51)], OVER, "ab"),
        ([("a", "b", 50)], OVER, "a"),
        ([("a", "b", 50)], HALF, "ab"),
        ([("b", "a", 51)], OVER, "ab"),
        ([("p", "a", 51), ("p", "s", 51)], OVER, "aps"),
        ([("p", "a", 51), ("p", "s", 49)], OVER, "ap"),
        ([("a", "b", 60), ("b", "c", 60)], OVER, "abc"),
        ([("a", "b", 60), ("a", "c", 30), ("b", "c", 30)], OVER, "abc"),
        ([("a", "b", 40), ("a", "c", 30), ("b", "c", 30)], OVER, "a"),
        ([("p", "a", 50), ("q", "a", 50), ("p", "s", 50), ("q", "t", 50)], HALF, "apqst"),
        ([("a", "b", 60), ("b", "a", 60)], OVER, "ab"),
        ([("a", "b", 30), ("c", "b", 30), ("b", "c", 60)], OVER, "a"),
    ],
    ids=[
        "alone", "over half", "half is not over half", "at least half", "the parent", "a sister",
        "a sister not controlled", "a chain", "holdings that add up", "holdings that do not",
        "a joint venture", "a circle of two", "a circle that nobody controls from outside",
    ],
)  # fmt: skip
def test_affiliates_are_those_under_one_control(edges, rule, group):
    controls = [holds(*edge) for edge in edges]
    assert "".join(sorted(affiliates("a", controls, DAY, rule))) == group


def test_control_counts_from_its_first_day_to_the_day_before_its_end():
    control = holds("a", "b", 100, start=date(2024, 3, 1), end=date(2024, 6, 30))
    days = [date(2024, 2, 29), date(2024, 3, 1), date(2024, 6, 29), date(2024, 6, 30)]
    assert [len(affiliates("a", [control], day, OVER)) for day in days] == [1, 2, 2, 1]


def test_the_next_change_is_the_next_begin_or_end():
    controls = [holds("a", "b", 1, start=date(2024, 1, 1), end=date(2025, 1, 1)), holds("a", "c", 1)]
    assert next_change(controls, date(2023, 1, 1)) == date(2024, 1, 1)
    assert next_change(controls, date(2024, 1, 1)) == date(2025, 1, 1)
    assert next_change(controls, date(2025, 1, 1)) is None


names = st.sampled_from("abcdef")
edges = st.builds(holds, names, names, st.integers(1, 100)).filter(lambda c: c.parent != c.child)
graphs = st.lists(edges, max_size=14)
rules = st.sampled_from([OVER, HALF])


@given(graphs, names, rules)
def test_any_graph_ends_and_a_company_is_of_its_own_group(edges, company, rule):
    assert company in affiliates(company, edges, DAY, rule)


@given(graphs, names, rules, names, names, st.integers(1, 100))
def test_one_holding_more_never_makes_a_group_smaller(edges, company, rule, parent, child, percent):
    if parent != child:
        more = [*edges, holds(parent, child, percent)]
        assert affiliates(company, edges, DAY, rule) <= affiliates(company, more, DAY, rule)


@given(graphs, names)
def test_at_least_half_reaches_as_far_as_over_half(edges, company):
    assert affiliates(company, edges, DAY, OVER) <= affiliates(company, edges, DAY, HALF)


@given(graphs, names, names, rules)
def test_being_affiliated_is_mutual(edges, one, other, rule):
    assert (other in affiliates(one, edges, DAY, rule)) == (one in affiliates(other, edges, DAY, rule))


@given(graphs, names, rules)
def test_only_those_who_hold_shares_can_control(edges, company, rule):
    """The group is found among holders only, and yet it is complete."""
    everyone = {company} | {end for edge in edges for end in (edge.parent, edge.child)}
    reach = [controlled(one, edges, rule) for one in everyone]
    assert affiliates(company, edges, DAY, rule) == frozenset().union(*(r for r in reach if company in r))
