"""Who controls whom on a date: the groups that licenses call licensee and affiliates.

Control is by votes or shares, counted along chains: a company controls another when its own holding and
the holdings of the companies it controls add up to enough. Circles of cross-holdings are real and end by
themselves, because the set of controlled companies only grows until it stands still.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from pydantic import Field

from governance.core.values import Frozen


class Control(Frozen):
    """`parent` holds `percent` of `child` from `start` until before `end` (None: open)."""

    parent: str
    child: str
    percent: Decimal
    start: date | None = None
    end: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


class Company(Frozen):
    """A legal entity as far as licenses ask. None means not known."""

    slug: str
    name: str = ""
    domicile: str | None = None
    kind: str | None = None
    competes_with: tuple[str, ...] | None = None
    business_models: tuple[str, ...] | None = None
    products: tuple[str, ...] = ()


class ControlRule(Frozen):
    """How much counts as control in one license: over 50 %, or at least 50 %."""

    percent: Decimal = Field(default=Decimal(50), gt=0, le=100)
    inclusive: bool = False

    def met(self, percent: Decimal) -> bool:
        return percent >= self.percent if self.inclusive else percent > self.percent


def controlled(root: str, edges: Sequence[Control], rule: ControlRule) -> frozenset[str]:
    """All companies that `root` controls, itself included."""
    held = {root}
    while True:
        totals: dict[str, Decimal] = {}
        for edge in edges:
            if edge.parent in held and edge.child not in held:
                totals[edge.child] = totals.get(edge.child, Decimal(0)) + edge.percent
        gained = {child for child, percent in totals.items() if rule.met(percent)}
        if not gained:
            return frozenset(held)
        held |= gained


def affiliates(company: str, controls: Iterable[Control], day: date, rule: ControlRule) -> frozenset[str]:
    """`company` with all that it controls, that control it, and that share a controller with it, on `day`."""
    edges = [edge for edge in controls if edge.holds_on(day)]
    reach = (controlled(one, edges, rule) for one in _holders(company, edges))
    return frozenset().union(*(held for held in reach if company in held))


def _holders(company: str, edges: Sequence[Control]) -> frozenset[str]:
    """`company` and all that hold any share in it along chains: nobody else can control it."""
    found, ahead = {company}, [company]
    while ahead:
        child = ahead.pop()
        parents = {edge.parent for edge in edges if edge.child == child} - found
        found |= parents
        ahead += parents
    return frozenset(found)


def next_change(controls: Iterable[Control], day: date) -> date | None:
    """The next day after `day` on which any control begins or ends."""
    ahead = [d for edge in controls for d in (edge.start, edge.end) if d is not None and d > day]
    return min(ahead, default=None)
