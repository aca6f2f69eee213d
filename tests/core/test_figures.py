from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.facts import UsageFacts
from governance.core.figures import Bounds, overlapped, overlaps, summed
from governance.core.periods import Period
from tests.core.threshold_cast import MONEY, MONTHLY, figure, rate

JUNE, YEAR = Period.parse("2024-06"), Period.parse("2025")


def ledger(*figures, currency="USD", rates=()):
    return UsageFacts(figures=figures, rates=rates).ledger(currency)


def known(low, high):
    return Bounds(Decimal(low), None if high is None else Decimal(high))


bounds = st.tuples(st.integers(0, 100), st.integers(0, 100)).map(lambda t: known(min(t), max(t)))
parts = st.lists(bounds, min_size=1, max_size=6)


class TestIntervals:
    @given(parts)
    def test_users_together_lie_between_the_largest_part_and_the_sum(self, parts):
        both = overlapped(parts)
        assert both.low == max(p.low for p in parts)
        assert both.high == summed(parts).high == sum(p.high for p in parts)

    @given(parts, bounds)
    def test_one_part_more_never_makes_the_whole_smaller(self, parts, more):
        for join in (overlapped, summed):
            before, after = join(parts), join([*parts, more])
            assert (after.low >= before.low, after.high >= before.high) == (True, True)

    @given(parts)
    def test_a_part_that_is_not_known_leaves_no_upper_bound(self, parts):
        gap = Bounds(missing=("product:x",))
        assert overlapped([*parts, gap]).high is None
        assert summed([*parts, gap]).missing == ("product:x",)

    @given(bounds, bounds)
    def test_narrowing_gives_a_proper_interval_within_both_if_they_agree(self, one, other):
        both = one.narrowed(other)
        assert both.low <= both.high
        if max(one.low, other.low) <= min(one.high, other.high):
            assert both == known(max(one.low, other.low), min(one.high, other.high))

    @given(bounds, bounds, st.integers(0, 50))
    def test_narrowing_never_gets_smaller_when_a_side_grows(self, one, other, more):
        before = one.narrowed(other)
        after = one.narrowed(known(other.low + more, other.high + more))
        assert after.low >= before.low
        assert after.high >= before.high

    def test_sides_that_contradict_each_other_leave_the_gap(self):
        assert known(10, 20).narrowed(known(30, 40)) == known(20, 30)

    def test_an_upper_bound_from_one_side_is_enough(self):
        assert Bounds(Decimal(5), None, ("x",)).narrowed(Bounds(high=Decimal(9))) == known(5, 9)

    def test_without_any_upper_bound_both_sides_are_named(self):
        both = Bounds(missing=("x",)).narrowed(Bounds(Decimal(3), missing=("y",)))
        assert both == Bounds(Decimal(3), None, ("x", "y"))


@pytest.mark.parametrize(
    ("metric", "overlap"),
    [
        ("monthly_active_users", True),
        ("monthly_unique_users", True),
        ("monthly_service_users_or_visits", True),
        ("annual_revenue", False),
        ("output_tokens_per_month", False),
    ],
)
def test_people_can_be_counted_twice_and_money_cannot(metric, overlap):
    assert overlaps(metric) == overlap


class TestLedger:
    def test_a_figure_is_found_by_subject_metric_and_period(self):
        book = ledger(figure("product:chat", "2024-06", 5), currency="")
        assert book.bounds("product:chat", "monthly_active_users", JUNE) == known(5, 5)
        assert book.bounds("product:chat", "monthly_active_users", Period.parse("2024-07")) is None
        assert book.bounds("product:mail", "monthly_active_users", JUNE) is None

    def test_a_period_written_as_a_span_is_the_same_period(self):
        book = ledger(figure("company:acme", "2025-01/2025-12", 5, MONEY))
        assert book.bounds("company:acme", MONEY, YEAR) == known(5, 5)

    def test_a_deduplicated_figure_is_another_figure(self):
        group, own = (figure("company:acme", "2024-06", n, deduplicated=n == 5) for n in (5, 9))
        book = ledger(group, own, currency="")
        assert book.bounds("company:acme", "monthly_active_users", JUNE) == known(9, 9)
        assert book.bounds("company:acme", "monthly_active_users", JUNE, deduplicated=True) == known(5, 5)

    def test_revenue_is_one_quantity_under_several_names(self):
        book = ledger(figure("company:acme", "2025", 5, "annual_revenue"))
        assert book.bounds("company:acme", "any_12_month_revenue", YEAR) == known(5, 5)
        assert book.bounds("company:acme", "annual_recurring_revenue", YEAR) is None

    @pytest.mark.parametrize(("metric", "period"), [(MONTHLY, "2025"), (MONEY, "2024-06")])
    def test_an_average_or_a_yearly_rate_is_not_the_revenue_of_the_period(self, metric, period):
        book = ledger(figure("company:acme", period, 5, metric))
        other = MONEY if metric == MONTHLY else MONTHLY
        assert book.bounds("company:acme", other, Period.parse(period)) is None

    def test_twelve_months_add_up_and_eleven_are_a_lower_bound(self):
        months = [figure("company:acme", f"2025-{n:02d}", n, MONTHLY) for n in range(1, 13)]
        assert ledger(*months).bounds("company:acme", MONEY, YEAR) == known(78, 78)
        eleven = ledger(*months[:-1]).bounds("company:acme", MONEY, YEAR)
        assert eleven == Bounds(Decimal(66), None, ("company:acme monthly_revenue 2025-12",))

    def test_a_year_and_its_months_are_held_against_each_other(self):
        months = [figure("company:acme", f"2025-{n:02d}", 10, MONTHLY) for n in range(1, 13)]
        book = ledger(*months, figure("company:acme", "2025", 100, MONEY))
        assert book.bounds("company:acme", MONEY, YEAR) == known(100, 120)

    def test_users_do_not_add_up_over_months(self):
        months = [figure("product:chat", f"2025-{n:02d}", 1) for n in range(1, 13)]
        assert ledger(*months).bounds("product:chat", "monthly_active_users", YEAR) is None

    @pytest.mark.parametrize(
        ("rates", "worth"),
        [
            ([rate("EUR", "USD", "1.5")], 150),
            ([rate("USD", "EUR", "0.5")], 200),
            ([rate("EUR", "USD", "3", date(2024, 5, 1)), rate("EUR", "USD", "2", date(2024, 6, 30))], 200),
            ([rate("EUR", "USD", "3", date(2024, 7, 1)), rate("EUR", "USD", "2", date(2020, 1, 1))], 200),
            ([rate("EUR", "USD", "3", date(2024, 9, 1)), rate("EUR", "USD", "2", date(2024, 7, 1))], 200),
        ],
        ids=["direct", "inverse", "the last of the month", "an old one before a later", "the first after it"],
    )
    def test_money_is_converted_with_the_rate_nearest_before_the_end_of_the_period(self, rates, worth):
        book = ledger(figure("company:acme", "2024-06", 100, MONTHLY, currency="EUR"), rates=rates)
        got = book.bounds("company:acme", MONTHLY, JUNE)
        assert (got.low, got.high) == (worth, worth)
        assert "central bank" in got.assumed[0]

    @pytest.mark.parametrize(
        ("value", "currency", "missing"),
        [
            (100, "EUR", ("exchange rate EUR->USD",)),
            ((0, 1), "EUR", ("exchange rate EUR->USD",)),
            (0, "EUR", ()),
            (100, "", ("currency of company:acme monthly_revenue 2024-06",)),
        ],
    )
    def test_without_a_rate_only_zero_is_known(self, value, currency, missing):
        book = ledger(figure("company:acme", "2024-06", value, MONTHLY, currency=currency))
        got = book.bounds("company:acme", MONTHLY, JUNE)
        assert got.missing == missing
        assert (got.high is None) == bool(missing)

    def test_recorded_periods_are_those_of_the_subjects_asked_for(self):
        book = ledger(figure("company:a", "2025", 1, MONEY), figure("company:b", "2024", 1, MONEY))
        assert book.recorded(MONEY, {"company:a"}) == {YEAR}
        assert book.knows("company:b", MONEY)
        assert not book.knows("company:b", MONTHLY)
