"""P6: a sweep of all deployments by two real workers, one killed midway: items/s, lost, doubled. JSON.

First twice as it is on most nights, with nothing changed and nobody killed; the second is told, as the first
warms the workers up. Then every case is judged anew under other parameters, so that each gets exactly one
more evaluation. The workers are `manage.py worker`, a process each with its policy runner; the second is
killed with kill -9, and all that it started, when half of the work is done. What it held is taken over when
its lease ends, which is 5 s here and 60 s unless told otherwise: `seconds` has that wait in it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import transaction
from django.db.models import Count, F

from benchmarks.rig.processes import ROOT, cpu_seconds
from governance.compliance.models import Assignment, Case, Evaluation
from governance.deployments.models import Deployment
from governance.pipeline import intake
from governance.pipeline.models import Heartbeat, Kind, Work
from governance.pipeline.queueing import judge_again

MIXES = ("10 alike",)
DATABASES = ("postgresql",)
GOALS = {"items_per_second": 20_000, "lost": 0, "doubled": 0}
LEASE_SECONDS, PATIENCE = 5, 1800
QUICK = {"LEASE_SECONDS": str(LEASE_SECONDS), "SWEEP_SECONDS": "1"}


@contextmanager
def workers(count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    log = (Path(os.environ["MODELSTEWARD_VAR"]) / "workers.log").open("ab")
    command = [sys.executable, "manage.py", "worker", "--concurrency", "1"]
    options: dict[str, Any] = {"cwd": ROOT, "env": {**os.environ, **QUICK}, "start_new_session": True}
    found = [subprocess.Popen(command, stdout=log, stderr=log, **options) for _ in range(count)]
    try:
        yield found
    finally:
        for one in found:
            kill(one)
        log.close()


def kill(worker: subprocess.Popen[bytes]) -> None:
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def judged(since: int) -> int:
    """Pieces of judging that are done of those after a row."""
    return Work.objects.filter(kind=Kind.JUDGE, pk__gt=since, state=Work.State.DONE).count()


def wait_for(count: int, since: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while judged(since) < count:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{judged(since)} of {count} pieces were done after {PATIENCE} s")
        time.sleep(0.05)


def last_work() -> int:
    return Work.objects.order_by("pk").values_list("pk", flat=True).last() or 0


def unchanged() -> float:
    """Seconds for all cases where each verdict holds still."""
    since, began = last_work(), time.perf_counter()
    with transaction.atomic():
        judge_again(Case.objects.all(), "bench")
    wait_for(Work.objects.filter(kind=Kind.JUDGE, pk__gt=since).count(), since)
    return time.perf_counter() - began


def begin() -> int:
    """Queues the sweep; answers the last row of work before it."""
    last = last_work()
    found = Assignment.objects.get(policy="license.usage-threshold", removed_at=None)
    intake.change_assignment(assignment=found, params={**found.params, "warn_at": 0.6}, actor="bench")
    return last


def main() -> None:
    told_before = Evaluation.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    with workers(2) as both:
        wait_until_up(both)
        _, quiet = unchanged(), unchanged()
        idle, began = cpu_seconds(both[0].pid), time.perf_counter()
        since = begin()
        pieces = Work.objects.filter(kind=Kind.JUDGE, pk__gt=since).count()
        wait_for(pieces // 2, since)
        half = time.perf_counter() - began
        kill(both[1])
        wait_for(pieces, since)
        seconds, used = time.perf_counter() - began, cpu_seconds(both[0].pid) - idle
    deployments = Deployment.objects.count()
    found = {"deployments": deployments, "pieces": pieces, "seconds": round(seconds, 2)}
    found |= {"items_per_second": round(deployments / seconds), "survivor_cpu_seconds": round(used, 2)}
    found |= {
        "items_per_second_before_the_kill": round(deployments / 2 / half),
        "items_per_second_with_nothing_changed": round(deployments / quiet),
        "lease_seconds": LEASE_SECONDS,
    }
    print(
        json.dumps({"name": "P6 a sweep with a kill", **found, **counted(told_before, since), "goals": GOALS})
    )


def wait_until_up(workers: Sequence[subprocess.Popen[bytes]]) -> None:
    """Each has shown that it lives, so that the second is not killed while it starts."""
    names = {f"worker@{socket.gethostname()}:{worker.pid}" for worker in workers}
    deadline = time.monotonic() + PATIENCE
    while Heartbeat.objects.filter(component__in=names).count() < len(names):
        if time.monotonic() > deadline:
            raise RuntimeError("the workers did not come up")
        time.sleep(0.2)


def counted(told_before: int, since: int) -> dict[str, int]:
    """Cases that the sweep left out, cases that it judged twice, and pieces that died."""
    asked = Case.objects.filter(subjects__deployment__isnull=False).distinct()
    told = Evaluation.objects.filter(pk__gt=told_before, assignment__policy="license.usage-threshold")
    each = told.order_by().values("case").annotate(times=Count("pk"))
    stale = asked.exclude(changes=F("judged_changes")).count()
    return {
        "cases": asked.count(),
        "judged_once": each.filter(times=1).count(),
        "lost": asked.count() - each.count() + stale,
        "doubled": each.filter(times__gt=1).count(),
        "dead": Work.objects.filter(pk__gt=since, state=Work.State.DEAD).count(),
    }


if __name__ == "__main__":
    main()
