"""What a new verdict does to the violation of its subject and policy. Pure: the caller writes it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from governance.core.outcomes import Outcome


class Step(StrEnum):
    NOTHING = "nothing"
    OPEN = "open"
    KEEP = "keep"
    """Still open, with the findings of the new verdict."""
    WORSEN = "worsen"
    RESOLVE = "resolve"


def reconcile(standing: Outcome | None, now: Outcome) -> tuple[Step, Outcome]:
    """The step to take, and the outcome that the violation then has.

    `standing` is the outcome of the open violation, None where none is open. What is unknown or broken
    opens a violation but never resolves or softens one: losing sight of a breach does not end it.
    """
    if standing is None:
        return (Step.OPEN, now) if now.breaches else (Step.NOTHING, now)
    if not now.breaches:
        return Step.RESOLVE, now
    if now > standing:
        return Step.WORSEN, now
    unclear = now in (Outcome.UNKNOWN, Outcome.ERROR)
    return Step.KEEP, standing if unclear else now


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An approved waiver: up to which outcome a breach was accepted, and the first instant after it."""

    outcome: Outcome
    until: datetime

    def covers(self, outcome: Outcome, as_of: datetime) -> bool:
        """A waiver covers nothing worse than what the approver saw, and nothing once it has ended."""
        return as_of < self.until and outcome <= self.outcome
