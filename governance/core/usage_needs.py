"""Which usage figures the limits of some terms look up: facts hold these and no others.

That is what makes re-judging exact: a figure that no limit looks up is in nobody's facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from governance.core.facts import TermsFacts
from governance.core.figures import REVENUE
from governance.core.periods import Window, before, day_of
from governance.core.terms import FigureAtom, Parts, Threshold, atoms


class UsageNeed(NamedTuple):
    """A metric and the period looked up, as text; an empty period means every period."""

    metric: str
    period: str


def needs(terms: TermsFacts, as_of: datetime, cap_metrics: Iterable[str] = ()) -> frozenset[UsageNeed]:
    """What the governing terms look up on this day; grants with a cap also ask for their present figure."""
    day = day_of(as_of)
    wanted: set[UsageNeed] = set()
    for threshold in _thresholds(terms):
        for atom in atoms(threshold.when):
            if isinstance(atom, FigureAtom):
                wanted |= _looked_up(atom, day)
    wanted |= {UsageNeed(metric, str(before(day, Window.CALENDAR_MONTH))) for metric in cap_metrics}
    return frozenset(wanted)


def _thresholds(terms: TermsFacts) -> Iterator[Threshold]:
    for governing in terms.governing:
        passes = governing.parts is None or Parts.THRESHOLDS in governing.parts
        if passes and governing.license in terms.terms:
            yield from terms.terms[governing.license].thresholds


@lru_cache(maxsize=1024)
def _looked_up(atom: FigureAtom, day: date) -> frozenset[UsageNeed]:
    names = REVENUE if atom.metric in REVENUE else (atom.metric,)
    if atom.anchor_date is None and atom.window.floats:
        return frozenset(UsageNeed(name, "") for name in names)
    period = before(atom.anchor_date or day, atom.window)
    wanted = {UsageNeed(name, str(period)) for name in names}
    if atom.metric in REVENUE and period.months == 12:  # a year may be recorded month by month
        wanted |= {UsageNeed(name, str(month)) for name in names for month in period.split()}
    return frozenset(wanted)
