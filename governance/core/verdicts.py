"""Findings and verdicts: what a policy answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from governance.core.outcomes import Outcome, worst


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement with its grounds. `reason` is a full sentence; `evidence` is JSON."""

    outcome: Outcome
    reason: str
    license: str = ""
    section: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    how_to_fix: str = ""
    missing: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one policy says of one subject.

    `holds_until` is the first instant at which the answer could differ with the same facts; None: never.
    """

    findings: tuple[Finding, ...]
    holds_until: datetime | None = None

    @property
    def outcome(self) -> Outcome:
        return worst(finding.outcome for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        until = self.holds_until.isoformat() if self.holds_until else None
        return {"findings": [asdict(finding) for finding in self.findings], "holds_until": until}

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
