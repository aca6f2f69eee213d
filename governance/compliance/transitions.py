"""What is judged together, and what people must hear of afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from governance.compliance.kept import Kept
from governance.compliance.models import Assignment, Case

Read = tuple[str, str, str]
"""Company, metric and period of a usage figure; an empty period means any."""


class Turn(StrEnum):
    """The kinds of events that judging makes."""

    OPENED = "violation_opened"
    WORSENED = "violation_worsened"
    RESOLVED = "violation_resolved"
    APPROACHING = "limit_approaching"


@dataclass
class Transition:
    """The same thing that happened to some subjects (by id) of one case."""

    turn: Turn
    policy: str
    subjects: list[int]
    findings: Sequence[Mapping[str, Any]]
    violations: list[int] = field(default_factory=list)
    previous: str = ""
    """The outcome before, of violations that got worse."""
    resolution: str = ""


@dataclass(frozen=True)
class Judged:
    """One case with the verdicts that count now, and the facts that they were derived from."""

    case: Case
    verdicts: Sequence[tuple[Assignment, Kept]]
    digests: Mapping[str, str]
    reads: frozenset[Read]
    """Every usage figure that its facts look up."""


@dataclass
class Told:
    """What one run has to tell, and the ids of the cases that anything was written of."""

    transitions: list[Transition]
    touched: set[int]
