"""Findings and verdicts: what a policy answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from governance.core.outcomes import Outcome, worst


class Finding(NamedTuple):
    """One statement with its grounds. `reason` is a full sentence; `evidence` is JSON.

    A tuple, because a run makes hundreds of thousands, and a frozen dataclass takes three times as long.
    """

    outcome: Outcome
    reason: str
    license: str = ""
    section: str = ""
    evidence: Mapping[str, Any] = MappingProxyType({})
    how_to_fix: str = ""
    missing: Sequence[str] = ()

    def to_json(self) -> dict[str, Any]:
        return {**self._asdict(), "evidence": dict(self.evidence), "missing": list(self.missing)}


@dataclass(frozen=True)
class Verdict:
    """What one policy says of one subject.

    `holds_until` is the first instant at which the answer could differ with the same facts; None: never.
    """

    findings: tuple[Finding, ...]
    holds_until: datetime | None = None

    @cached_property
    def outcome(self) -> Outcome:
        return worst([finding.outcome for finding in self.findings])

    def to_json(self) -> dict[str, Any]:
        until = self.holds_until.isoformat() if self.holds_until else None
        return {"findings": [finding.to_json() for finding in self.findings], "holds_until": until}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Verdict:
        """Raises ValueError, KeyError or TypeError when the data is no verdict."""
        until = data["holds_until"]
        findings = tuple(
            Finding(**{**f, "outcome": Outcome(f["outcome"]), "missing": tuple(f.get("missing", ()))})
            for f in data["findings"]
        )
        return cls(findings, datetime.fromisoformat(until) if until else None)


def soonest(*instants: datetime | None) -> datetime | None:
    """The earliest of the instants that are set."""
    return min((instant for instant in instants if instant is not None), default=None)
