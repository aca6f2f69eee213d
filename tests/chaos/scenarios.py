"""What a fault is, and how one run of it is made and counted."""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.rig import Rig, Topology, within
from tests.chaos.turning import turning
from tests.servers.smtp import Kept

Figures = dict[str, Any]
Inject = Callable[[Rig, random.Random, bool], Figures]


@dataclass(frozen=True)
class Scenario:
    """`short` says where `make test` runs it too; everywhere else it runs in `make chaos` only."""

    number: int
    name: str
    on: tuple[Topology, ...]
    inject: Inject
    short: tuple[Topology, ...]
    share: int = 1
    """How often it comes in a round of `make chaos`; 0: once, after all others."""


SCENARIOS: list[Scenario] = []
BUSY = 2.0
"""Times as much to do as there are processors for."""


def scenario(
    number: int,
    name: str,
    *,
    on: tuple[Topology, ...],
    short: tuple[Topology, ...] = (),
    share: int = 1,
) -> Callable[[Inject], Inject]:
    """Registers a fault. It is called with (rig, chance, long) on a running rig, breaks it, mends it, and
    answers its figures; what must hold besides the counters it asserts. SkippedError says why it cannot."""

    def register(inject: Inject) -> Inject:
        SCENARIOS.append(Scenario(number, name, on, inject, short or on, share))
        return inject

    return register


class SkippedError(Exception):
    """The fault cannot be made here; the text says why."""


@dataclass
class Run:
    """What one run of a scenario came to."""

    scenario: Scenario
    topology: Topology
    seed: int
    seconds: float = 0.0
    figures: Figures = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    skipped: str = ""
    lost: int = 0
    extra: int = 0
    second: int = 0
    repeats: int = 0
    other_id: int = 0
    polls: int = 0
    allows_wrong: int = 0
    denials_mute: int = 0
    gate_p99: float = 0.0
    gate_longest: float = 0.0


def run(one: Scenario, rig: Rig, seed: int, *, long: bool) -> Run:
    """Break it, let it come to rest, count. A failure of whatever kind is in `wrong`, never raised."""
    made = Run(one, rig.topology, seed)
    began = time.monotonic()
    rig.poller.mark()
    rig.driver.statuses.clear()
    try:
        with turning(rig, random.Random(seed), long):
            made.figures = one.inject(rig, random.Random(seed), long)
        rig.revive()
        rig.settle(hurry=True)
        _count(rig, made)
    except SkippedError as why:
        made.skipped = str(why)
    except Exception as fault:
        made.wrong.append("".join(traceback.format_exception(fault))[-3000:])
    _polled(rig, made)
    made.seconds = time.monotonic() - began
    return made


def _count(rig: Rig, made: Run) -> None:
    found = rig.count()
    made.lost, made.extra, made.second = len(found.lost), len(found.extra), len(found.second)
    made.other_id, made.repeats = found.other_id, found.repeats - rig.repeats
    rig.repeats = found.repeats
    made.wrong += found.wrong
    made.wrong += [f"{name} came again without a word" for name in blind(rig.mail.messages)]
    allowed = made.figures.get("repeats_allowed", 0)
    if made.repeats > allowed and within(1) < BUSY:  # on a busy machine leases run out by themselves
        made.wrong.append(f"{made.repeats} messages came twice, {allowed} may have")


def blind(messages: Collection[Kept]) -> list[str]:
    """Message-IDs of repeats that do not say that they may be one."""
    seen, found = set[str](), list[str]()
    for kept in messages:
        if kept.message_id in seen and not kept.message["X-Possible-Duplicate"]:
            found.append(kept.message_id)
        seen.add(kept.message_id)
    return found


def _polled(rig: Rig, made: Run) -> None:
    polled = rig.poller.mark()
    made.polls, made.allows_wrong, made.denials_mute = polled.polls, len(polled.wrong), polled.mute
    made.gate_p99, made.gate_longest = round(polled.p99, 3), round(polled.longest, 3)
    made.wrong += [f"the gate let {slug} through" for slug in polled.wrong[:5]]
    made.wrong += [f"{polled.mute} denials without a reason"] if polled.mute else []


COUNTED = ("lost", "extra", "second", "repeats", "other_id", "polls", "allows_wrong", "denials_mute")


def named(one: Scenario, place: str) -> str:
    return f"{one.number:02d} {one.name} ({place})"


def summary(runs: Collection[Run]) -> dict[str, Any]:
    """The report: for each scenario and topology, runs, seeds, what was counted, what failed."""
    report: dict[str, Any] = {}
    for one in runs:
        name = named(one.scenario, one.topology)
        row = report.setdefault(name, {"runs": 0, "skipped": "", "seeds": [], "figures": [], "failures": []})
        if one.skipped:
            row["skipped"] = one.skipped
            continue
        row["runs"] += 1
        row["seeds"].append(one.seed)
        row["figures"].append(one.figures)
        row["failures"] += [{"seed": one.seed, "wrong": one.wrong}] if one.wrong else []
        for count in COUNTED:
            row[count] = row.get(count, 0) + getattr(one, count)
        for worst in ("gate_p99", "gate_longest"):
            row[worst] = max(row.get(worst, 0.0), getattr(one, worst))
    return report


GOALS = {"kills": 1_000, "losses": 100, "polls": 1_000_000}
"""How much must have been broken and asked before nothing that went wrong says anything."""
BOUNDS = {"resumed_seconds": {"kills": 15.0, "losses": 30.0, "outages": 30.0}, "web_p99": {"losses": 1.0}}
"""Figure -> what was done to the platform -> the most that it may be."""


def totals(runs: Collection[Run]) -> dict[str, int]:
    told = {name: sum(getattr(one, name) for one in runs) for name in COUNTED}
    for name in ("kills", "losses", "outages"):
        told[name] = sum(int(one.figures.get(name, 0)) for one in runs)
    return told


def goals(runs: Collection[Run]) -> dict[str, dict[str, Any]]:
    """Each goal with what was counted, and each bound with the worst that was seen."""
    counted = totals(runs)
    told = {name: _goal(goal, counted[name], counted[name] >= goal) for name, goal in GOALS.items()}
    for figure, bounds in BOUNDS.items():
        for done, bound in bounds.items():
            seen = [one.figures[figure] for one in runs if done in one.figures and figure in one.figures]
            worst = max(seen, default=None)
            told[f"{figure} after {done}"] = _goal(bound, worst, worst is not None and worst <= bound)
    return told


def _goal(goal: float, counted: float | None, reached: bool) -> dict[str, Any]:
    return {"goal": goal, "counted": counted, "reached": reached}


def tell(made: Run) -> None:
    state = f"skipped: {made.skipped}" if made.skipped else "FAILED" if made.wrong else "ok"
    name = f"{made.scenario.number:2} {made.scenario.name} ({made.topology}, seed {made.seed})"
    print(f"{name}: {state}, {made.seconds:.0f} s, {made.figures}", flush=True)
    for fault in made.wrong:
        print(f"   {fault}", flush=True)
