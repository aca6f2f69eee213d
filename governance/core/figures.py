"""Usage figures: ranges, money, and how the figures of many products and companies add up.

Users overlap (one person may use two products), so a group's users are an interval: at least its largest
part, at most the sum. Money and tokens add up. Consolidated money leaves out what members sell each other,
so there too only an interval is known until a consolidated figure is declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from governance.core.periods import Period
from governance.core.values import Frozen


class Figure(Frozen):
    """One usage figure in force. `subject` is `company:slug` or `product:slug`; `period` as text."""

    subject: str
    metric: str
    period: str
    low: Decimal
    high: Decimal
    currency: str = ""
    deduplicated: bool = False
    source: str = ""


class ExchangeRate(Frozen):
    """One unit of `base` is worth `rate` of `quote` on that day, as that source says."""

    base: str
    quote: str
    on: date
    rate: Decimal
    source: str = ""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known of a figure: `high` is None when it has no known upper bound.

    `missing` names the figures that would narrow it, `assumed` what was counted as none.
    """

    low: Decimal = Decimal(0)
    high: Decimal | None = None
    missing: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    def narrowed(self, other: Bounds) -> Bounds:
        """What both sides know together. Sides that contradict each other widen to hold both."""
        low = max(self.low, other.low)
        high = _least(self.high, other.high)
        if high is not None and low > high:
            low = min(self.low, other.low)
            high = max(h for h in (self.high, other.high) if h is not None)
        missing = () if high is not None and None in (self.high, other.high) else self.missing
        return Bounds(low, high, missing, self.assumed)


UNBOUNDED = Bounds()


def _least(*values: Decimal | None) -> Decimal | None:
    return min((v for v in values if v is not None), default=None)


def overlaps(metric: str) -> bool:
    """Whether one person can be counted twice in the sum of two figures of this metric."""
    return metric.endswith("_users")


def overlapped(parts: Sequence[Bounds]) -> Bounds:
    """At least the largest part, at most the sum."""
    return _together(parts, max((p.low for p in parts), default=Decimal(0)))


def summed(parts: Sequence[Bounds]) -> Bounds:
    """The sum of the parts; a part without an upper bound leaves the sum without one."""
    return _together(parts, sum((p.low for p in parts), Decimal(0)))


def _together(parts: Sequence[Bounds], low: Decimal) -> Bounds:
    high: Decimal | None = Decimal(0)
    for part in parts:
        high = None if high is None or part.high is None else high + part.high
    return Bounds(
        low,
        high,
        tuple(m for part in parts for m in part.missing),
        tuple(a for part in parts for a in part.assumed),
    )


class Ledger:
    """Figures by subject, metric and period, in one currency."""

    def __init__(self, figures: Iterable[Figure], rates: Iterable[ExchangeRate], currency: str) -> None:
        self.currency = currency
        self.rates = tuple(rates)
        self._figures = {(f.subject, f.metric, f.period, f.deduplicated): f for f in figures}

    def periods(self, metric: str) -> list[Period]:
        """Every period for which some subject has a figure of the metric."""
        return sorted({Period.parse(f.period) for f in self._figures.values() if f.metric == metric})

    def bounds(
        self, subject: str, metric: str, period: Period, *, deduplicated: bool = False
    ) -> Bounds | None:
        """The figure as bounds in the ledger's currency, or None where there is none.

        A figure in another currency without a recorded rate is known to exist, but not how large it is.
        """
        figure = self._figures.get((subject, metric, str(period), deduplicated))
        if figure is None:
            return None
        rate = self._rate(figure.currency, period)
        if rate is None:
            pair = f"rate:{figure.currency or '?'}:{self.currency}"
            return Bounds(Decimal(0), None, (pair,))
        return Bounds(figure.low * rate, figure.high * rate)

    def _rate(self, currency: str, period: Period) -> Decimal | None:
        if currency == self.currency:
            return Decimal(1)
        if not currency or not self.currency:
            return None
        known = [r for r in self.rates if {r.base, r.quote} == {currency, self.currency}]
        if not known:
            return None
        best = min(known, key=lambda r: _distance(r.on, period))
        return best.rate if best.base == currency else 1 / best.rate


def _distance(day: date, period: Period) -> tuple[bool, int]:
    """Prefer the latest rate up to the period's last day; only then the first one after it."""
    days = (period.last_day - day).days
    return (days < 0, abs(days))
