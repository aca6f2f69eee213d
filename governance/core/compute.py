"""Training compute of models against the thresholds of the EU AI Act, as intervals and strictly.

Regulation (EU) 2024/1689, article 51(2): systemic risk is presumed where the cumulative compute is greater
than 10^25 FLOP. Guidelines of the Commission, C(2025) 7719: 10^23 FLOP is indicative of a general-purpose
model (point 17), and whoever modifies one counts as its provider where the compute of the modification is
greater than a third of that of the original (point 60); where that is not known, than a third of 10^25 FLOP
if the original has systemic risk, else of 10^23 FLOP (point 61).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from governance.core.facts import ModelFigure
from governance.core.spoken import power

TRAINING, MODIFICATION = "training_compute_flop", "modification_compute_flop"
METRICS = (TRAINING, MODIFICATION)


class Side(StrEnum):
    """Where a figure lies; `either`: its range, or that of the limit, reaches both sides."""

    ABOVE = "above"
    WITHIN = "within"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Compute:
    """FLOP, at least `low` and at most `high`; `told` says where the figure comes from."""

    low: Decimal
    high: Decimal
    told: str

    def side(self, limit: Limit) -> Side:
        """Strictly: exactly the limit is within it."""
        if self.low > limit.high:
            return Side.ABOVE
        return Side.WITHIN if self.high <= limit.low else Side.EITHER

    @property
    def words(self) -> str:
        return _range(self.low, self.high)


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that may itself be known as a range only."""

    low: Decimal
    high: Decimal

    @classmethod
    def at(cls, value: Decimal) -> Limit:
        return cls(value, value)

    @classmethod
    def share(cls, base: Compute, share: Decimal) -> Limit:
        return cls(base.low / share, base.high / share)

    @property
    def words(self) -> str:
        return _range(self.low, self.high)


def _range(low: Decimal, high: Decimal) -> str:
    return flop(low) if low == high else f"{flop(low)} to {flop(high)}"


def flop(value: Decimal) -> str:
    """`3.8e25` as people write it: of a compute nobody knows more than three digits."""
    return power(Decimal(f"{value:.2e}"))


def stated(figures: Iterable[ModelFigure], metric: str) -> Compute | None:
    """The figure on record; None where there is none."""
    found = next((one for one in figures if one.metric == metric), None)
    return Compute(found.low, found.high, found.source) if found else None


def cumulative(own: Iterable[ModelFigure], base: Compute | None) -> Compute | None:
    """All that went into a model: as stated, or that of the original with that of the modification."""
    own = tuple(own)
    added = stated(own, MODIFICATION)
    if (found := stated(own, TRAINING)) or not (base and added):
        return found
    return Compute(base.low + added.low, base.high + added.high, f"{base.told}, and {added.told}")


def modification(own: Iterable[ModelFigure], base: Compute | None) -> Compute | None:
    """What the modification took: as stated, or what is left of the whole without the original."""
    own = tuple(own)
    whole = stated(own, TRAINING)
    if (found := stated(own, MODIFICATION)) or not (base and whole) or whole.high < base.low:
        return found
    least = max(Decimal(0), whole.low - base.high)
    return Compute(least, whole.high - base.low, f"{whole.told}, less {base.told}")
