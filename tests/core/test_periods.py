from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.periods import Period, PeriodError, Window, before, midnight, turns

DAYS = st.dates(date(1971, 1, 1), date(2199, 12, 31))
FIXED = st.sampled_from([Window.DAY, Window.CALENDAR_MONTH, Window.CALENDAR_YEAR])


@pytest.mark.parametrize(
    ("text", "start", "end", "words"),
    [
        ("2024-02", date(2024, 2, 1), date(2024, 3, 1), "February 2024"),
        ("2024-12", date(2024, 12, 1), date(2025, 1, 1), "December 2024"),
        ("2024", date(2024, 1, 1), date(2025, 1, 1), "2024"),
        ("2024-02-29", date(2024, 2, 29), date(2024, 3, 1), "29 February 2024"),
        ("2025-12/2026-11", date(2025, 12, 1), date(2026, 12, 1), "December 2025 to November 2026"),
    ],
)
def test_a_period_is_read_and_said(text, start, end, words):
    period = Period.parse(text)
    assert (period.start, period.end, str(period), period.words) == (start, end, text, words)


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29",
        "2024-13",
        "2024-00",
        "24-06",
        "2024-6",
        "",
        "June",
        "2024-06/2024-05",
        "1969",
        "2201",
        "9999",
    ],
)
def test_what_is_no_period_is_refused_with_the_text(text):
    with pytest.raises(PeriodError, match="is no period"):
        Period.parse(text)


@pytest.mark.parametrize(
    ("day", "window", "period"),
    [
        (date(2024, 7, 23), Window.CALENDAR_MONTH, "2024-06"),
        (date(2025, 4, 5), Window.CALENDAR_MONTH, "2025-03"),
        (date(2024, 3, 31), Window.CALENDAR_MONTH, "2024-02"),
        (date(2025, 1, 1), Window.CALENDAR_MONTH, "2024-12"),
        (date(2024, 3, 1), Window.DAY, "2024-02-29"),
        (date(2025, 3, 1), Window.DAY, "2025-02-28"),
        (date(2025, 1, 1), Window.CALENDAR_YEAR, "2024"),
        (date(2024, 12, 31), Window.CALENDAR_YEAR, "2023"),
    ],
)
def test_a_window_looks_up_the_last_whole_period(day, window, period):
    assert str(before(day, window)) == period


@given(DAYS, FIXED)
def test_the_period_before_a_day_has_ended_and_the_next_one_has_not(day, window):
    period, turn = before(day, window), turns(day, window)
    assert period.end <= day < turn
    assert before(turn, window).start == period.end
    assert before(turn, window).end == turn


@given(DAYS, FIXED)
def test_the_period_stays_the_same_until_it_turns(day, window):
    assert before(turns(day, window) - timedelta(days=1), window) == before(day, window)


@given(DAYS, FIXED)
def test_a_period_survives_being_written(day, window):
    period = before(day, window)
    assert Period.parse(str(period)) == period


@given(st.integers(1970, 2190), st.integers(1, 12), st.integers(1, 40))
def test_months_of_a_span_follow_each_other_without_a_gap(year, month, count):
    last = (year * 12 + month - 1) + count - 1
    span = Period.parse(f"{year}-{month:02d}/{last // 12}-{last % 12 + 1:02d}")
    months = span.split()
    assert span.months == len(months) == count
    assert (months[0].start, months[-1].end) == (span.start, span.end)
    assert all(a.end == b.start for a, b in pairwise(months))


def test_dates_begin_at_midnight_utc():
    assert midnight(date(2024, 2, 29)).isoformat() == "2024-02-29T00:00:00+00:00"
