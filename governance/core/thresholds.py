"""Thresholds, exactly (design, section 4): where a deployment stands against one limit of its license."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from governance.core.facts import Grant
from governance.core.outcomes import Outcome
from governance.core.terms import AllOf, AnyOf, Exemption, FigureAtom, Predicate, Threshold
from governance.core.thresholds_case import Case, Truth, Weighed, all_of, any_of
from governance.core.thresholds_clearing import NOT_CLEARED, Clearing, clearing
from governance.core.thresholds_windows import weigh
from governance.core.verdicts import soonest


class Standing(StrEnum):
    """Where a deployment stands against a limit. `review` is for a person: the figures reach both sides."""

    BELOW = "below"
    APPROACHING = "approaching"
    EXCEEDED = "exceeded"
    CLEARED = "cleared"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"
    REVIEW = "review"


_OUTCOME = {
    Standing.BELOW: Outcome.PASS,
    Standing.APPROACHING: Outcome.PASS,
    Standing.CLEARED: Outcome.PASS,
    Standing.NOT_APPLICABLE: Outcome.NOT_APPLICABLE,
    Standing.UNKNOWN: Outcome.UNKNOWN,
    Standing.REVIEW: Outcome.REVIEW,
}


@dataclass(frozen=True, slots=True)
class Result:
    """One threshold judged. `deciding` is the atom that settled it; None where none had to be looked at."""

    threshold: Threshold
    case: Case
    standing: Standing
    deciding: Weighed | None = None
    atoms: tuple[Weighed, ...] = ()
    missing: tuple[str, ...] = ()
    clearing: Clearing = NOT_CLEARED
    exemption: Exemption | None = None
    holds_until: datetime | None = None

    @property
    def outcome(self) -> Outcome:
        if self.standing is Standing.EXCEEDED:
            return Outcome.FAIL if self.threshold.consequence.withholds else Outcome.DUTY
        return _OUTCOME[self.standing]

    @property
    def grant(self) -> Grant | None:
        """The grant that clears."""
        return self.clearing.grant if self.standing is Standing.CLEARED else None

    @property
    def unproven_exemptions(self) -> tuple[Exemption, ...]:
        """Exemptions that would apply if their fact, which is not known, were true."""
        return tuple(e for e in self.threshold.exempt if _exempted(e, self.case) is None)


def judge(threshold: Threshold, case: Case, warn_at: Decimal = Decimal("0.8")) -> Result:
    """One threshold against one case; pure. `warn_at`: the share of a limit from which it is near."""
    exemption = next((e for e in threshold.exempt if _exempted(e, case)), None)
    commercial = case.uses.commercial
    if exemption or (threshold.purpose == "commercial" and commercial is False):
        return Result(threshold, case, Standing.NOT_APPLICABLE, exemption=exemption)
    node = _weigh(threshold.when, case, warn_at)
    atoms, until = node.leaves, soonest(*(leaf.until for leaf in node.leaves))
    if node.truth is Truth.FALSE:
        standing = Standing.APPROACHING if node.near else Standing.BELOW
        return Result(threshold, case, standing, node.deciding, atoms, holds_until=until)
    cleared = clearing(threshold, atoms, case)
    standing, missing = _standing(node, cleared)
    if threshold.purpose == "commercial" and commercial is None and standing is not Standing.CLEARED:
        standing, missing = Standing.UNKNOWN, (*missing, "deployment.uses.commercial")
    until = soonest(until, cleared.until)
    return Result(threshold, case, standing, node.deciding, atoms, missing, cleared, holds_until=until)


def _exempted(exemption: Exemption, case: Case) -> bool | None:
    """Only a fact that is known and true exempts: the exception is for those who can show it."""
    uses = case.uses
    if exemption is Exemption.INTEGRATED_END_USER_PRODUCT:
        return uses.integrated_end_user_product
    if exemption is Exemption.INTERNAL_USE:
        return uses.internal_only
    if uses.commercial:
        return False  # a non-profit that sells what it runs is not exempt for being one
    company = case.companies.companies.get(case.companies.licensee)
    kind = company.kind if company else None
    if kind is not None and kind not in ("non_profit", "research"):
        return False
    return None if kind is None or uses.commercial is None else True


_STANDING = {
    Truth.TRUE: Standing.EXCEEDED,
    Truth.REVIEW: Standing.REVIEW,
    Truth.UNKNOWN: Standing.UNKNOWN,
}


def _standing(node: _Node, cleared: Clearing) -> tuple[Standing, tuple[str, ...]]:
    """What clears does so whatever the figures are: within the limit there is nothing to clear."""
    if cleared.grant or cleared.shown:
        return Standing.CLEARED, ()
    return _STANDING[node.truth], tuple(dict.fromkeys((*node.missing, *cleared.missing)))


@dataclass(frozen=True, slots=True)
class _Node:
    """A predicate tree weighed. `near`: the condition would hold if one figure grew a little."""

    truth: Truth
    near: bool
    deciding: Weighed
    leaves: tuple[Weighed, ...]
    missing: tuple[str, ...] = ()
    share: Decimal = Decimal(0)
    """How much of its limit the deciding figure reaches."""


def _weigh(predicate: Predicate, case: Case, warn_at: Decimal) -> _Node:
    if isinstance(predicate, AllOf):
        parts = [_weigh(part, case, warn_at) for part in predicate.all]
        return _joined(all_of(part.truth for part in parts), _last_one_near(parts), parts)
    if isinstance(predicate, AnyOf):
        parts = [_weigh(part, case, warn_at) for part in predicate.any]
        return _joined(any_of(part.truth for part in parts), any(part.near for part in parts), parts)
    weighed = weigh(predicate, case)
    share = _share(weighed)
    near = weighed.truth is Truth.FALSE and share >= warn_at
    return _Node(weighed.truth, near, weighed, (weighed,), weighed.missing, share)


def _last_one_near(parts: list[_Node]) -> bool:
    """Of conditions that must hold together, only one does not yet, and it is near."""
    failing = [part for part in parts if part.truth is Truth.FALSE]
    return len(failing) == 1 and failing[0].near


def _joined(truth: Truth, near: bool, parts: list[_Node]) -> _Node:
    """The part that decides is one with the truth of the whole: near before far, figures before traits."""
    alike = [part for part in parts if part.truth is truth]
    deciding = max(alike, key=lambda part: (part.near, part.deciding.period is not None, part.share))
    leaves = tuple(leaf for part in parts for leaf in part.leaves)
    missing = tuple(name for part in alike for name in part.missing)
    near = near and truth is Truth.FALSE
    return _Node(truth, near, deciding.deciding, leaves, missing, deciding.share)


def _share(weighed: Weighed) -> Decimal:
    """How much of its limit a figure may reach; nothing for what does not grow towards it."""
    atom, high = weighed.atom, weighed.bounds.high
    if not isinstance(atom, FigureAtom) or atom.comparator == "<" or high is None or not atom.limit:
        return Decimal(0)
    return high / atom.limit
