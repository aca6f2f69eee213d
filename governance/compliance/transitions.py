"""What people must hear of after judging."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from governance.compliance.models import Assignment, Subject, Verdict, Violation


class Turn(StrEnum):
    """The kinds of events that judging makes."""

    OPENED = "violation_opened"
    WORSENED = "violation_worsened"
    RESOLVED = "violation_resolved"
    APPROACHING = "limit_approaching"


@dataclass(frozen=True)
class Transition:
    turn: Turn
    subject: Subject
    policy: str
    findings: Sequence[Mapping[str, Any]]
    violation: Violation | None = None
    previous: str = ""
    """The outcome before, for a violation that got worse."""


@dataclass(frozen=True)
class Judged:
    """One subject with the verdicts that count now, and the facts that they were derived from."""

    subject: Subject
    verdicts: Sequence[tuple[Assignment, Verdict]]
    digests: Mapping[str, str]
    reads: frozenset[tuple[str, str, str]]
    """(company, metric, period) of every usage figure that its facts look up."""


@dataclass
class Told:
    """What one run has to tell, and the ids of the subjects that anything was written of."""

    transitions: list[Transition]
    touched: set[int]
