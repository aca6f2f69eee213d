"""`python -m tests.chaos`: every fault, over seeds, until the time is over; a report in JSON.

In the one process, on one machine, and on hosts of their own where those can be made. What a goal counts
comes first, then every other fault once, then all again with further seeds; nothing is begun when the time is
over, and what was not run is named. Exits 1 when anything was lost, doubled or let through, or came back too
late. That a goal of how much to break was not reached is told, and no failure.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.chaos import faults  # noqa: F401 (registers them)
from tests.chaos.rig import Rig, Topology, rig
from tests.chaos.scenarios import SCENARIOS, Run, Scenario, goals, named, run, summary, tell, totals
from tests.hosts.estate import estate
from tests.hosts.faults import FAULTS
from tests.hosts.network import why_not

PLACES = {"embedded": 2, "scaled": 5, "hosts": 1}
"""Where things are broken, and the share of the time that is spent there."""


def main(words: list[str]) -> int:
    args = parsed(words)
    print(f"seed {args.seed}, {args.seconds:.0f} s", flush=True)
    chosen = [one for one in (*SCENARIOS, *FAULTS) if not args.only or one.number in args.only]
    chosen = [one for one in chosen if args.name in one.name]
    runs: list[Run] = []
    with suppress(KeyboardInterrupt):  # what was counted until then is reported
        for place in args.on:
            here = [one for one in chosen if place in one.on]
            for made in (on_hosts if place == "hosts" else on_one)(place, here, args):
                tell(made)
                runs.append(made)
                write_report(runs, chosen, args)
    failed = [one for one in runs if one.wrong]
    print(f"{len(runs)} runs, {len(failed)} failed; {json.dumps(totals(runs))}")
    print(f"report: {args.report}")
    return 1 if failed else 0


def write_report(runs: list[Run], chosen: list[Scenario], args: argparse.Namespace) -> None:
    load = round(os.getloadavg()[0] / (os.cpu_count() or 1), 1)
    report = {
        "seed": args.seed,
        "load_per_processor": load,
        "goals": goals(runs),
        **totals(runs),
        "not_run": not_run(runs, chosen, args.on),
        "scenarios": summary(runs),
    }
    args.report.parent.mkdir(parents=True, exist_ok=True)
    args.report.write_text(json.dumps(report, indent=1, default=str) + "\n", "utf-8")


def not_run(runs: list[Run], chosen: list[Scenario], places: list[str]) -> list[str]:
    made = {(one.scenario.name, one.topology) for one in runs}
    wanted = [(one, place) for one in chosen for place in places if place in one.on]
    return [named(one, place) for one, place in wanted if (one.name, place) not in made]


def until(place: str, args: argparse.Namespace) -> float:
    """When nothing more is begun there."""
    return time.monotonic() + float(args.seconds * PLACES[place] / sum(PLACES[one] for one in args.on))


def on_one(topology: Topology, chosen: list[Scenario], args: argparse.Namespace) -> Iterator[Run]:
    """On one rig, or on another one after a failure, so that no scenario answers for another."""
    left, deadline, number = order(chosen, topology, args.seed), until(topology, args), 0
    while left and time.monotonic() < deadline:
        with new_rig(topology, args) as one:
            whole = True
            while whole and time.monotonic() < deadline:
                made = run(left[number % len(left)], one, args.seed + number, long=not args.short)
                number += 1
                yield made
                whole = not made.wrong


def on_hosts(place: Any, chosen: list[Scenario], args: argparse.Namespace) -> Iterator[Run]:
    if reason := why_not():
        yield from (Run(one, place, args.seed, skipped=reason) for one in chosen)
        return
    deadline = until(place, args)
    folder = tempfile.TemporaryDirectory(prefix="modelsteward-hosts-", ignore_cleanup_errors=True)
    with folder as path, estate(Path(path)) as made:
        for number, one in enumerate(itertools.cycle(chosen) if chosen else ()):
            if time.monotonic() > deadline:
                return
            yield run(one, made, args.seed + number, long=not args.short)


@contextmanager
def new_rig(topology: Topology, args: argparse.Namespace) -> Iterator[Rig]:
    if args.keep:
        args.keep.mkdir(parents=True, exist_ok=True)
        with rig(
            topology, Path(tempfile.mkdtemp(prefix=f"{topology}-", dir=args.keep)), polls=args.polls
        ) as one:
            yield one
        return
    folder = tempfile.TemporaryDirectory(prefix="modelsteward-chaos-", ignore_cleanup_errors=True)
    with folder as path, rig(topology, Path(path), polls=args.polls) as one:
        yield one


def order(chosen: list[Scenario], topology: Topology, seed: int) -> list[Scenario]:
    """Each once, what has a larger share first, then those that come more often. Else by number for seed 0,
    and mixed for others, as no fault may need the one before."""
    once = sorted(chosen, key=lambda one: one.number)
    again = [one for one in once for _ in range(one.share - 1)]
    if seed:
        chance = random.Random(f"{seed}{topology}")
        chance.shuffle(once), chance.shuffle(again)
    return sorted(once, key=lambda one: -one.share) + again


def parsed(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    env = os.environ
    parser.add_argument("--seconds", type=float, default=float(env.get("CHAOS_SECONDS") or 300))
    parser.add_argument("--seed", type=int, default=int(env.get("CHAOS_SEED") or time.time()))
    parser.add_argument("--report", type=Path, default=Path(env.get("CHAOS_REPORT") or "build/chaos.json"))
    parser.add_argument("--polls", type=float, default=600, help="of the gate, per second (0: all it can)")
    parser.add_argument("--only", type=int, action="append", help="number of a fault; may be repeated")
    parser.add_argument("--name", default="", help="part of a scenario's name")
    parser.add_argument("--on", choices=PLACES, action="append", help="one place only; all when left out")
    parser.add_argument("--keep", type=Path, help="folder in which logs and databases stay")
    parser.add_argument("--short", action="store_true", help="as `make test` runs them")
    args = parser.parse_args(words)
    args.on = args.on or list(PLACES)
    return args


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
