"""Outcomes of findings and decisions over a deployment (design: "Words")."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Outcome(StrEnum):
    """What one finding says, from harmless to worst. Comparable: the greater is the worse."""

    NOT_APPLICABLE = "not_applicable"
    PASS = "pass"  # noqa: S105
    DUTY = "duty"
    REVIEW = "review"
    UNKNOWN = "unknown"
    ERROR = "error"
    FAIL = "fail"

    # Each comparison is spelled out: str brings its own, which are alphabetical.
    def __lt__(self, other: str) -> bool:
        return _RANK[self] < _RANK[Outcome(other)]

    def __le__(self, other: str) -> bool:
        return _RANK[self] <= _RANK[Outcome(other)]

    def __gt__(self, other: str) -> bool:
        return _RANK[self] > _RANK[Outcome(other)]

    def __ge__(self, other: str) -> bool:
        return _RANK[self] >= _RANK[Outcome(other)]

    @property
    def breaches(self) -> bool:
        """Whether it opens a violation."""
        return self in _BREACHING


_RANK = {outcome: rank for rank, outcome in enumerate(Outcome)}
_BREACHING = frozenset(outcome for outcome in Outcome if outcome >= Outcome.REVIEW)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of the outcomes; nothing judged at all is `not_applicable`."""
    return max(outcomes, default=Outcome.NOT_APPLICABLE, key=_RANK.__getitem__)


class Decision(StrEnum):
    """What the enforced assignments say of one deployment taken together."""

    ALLOWED = "allowed"
    ALLOWED_WITH_DUTIES = "allowed_with_duties"
    NEEDS_REVIEW = "needs_review"
    BLOCKED = "blocked"
    CANNOT_TELL = "cannot_tell"

    @property
    def allows(self) -> bool:
        return self in (Decision.ALLOWED, Decision.ALLOWED_WITH_DUTIES)


_DECISION = {
    Outcome.FAIL: Decision.BLOCKED,
    Outcome.ERROR: Decision.CANNOT_TELL,
    Outcome.UNKNOWN: Decision.CANNOT_TELL,
    Outcome.REVIEW: Decision.NEEDS_REVIEW,
    Outcome.DUTY: Decision.ALLOWED_WITH_DUTIES,
    Outcome.PASS: Decision.ALLOWED,
    Outcome.NOT_APPLICABLE: Decision.ALLOWED,
}


def decide(outcomes: Iterable[Outcome]) -> Decision:
    """The decision of a deployment from the outcomes of its enforced verdicts.

    Without a single enforced verdict nothing is known, so the answer is `cannot_tell`.
    """
    seen = list(outcomes)
    return _DECISION[worst(seen)] if seen else Decision.CANNOT_TELL
