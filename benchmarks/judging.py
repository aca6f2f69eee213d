"""Seconds to judge 10,000 deployments with every policy and to commit the outcome (towards P4 and P5). JSON.

The companies, models and figures are made up; everything else is what a worker does: facts gathered and
digested, each distinct question asked once in the policy runner, verdicts, decisions and the audit entry
written to SQLite. Mails are queued and not sent.

Run: `python -m benchmarks.judging`.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from typing import Any

FOLDER = tempfile.TemporaryDirectory(prefix="modelsteward-bench-")
for _name in ("DATABASE_URL", "REDIS_URL"):
    os.environ.pop(_name, None)
os.environ |= {"MODELSTEWARD_VAR": FOLDER.name, "LOG_LEVEL": "ERROR"}
os.environ["DJANGO_SETTINGS_MODULE"] = "governance.settings"

import django

django.setup()

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from governance.compliance.cases import place_deployments
from governance.compliance.models import Assignment, Case, Verdict
from governance.demo.story import KNOWN, USES, users
from governance.deployments.models import Deployment
from governance.pipeline import execution, intake
from governance.pipeline.bootstrap import bootstrap
from governance.pipeline.models import Kind, Work
from governance.pipeline.queueing import judge_again

DEPLOYMENTS, COMPANIES = 10_000, 20
LICENSES = ("llama3.1", "llama4", "kimi-k2", "apache-2.0", "mit")
ACTOR = "bench"
COMPARED = {"one task a deployment": "17 to 135 s", "chunks of 500": "0.1 to 0.3 s"}
"""Seconds of 10,000 in other designs: a tenth of what 100,000 took on two shared cores."""


def prepare() -> None:
    """One deployment of each company is saved as people do it; the others are copies of its row."""
    bootstrap(policies="enforce")
    for key in LICENSES:
        declared = {"provider": "Acme", "version": "1", "license": key}
        intake.add_model(source="manual", repo_id=f"acme/{key}", declaration=declared, actor=ACTOR)
    for number in range(COMPANIES):
        slug = f"company-{number}"
        intake.save_company(data={"slug": slug, "name": slug, **KNOWN}, actor=ACTOR)
        figures = [users(f"company:{slug}", month, 10_000_000 + number) for month in ("2024-06", "2025-03")]
        intake.record_measurements(rows=figures, actor=ACTOR)
    execution.drain()
    rows = [row for number in range(COMPANIES) for row in _deployed(f"company-{number}")]
    with transaction.atomic():
        made = Deployment.objects.bulk_create(rows, batch_size=500)
        made = Deployment.objects.filter(slug__in=[one.slug for one in made])
        place_deployments(list(made.select_related("company", "product")), timezone.now())


def _deployed(company: str) -> list[Deployment]:
    first = _first(company)
    fields = {name: getattr(first, name) for name in _copied()}
    count = DEPLOYMENTS // COMPANIES - 1
    return [Deployment(**fields, slug=f"{company}-{number}") for number in range(1, count + 1)]


def _first(company: str) -> Deployment:
    key = LICENSES[int(company.partition("-")[2]) % len(LICENSES)]
    body: dict[str, Any] = {"slug": f"{company}-0", "model": f"acme/{key}", "revision": "1", "uses": USES}
    body |= {"company": company, "environment": "production", "regions": ["US"], "output_regions": ["US"]}
    return intake.save_deployment(data=body, actor=ACTOR)[0]


def _copied() -> list[str]:
    fields = Deployment._meta.concrete_fields
    return [field.attname for field in fields if field.name not in ("id", "slug")]


def timed(change: Callable[[], object]) -> dict[str, Any]:
    """Seconds from the change until nothing is left to judge, and how many questions had to be asked."""
    before = Verdict.objects.count()
    started = time.perf_counter()
    change()
    while Work.objects.filter(kind=Kind.JUDGE, state=Work.State.DUE).exists():
        execution.drain(1)
    seconds = time.perf_counter() - started
    assert not Case.objects.exclude(changes=F("judged_changes")).exists()  # noqa: S101
    return {"seconds": round(seconds, 2), "distinct_evaluations": Verdict.objects.count() - before}


def all_of_them() -> None:
    with transaction.atomic():
        judge_again(Case.objects.all(), "bench")


def one_policy() -> None:
    found = Assignment.objects.get(policy="license.usage-threshold", removed_at=None)
    intake.change_assignment(assignment=found, params={**found.params, "warn_at": 0.7}, actor=ACTOR)


def one_figure() -> None:
    intake.record_measurements(rows=[users("company:company-0", "2024-06", 900_000_000)], actor=ACTOR)


def main() -> None:
    with FOLDER:
        prepare()
        figures = {
            "name": "P4 and P5, prelude: judging and committing",
            "deployments": DEPLOYMENTS,
            "cases": Case.objects.count(),
            "policies": Assignment.objects.count(),
            "judged_for_the_first_time": timed(all_of_them),
            "judged_again_with_nothing_changed": timed(all_of_them),
            "one_policy_has_other_parameters": timed(one_policy),
            "one_figure_of_500_deployments_is_restated": timed(one_figure),
            "compared_with": COMPARED,
        }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
