"""`python -m tests.hosts`: every fault of links and hosts, over seeds, until the time is over.

Prints a report in JSON, and exits 1 when anything was lost, doubled or let through, or came back too late.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.__main__ import tell
from tests.chaos.scenarios import Run, run, summary
from tests.hosts.estate import estate
from tests.hosts.faults import FAULTS
from tests.hosts.network import why_not


def main(words: list[str]) -> int:
    args = parsed(words)
    if reason := why_not():
        print(f"skipped: {reason}")
        return 0
    print(f"seed {args.seed}, {args.seconds:.0f} s", flush=True)
    with tempfile.TemporaryDirectory(prefix="modelsteward-hosts-", ignore_cleanup_errors=True) as folder:
        runs, restarts = on_hosts(Path(folder), args)
    report = {"seed": args.seed, "restarts": restarts, "scenarios": summary(runs)}
    text = json.dumps(report, indent=1, default=str)
    args.report.write_text(text + "\n", "utf-8") if args.report else print(text)
    failed = [one for one in runs if one.wrong]
    print(f"{len(runs)} runs, {len(failed)} failed")
    return 1 if failed else 0


def on_hosts(folder: Path, args: argparse.Namespace) -> tuple[list[Run], dict[str, int]]:
    """All runs, and how often a program ended by itself and was started again."""
    runs, deadline = list[Run](), time.monotonic() + args.seconds
    chosen = [one for one in FAULTS if args.name in one.name]
    with estate(folder) as made:
        for number, one in enumerate(itertools.cycle(chosen)):
            if number and time.monotonic() > deadline:
                break
            runs.append(run(one, made, args.seed + number, long=not args.short))
            tell(runs[-1])
        return runs, made.restarts


def parsed(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.hosts", description=__doc__)
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("CHAOS_SECONDS") or 600))
    parser.add_argument("--seed", type=int, default=int(os.environ.get("CHAOS_SEED") or time.time()))
    told = os.environ.get("CHAOS_REPORT", "")
    beside = Path(told).with_suffix(".hosts.json") if told else None
    parser.add_argument("--report", type=Path, default=beside, help="file for it; printed when left out")
    parser.add_argument("--name", default="", help="part of a fault's name")
    parser.add_argument("--short", action="store_true", help="as `make test` runs them")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
