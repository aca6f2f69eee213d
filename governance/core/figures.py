"""Usage figures: ranges, money, and how the figures of many products and companies add up.

Users overlap (one person may use two products), so a group's users are an interval: at least its largest
part, at most the sum. Money and tokens add up. Consolidated money leaves out what members sell each other,
so there too only an interval is known until a consolidated figure is declared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

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

    `missing` names what would give it an upper bound, `assumed` what it rests on besides figures.
    """

    low: Decimal = Decimal(0)
    high: Decimal | None = None
    missing: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether it is one known figure."""
        return self.low == self.high

    def narrowed(self, other: Bounds) -> Bounds:
        """What both sides know together. Sides that contradict each other leave the gap between them.

        The gap, because then neither end falls when any figure grows: more usage never looks like less.
        """
        low = max(self.low, other.low)
        high = _least(self.high, other.high)
        if high is not None and low > high:
            low, high = high, low
        missing = self.missing + other.missing if high is None else ()
        return Bounds(low, high, missing, self.assumed + other.assumed)


UNBOUNDED = Bounds()


def _least(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def overlaps(metric: str) -> bool:
    """Whether one person can be counted twice in the sum of two figures of this metric."""
    return "users" in metric


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


def needed(subject: str, metric: str, period: Period) -> str:
    """How a figure that is not recorded is named: `product:chat monthly_active_users 2024-06`."""
    return f"{subject} {metric} {period}"


REVENUE = ("monthly_revenue", "annual_revenue", "any_12_month_revenue", "aggregate_revenue")
"""One quantity under the names that licenses give it: the revenue of the period that the figure is for.

Recurring revenue is left out: it is an extrapolation, not what a period brought.
"""

Key = tuple[str, str, Period, bool]
"""Subject, metric, period, and whether it is deduplicated over the affiliates."""


def indexed(figures: Iterable[Figure]) -> dict[Key, Figure]:
    return {(f.subject, f.metric, Period.parse(f.period), f.deduplicated): f for f in figures}


class Ledger:
    """Figures by subject, metric and period, in one currency."""

    __slots__ = ("_figures", "_owners", "_rates", "currency")

    def __init__(
        self,
        figures: Mapping[Key, Figure],
        rates: Sequence[ExchangeRate],
        currency: str,
        owners: Collection[str],
    ) -> None:
        self.currency = currency
        self._figures = figures
        self._rates = rates
        self._owners = owners
        """`subject metric` of what has figures of its own, also of periods that are not held here."""

    def recorded(self, metric: str, subjects: Collection[str]) -> set[Period]:
        """Every period for which one of the subjects has a figure of the metric."""
        return {
            period
            for subject, name, period, _ in self._figures
            if subject in subjects and name in _names(metric, period)
        }

    def knows(self, subject: str, metric: str) -> bool:
        """Whether the subject has figures of its own for any period."""
        return f"{subject} {metric}" in self._owners

    def bounds(
        self, subject: str, metric: str, period: Period, *, deduplicated: bool = False
    ) -> Bounds | None:
        """The figure in the ledger's currency, or None where nothing is recorded.

        Revenue of twelve months is read from the whole figure, from those of its months, or from both.
        """
        whole = self._figure(subject, metric, period, deduplicated)
        if metric not in REVENUE or period.months != 12:
            return whole
        months = self._months(subject, period, deduplicated)
        return whole.narrowed(months) if whole and months else whole or months

    def _months(self, subject: str, period: Period, deduplicated: bool) -> Bounds | None:
        parts = [(month, self._figure(subject, REVENUE[0], month, deduplicated)) for month in period.split()]
        if not any(part for _, part in parts):
            return None
        return summed([p or Bounds(missing=(needed(subject, REVENUE[0], month),)) for month, p in parts])

    def _figure(self, subject: str, metric: str, period: Period, deduplicated: bool) -> Bounds | None:
        for name in _names(metric, period):
            figure = self._figures.get((subject, name, period, deduplicated))
            if figure is not None:
                return self._converted(figure, period)
        return None

    def _converted(self, figure: Figure, period: Period) -> Bounds:
        """Without a recorded rate a figure is known to exist, but not how large it is; zero needs no rate."""
        if figure.currency == self.currency or figure.high == 0:
            return Bounds(figure.low, figure.high)
        if not figure.currency or not self.currency:
            return Bounds(missing=(f"currency of {needed(figure.subject, figure.metric, period)}",))
        pair = {figure.currency, self.currency}
        known = [rate for rate in self._rates if {rate.base, rate.quote} == pair]
        if not known:
            return Bounds(missing=(f"{RATE} {figure.currency}->{self.currency}",))
        best = min(known, key=lambda rate: _distance(rate.on, period))
        words = (_rate_words(best),)
        if best.base == figure.currency:
            return Bounds(figure.low * best.rate, figure.high * best.rate, assumed=words)
        # Divided, not multiplied by the inverse: that may have no end, and would fall short of a limit.
        return Bounds(figure.low / best.rate, figure.high / best.rate, assumed=words)


RATE = "exchange rate"


@lru_cache(maxsize=1024)
def _names(metric: str, period: Period) -> tuple[str, ...]:
    """The names under which a metric is recorded for a period, its own first.

    A month is not read from an annual figure nor a year from a monthly one, whatever period they carry: that
    may be a rate or an average.
    """
    if metric not in REVENUE:
        return (metric,)
    alike = REVENUE[:1] if period.months == 1 else REVENUE[1:]
    return (metric, *(name for name in alike if name != metric)) if metric in alike else alike


def _rate_words(rate: ExchangeRate) -> str:
    source = f" ({rate.source})" if rate.source else ""
    return f"{RATE} 1 {rate.base} = {rate.rate} {rate.quote} of {rate.on}{source}"


def _distance(day: date, period: Period) -> tuple[bool, int]:
    """Prefer the latest rate up to the period's last day; only then the first one after it."""
    days = (period.last_day - day).days
    return (days < 0, abs(days))
