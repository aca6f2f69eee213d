"""What must hold of every threshold, whatever the figures, the groups and the dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from governance.core.outcomes import Outcome
from governance.core.periods import Window
from governance.core.terms import AllOf, AnyOf, TraitAtom, Whose
from governance.core.thresholds import Standing, judge
from governance.core.thresholds_evidence import evidence
from governance.core.thresholds_remedies import how_to_fix
from governance.core.thresholds_words import sentence
from tests.core.threshold_cast import World, figure, grant, holds, money, threshold, users

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PRODUCTS = {"acme": ("chat", "search"), "sister": ("mail",), "holding": ()}
SUBJECTS = ["product:chat", "product:search", "product:mail", *(f"company:{slug}" for slug in PRODUCTS)]
PERIODS = ["2026-10", "2025", "2025-10/2026-09"]

amounts = st.integers(0, 200)
points = st.tuples(
    st.sampled_from(SUBJECTS),
    st.sampled_from([("monthly_active_users", PERIODS[:1]), ("annual_revenue", PERIODS[1:])]),
    st.integers(0, 1),
    amounts,
    st.booleans(),
).map(
    lambda t: figure(
        t[0], t[1][1][t[2] % len(t[1][1])], t[3], t[1][0], deduplicated=t[4] and t[0].startswith("company")
    )
)
instants = st.integers(-400, 400).map(lambda days: NOW + timedelta(days=days, seconds=days % 7))
grants = st.builds(
    lambda terms, start, end: grant(**terms, start=start, end=end),
    st.fixed_dictionaries(
        {
            "company": st.sampled_from(list(PRODUCTS)),
            "covers_affiliates": st.booleans(),
            "models": st.sampled_from([(), ("org/model",), ("org/other",)]),
            "territories": st.sampled_from([(), ("US",), ("DE",)]),
        }
    )
    | st.fixed_dictionaries(
        {"cap_metric": st.just("monthly_active_users"), "cap_limit": st.integers(0, 300)}
    ),
    st.none() | instants,
    st.none() | instants,
)
shares = st.builds(
    lambda parent, child, percent, start, end: holds(
        parent, child, percent, start=start and start.date(), end=end and end.date()
    ),
    st.sampled_from(list(PRODUCTS)),
    st.sampled_from(list(PRODUCTS)),
    st.sampled_from([40, 60]),
    st.none() | instants,
    st.none() | instants,
).filter(lambda share: share.parent != share.child)
worlds = st.builds(
    lambda figures, controls, traits: World(
        tuple({(f.subject, f.metric, f.period, f.deduplicated): f for f in figures}.values()),
        products=PRODUCTS,
        controls=tuple(controls),
        traits={"acme": {"business_models": traits}},
    ),
    st.lists(points, max_size=12),
    st.lists(shares, max_size=4),
    st.sampled_from([None, (), ("cloud_provider",)]),
)
limits = st.integers(0, 250)
comparators = st.sampled_from([">", ">="])
boundaries = st.sampled_from(["exact", "contradictory"])
figure_atoms = st.builds(
    lambda limit, subject, comparator, boundary: users(
        limit, subject, comparator=comparator, boundary=boundary
    ),
    limits,
    st.sampled_from(Whose),
    comparators,
    boundaries,
) | st.builds(
    lambda limit, subject, window, comparator: money(limit, subject, window, comparator=comparator),
    limits,
    st.sampled_from(Whose),
    st.sampled_from([Window.CALENDAR_YEAR, Window.FISCAL_YEAR, Window.ANY_12_MONTHS]),
    comparators,
)
traits = st.builds(
    TraitAtom,
    trait=st.just("business_models"),
    any_of=st.just(("cloud_provider",)),
    subject=st.just("licensee"),
    negated=st.booleans(),
)
trees = st.recursive(
    figure_atoms | traits,
    lambda parts: (
        st.lists(parts, min_size=1, max_size=3).map(lambda p: AllOf(all=tuple(p)))
        | st.lists(parts, min_size=1, max_size=3).map(lambda p: AnyOf(any=tuple(p)))
    ),
    max_leaves=4,
)


OPEN = {Outcome.REVIEW, Outcome.UNKNOWN}


@settings(max_examples=200)
@given(worlds, trees, st.data())
def test_more_usage_never_makes_an_outcome_better(world, tree, data):
    """Where one part is for a person and another not known, growth may settle the second: neither passes."""
    if not world.figures:
        return
    grown = data.draw(st.integers(0, len(world.figures) - 1))
    more = data.draw(st.integers(1, 100))
    figures = tuple(
        f.model_copy(update={"low": f.low + more, "high": f.high + more}) if n == grown else f
        for n, f in enumerate(world.figures)
    )
    before, after = (judge(threshold(tree), w.case).outcome for w in (world, world.but(figures=figures)))
    assert after >= before or {before, after} == OPEN


@settings(max_examples=200)
@given(worlds, trees, st.data())
def test_a_wider_range_never_settles_what_a_point_left_open(world, tree, data):
    """Knowing less may only lead to the same answer, to a person, or to not knowing."""
    if not world.figures:
        return
    at = data.draw(st.integers(0, len(world.figures) - 1))
    down, up = data.draw(st.tuples(amounts, amounts))
    chosen = world.figures[at]
    if any(f.subject != chosen.subject for f in world.figures):
        return  # figures of others may contradict: then the gap between them is what is known
    wide = chosen.model_copy(update={"low": max(Decimal(0), chosen.low - down), "high": chosen.high + up})
    figures = tuple(wide if n == at else f for n, f in enumerate(world.figures))
    before, after = (judge(threshold(tree), w.case).outcome for w in (world, world.but(figures=figures)))
    assert after in (before, Outcome.REVIEW, Outcome.UNKNOWN) or before in (Outcome.REVIEW, Outcome.UNKNOWN)


@settings(max_examples=200)
@given(worlds, trees, st.lists(grants, max_size=3), st.integers(0, 800), st.integers(0, 7))
def test_a_verdict_holds_until_it_says_so(world, tree, grants, days, seconds):
    """Any instant before `holds_until` gives the same standing from the same facts."""
    world = world.but(grants=tuple(grants))
    first = judge(threshold(tree), world.case)
    later = world.as_of + timedelta(days=days, seconds=seconds)
    if first.holds_until is None or later < first.holds_until:
        again = judge(threshold(tree), world.but(as_of=later).case)
        assert (again.standing, again.missing) == (first.standing, first.missing)


@settings(max_examples=200)
@given(worlds, trees)
def test_every_result_explains_itself(world, tree):
    result = judge(threshold(tree), world.case)
    assert sentence(result).endswith(".")
    assert evidence(result)["standing"] == result.standing
    assert bool(result.missing) == (result.standing is Standing.UNKNOWN)
    if result.outcome > Outcome.PASS:
        assert how_to_fix(result)


@given(worlds, trees)
def test_the_same_case_gives_the_same_result(world, tree):
    assert judge(threshold(tree), world.case) == judge(threshold(tree), world.case)


@given(worlds, trees)
def test_a_grant_that_covers_all_never_leaves_a_breach(world, tree):
    result = judge(threshold(tree), world.but(grants=(grant(),)).case)
    assert result.outcome is Outcome.PASS


@settings(max_examples=200)
@given(worlds, trees)
def test_a_figure_more_never_hides_a_breach_behind_missing_ones(world, tree):
    """Whoever withholds all figures is never told that the limit holds, unless no figure is asked for."""
    result = judge(threshold(tree), world.but(figures=()).case)
    if result.standing in (Standing.BELOW, Standing.APPROACHING):
        assert any(isinstance(leaf.atom, TraitAtom) for leaf in result.atoms)


@given(
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.sampled_from([Window.DAY, Window.CALENDAR_MONTH, Window.CALENDAR_YEAR]),
)
def test_a_limit_measured_once_does_not_care_for_today(released, window):
    limit = threshold(
        users(10, Whose.PRODUCT, window=window, anchor="before_version_release", anchor_date=released)
    )
    world = World()
    period = judge(limit, world.case).deciding.period
    assert period.end <= released
    known = world.but(figures=(figure("product:chat", str(period), 11),))
    early, late = (replace(known, as_of=NOW + timedelta(days=n)) for n in (0, 4000))
    assert judge(limit, early.case).outcome == judge(limit, late.case).outcome == "fail"
