"""Which period an atom looks up, and what the figures of that period say."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from governance.core.figures import RATE, REVENUE, Bounds
from governance.core.periods import Period, Window, before, midnight, turns
from governance.core.terms import FigureAtom, TraitAtom
from governance.core.thresholds_case import Case, Truth, Weighed, compare
from governance.core.thresholds_figures import Sums
from governance.core.thresholds_traits import control_change, weigh_trait
from governance.core.verdicts import soonest


def weigh(atom: FigureAtom | TraitAtom, case: Case) -> Weighed:
    """One atom against the facts of a case."""
    if isinstance(atom, TraitAtom):
        return weigh_trait(atom, case)
    if atom.anchor_date is not None:
        # Measured once: neither time nor later growth or sales of companies change it.
        return _fixed(
            atom, Sums.of(atom, case, atom.anchor_date), before(atom.anchor_date, atom.window), None
        )
    sums = Sums.of(atom, case, case.today)
    change = control_change(case, group=atom.subject.group)
    if atom.window.floats:
        return _floating(atom, sums, case.today, change)
    turn = midnight(turns(case.today, atom.window))
    return _fixed(atom, sums, before(case.today, atom.window), soonest(turn, change))


def _fixed(atom: FigureAtom, sums: Sums, period: Period, until: datetime | None) -> Weighed:
    bounds = sums.total(period)
    return Weighed(atom, compare(atom, bounds), period, bounds, sums.members, until)


class _Year(NamedTuple):
    """Twelve months that figures are recorded for."""

    period: Period
    bounds: Bounds
    truth: Truth


def _floating(atom: FigureAtom, sums: Sums, today: date, change: datetime | None) -> Weighed:
    fiscal = atom.window is Window.FISCAL_YEAR
    ended, ahead = _years(atom, sums, today)
    chosen = _latest_year(ended, today) if fiscal else _any_year(ended, today)
    if chosen is None:
        # Nothing recent: what would be needed is named, and that moves on with the calendar.
        period = before(today, Window.FISCAL_YEAR) if fiscal else _last_twelve_months(today)
        turn = turns(today, Window.CALENDAR_YEAR if fiscal else Window.CALENDAR_MONTH)
        until = soonest(change, midnight(turn), *ahead)
        return Weighed(atom, Truth.UNKNOWN, period, sums.total(period), sums.members, until)
    ages = fiscal or chosen.truth is Truth.FALSE
    until = soonest(change, *ahead, midnight(_stale_on(chosen.period)) if ages else None)
    return Weighed(atom, chosen.truth, chosen.period, chosen.bounds, sums.members, until)


def _years(atom: FigureAtom, sums: Sums, today: date) -> tuple[list[_Year], list[datetime]]:
    """Recorded windows of twelve months: those that have ended, oldest first, and when others will end."""
    recorded = sums.ledger.recorded(atom.metric, sums.subjects)
    whole = {period for period in recorded if period.months == 12}
    months = {_ending_with(period) for period in recorded if period.months == 1 and atom.metric in REVENUE}
    if atom.window is Window.FISCAL_YEAR:
        # Months do not tell where a fiscal year ends: they serve where no recent year is recorded.
        recent = any(period.end <= today < _stale_on(period) for period in whole)
        months = set() if recent else {year for year in months if set(year.split()) <= recorded}
    windows = sorted(whole | months, key=lambda period: period.end)
    ended = [_year(atom, sums, period) for period in windows if period.end <= today]
    return ended, [midnight(period.end) for period in windows if period.end > today]


def _year(atom: FigureAtom, sums: Sums, period: Period) -> _Year:
    bounds = sums.total(period)
    return _Year(period, bounds, compare(atom, bounds))


def _any_year(ended: list[_Year], today: date) -> _Year | None:
    """One window past the limit is enough; to be below, the latest complete one must be recent."""
    past = [year for year in ended if year.truth is Truth.TRUE]
    if past:
        return past[-1]
    complete = [year for year in ended if year.bounds.high is not None]
    straddling = [year for year in complete if year.truth is Truth.REVIEW]
    unconverted = [year for year in ended if _unconverted(year)]
    if unconverted or straddling:
        return (unconverted or straddling)[-1]
    return complete[-1] if complete and today < _stale_on(complete[-1].period) else None


def _latest_year(ended: list[_Year], today: date) -> _Year | None:
    """The last year that is known in full, unless a later one, known in part, says more already."""
    recent = [year for year in ended if today < _stale_on(year.period)]
    telling = [y for y in recent if y.bounds.high is not None or y.truth is Truth.TRUE or _unconverted(y)]
    candidates = telling or recent
    return candidates[-1] if candidates else None


def _unconverted(year: _Year) -> bool:
    """Whether a figure is recorded, but in money that nothing compares with the limit."""
    return any(missing.startswith(RATE) for missing in year.bounds.missing)


def _stale_on(period: Period) -> date:
    """A year after its end, another twelve months have passed that nothing is known of."""
    return period.end.replace(year=period.end.year + 1)


def _ending_with(month: Period) -> Period:
    return Period(month.end.replace(year=month.end.year - 1), month.end)


def _last_twelve_months(today: date) -> Period:
    return _ending_with(before(today, Window.CALENDAR_MONTH))
