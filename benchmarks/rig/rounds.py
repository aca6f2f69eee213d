"""Servers asked in turn, round after round: neighbors on the machine disturb both alike."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from benchmarks.rig.load import Answers, Load, asked
from benchmarks.rig.processes import cpu_seconds

ROUNDS = 5
IDLE_SECONDS, CALM, PATIENCE = 2.0, 0.1, 45.0
Figures = dict[str, float]


@dataclass(frozen=True)
class Side:
    """What is asked, and whose CPU is told: name -> process id, of which `server` is the server itself."""

    load: Load
    processes: Mapping[str, int]

    def round(self, idle: Mapping[int, float]) -> Figures:
        """CPU is told without what the processes use when nobody asks."""
        began = time.perf_counter()
        before = {name: cpu_seconds(pid) for name, pid in self.processes.items()}
        found = asked(self.load)
        used = {name: cpu_seconds(pid) - before[name] for name, pid in self.processes.items()}
        spent = time.perf_counter() - began
        net = {name: max(0.0, used[name] - idle[pid] * spent) for name, pid in self.processes.items()}
        each = {f"{name}_cpu_ms": net[name] / max(1, found.requests) * 1000 for name in net}
        return {**_told(found), **each}


def alternate(sides: Mapping[str, Side], rounds: int = ROUNDS) -> dict[str, Figures]:
    """Side -> the median of each figure over the rounds. The first, shorter round warms up and is not told.

    Raises RuntimeError when an answer was another than 200: then something else was measured.
    """
    for side in sides.values():
        asked(replace(side.load, seconds=1.0))
    idle = idle_shares({pid for side in sides.values() for pid in side.processes.values()})
    seen: dict[str, list[Figures]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            seen[name].append(side.round(idle))
    return {name: _median(name, rows) for name, rows in seen.items()}


def idle_shares(pids: Collection[int]) -> dict[int, float]:
    """Shares of a core that they use when nobody asks, once what begins with a start is over."""
    deadline = time.monotonic() + PATIENCE
    while True:
        before = {pid: cpu_seconds(pid) for pid in pids}
        time.sleep(IDLE_SECONDS)
        shares = {pid: (cpu_seconds(pid) - before[pid]) / IDLE_SECONDS for pid in pids}
        if max(shares.values()) < CALM or time.monotonic() > deadline:
            return shares


def _told(found: Answers) -> Figures:
    return {
        "requests": found.requests,
        "requests_per_second": found.per_second,
        "p50_ms": found.p50,
        "p99_ms": found.p99,
        "refused": found.refused,
        "client_cpu_share": found.client_cpu_share,
    }


def _median(name: str, rows: Sequence[Figures]) -> Figures:
    if sum(row["refused"] for row in rows):
        raise RuntimeError(f"{name}: not every answer was 200")
    return {key: round(median(row[key] for row in rows), 3) for key in rows[0] if key != "refused"}


def ratio(more: Any, less: Any) -> float | None:
    return round(more / less, 2) if less else None
