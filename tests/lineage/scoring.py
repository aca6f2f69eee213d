"""How well conflicts are found: precision, recall, false alarms and what cannot be told, with intervals."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tests.lineage.disputes import CLEAN, CONFLICTS, Dispute

FLAGGED, MISMATCH, CANNOT_TELL, QUIET = "flagged", "mismatch", "cannot_tell", "quiet"


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The interval of 95 % around a share (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    share, z2 = hits / of, z * z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = z / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Share:
    name: str
    hits: int
    of: int

    @property
    def value(self) -> float:
        return self.hits / self.of if self.of else 1.0

    def __str__(self) -> str:
        low, high = wilson(self.hits, self.of)
        return f"{self.name:<44}{self.value:6.2f}  [{low:.2f}, {high:.2f}]  {self.hits} of {self.of}"


class Score:
    """`answers`: case -> flagged, mismatch, cannot_tell or quiet."""

    def __init__(self, rows: Iterable[Dispute], answers: dict[str, str]) -> None:
        rows = list(rows)
        told = {row.case: answers[row.case] for row in rows}
        bad = [told[row.case] for row in rows if row.gold in CONFLICTS]
        clean = [told[row.case] for row in rows if row.gold in CLEAN]
        found, alarms = bad.count(FLAGGED), clean.count(FLAGGED)
        judged = [*bad, *clean]
        self.precision = Share("precision", found, found + alarms)
        self.recall = Share("recall, of all conflicts", found, len(bad))
        self.recall_of_told = Share("recall, where it can tell", found, len(bad) - bad.count(CANNOT_TELL))
        self.alarms = Share("false alarms, of clean rows", alarms, len(clean))
        self.untold = Share("cannot tell", judged.count(CANNOT_TELL), len(judged))
        passed_on = [told[row.case] for row in rows if row.passes_on]
        self.alarms_on_passed = Share(
            "false alarms where terms are passed on", passed_on.count(FLAGGED), len(passed_on)
        )
        self.others = Counter((row.gold, told[row.case]) for row in rows if row.gold not in CONFLICTS | CLEAN)
        self.missed = [row for row in rows if row.gold in CONFLICTS and told[row.case] != FLAGGED]

    def __str__(self) -> str:
        shares = (
            *(self.precision, self.recall, self.recall_of_told),
            *(self.alarms, self.alarms_on_passed, self.untold),
        )
        lines = ["", *map(str, shares), "not counted, by what a person found:"]
        lines += [f"  {gold}: {answer} {count}" for (gold, answer), count in sorted(self.others.items())]
        lines += [f"missed: {row.case} {row.kind} ({row.license or 'no tag'})" for row in self.missed]
        return "\n".join(lines)
