"""P4 and P5: seconds from a change until every decision that rests on it is judged and committed. JSON.

All in one process, by as many threads as the embedded worker has, each with its policy runner: facts gathered
and digested, each distinct question asked once, verdicts, decisions, violations, queued mails and the audit
entry in one transaction for each chunk. Mails are queued and not sent. `cpu_seconds` is ours and the
runner's, that of PostgreSQL is told apart. P5 is the median of several companies whose users of one month are
restated beyond a limit.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any

os.environ["REDIS_URL"] = ""  # nobody else is to be rung for

import django

django.setup()

from django.conf import settings
from django.db import transaction

from benchmarks.rig.processes import cpu_seconds
from governance.compliance.models import Assignment, Case, Evaluation, Verdict
from governance.demo.story import users
from governance.deployments.models import Deployment
from governance.pipeline import execution, intake
from governance.pipeline.models import Kind, Work
from governance.pipeline.queueing import judge_again
from governance.pipeline.settled import settle
from governance.usage.models import Company

MIXES = ("10 alike", "100 alike")
GOALS = {
    "P4 seconds for 100,000": 1,
    "P5 milliseconds": 50,
    "P5 growth from 10,000 to 300,000": 1.5,
}
COMPARED = {"one task a deployment, 100,000": "174 to 1,350 s", "chunks of 500, 100,000": "1 to 3 s"}
HANDS = ThreadPoolExecutor(settings.WORKER_THREADS)
COMPANIES, ACTOR = 7, "bench"
DATABASE = int(os.environ["BENCH_DATABASE_PID"])


def judge_all() -> None:
    """What waits to be judged, and nothing else: mails stay queued."""
    waiting = Work.objects.filter(kind=Kind.JUDGE, state=Work.State.DUE).order_by("id")
    while ids := list(waiting.values_list("pk", flat=True)):
        list(HANDS.map(execution.run, ids))


def timed(change: Callable[[], object]) -> dict[str, Any]:
    verdicts, told = Verdict.objects.count(), Evaluation.objects.count()
    used, theirs = cpu_seconds(os.getpid()), cpu_seconds(DATABASE) if DATABASE else 0.0
    began = time.perf_counter()
    change()
    queued = time.perf_counter() - began
    judge_all()
    return {
        "seconds": round(time.perf_counter() - began, 3),
        "of_which_until_queued": round(queued, 3),
        "cpu_seconds": round(cpu_seconds(os.getpid()) - used, 2),
        "database_cpu_seconds": round(cpu_seconds(DATABASE) - theirs, 2) if DATABASE else 0.0,
        "distinct_evaluations": Verdict.objects.count() - verdicts,
        "cases_with_another_verdict": Evaluation.objects.count() - told,
    }


def everything() -> None:
    with transaction.atomic():
        judge_again(Case.objects.all(), "bench")


def other_parameters(warn_at: float) -> None:
    found = Assignment.objects.get(policy="license.usage-threshold", removed_at=None)
    intake.change_assignment(assignment=found, params={**found.params, "warn_at": warn_at}, actor=ACTOR)


def restate(company: Company, value: int) -> None:
    intake.record_measurements(rows=[users(f"company:{company.slug}", "2024-06", value)], actor=ACTOR)


def one_figure() -> dict[str, Any]:
    """The first company is not told: it starts the policy runner."""
    companies = list(Company.objects.order_by("id")[: COMPANIES + 1])
    rows = [timed(lambda one=one: restate(one, 900_000_000)) for one in companies][1:]  # type: ignore[misc]
    affected = Deployment.objects.filter(company=companies[-1]).count()
    return {
        "deployments_affected": affected,
        **{key: round(median(row[key] for row in rows), 3) for key in rows[0]},
    }


def main() -> None:
    settle()
    judge_all()
    told = {
        "name": "P4 and P5 judging",
        "deployments": Deployment.objects.count(),
        "cases": Case.objects.count(),
        "P5 one figure is restated": one_figure(),
        "P4 one policy has other parameters": timed(lambda: other_parameters(0.7)),
        "nothing changed": timed(everything),
        "compared_with": COMPARED,
        "goals": GOALS,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
