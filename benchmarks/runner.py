"""Evaluations per second of the policy runner, by what its jobs share. Prints JSON.

Compared with the same policy called in this process, which is what the isolation is paid against.
Run: `python -m benchmarks.runner`.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from governance.core.facts import Facts
from governance.core.outcomes import Outcome
from governance.core.terms import LicenseTerms
from governance.discovery import Catalog
from governance.pipeline.runner import Job, PolicyRunner

JOBS = 5_000
AS_OF = "2026-11-01T00:00:00+00:00"
SOURCE = '''
from governance.core.facts import Facet, Subject
from governance.core.outcomes import Outcome
from governance.core.policy import Policy
from governance.core.verdicts import Finding, Verdict


class Bench(Policy):
    """Says which terms it saw."""

    key = "bench.terms"
    version = 1
    judges = {Subject.DEPLOYMENT}
    reads = {Facet.TERMS, Facet.DEPLOYMENT}

    def evaluate(self, facts, params):
        seen = {"licenses": sorted(facts.terms.terms), "environment": facts.deployment.environment}
        return Verdict((Finding(Outcome.PASS, "These terms were seen.", evidence=seen),))
'''


def terms() -> str:
    """Terms of a size as licenses with thresholds have them."""
    allowed = {"state": "allowed", "section": "1"}
    atom = {
        "metric": "monthly_active_users",
        "comparator": ">",
        "limit": "700000000",
        "subject": "products_of_licensee_and_affiliates",
        "window": "calendar_month",
        "anchor": "each_period",
    }
    duty = {"kind": "display", "section": "1.b", "trigger": "made_available", "phrase": "Built with Bench"}
    license_terms = LicenseTerms.model_validate(
        {
            "key": "bench",
            "name": "Bench",
            "licensor": "bench",
            "review": {"by": "bench", "on": "2026-01-01", "verified": True},
            "permissions": dict.fromkeys(("commercial_use", "redistribution", "modification"), allowed),
            "thresholds": [
                {"id": "a", "section": "2", "when": atom, "consequence": "license_required"},
            ],
            "duties": [duty] * 4,
        }
    )
    body = license_terms.model_dump(mode="json", exclude_defaults=True)
    return json.dumps({"governing": [{"license": "bench", "repo_id": "a/b"}], "terms": {"bench": body}})


def jobs(distinct: int) -> list[Job]:
    """Jobs over that many distinct deployments under the same terms."""
    shared = terms()
    deployments = [json.dumps({"environment": f"environment-{number}"}) for number in range(distinct)]
    return [
        Job("bench.terms", {}, AS_OF, {"terms": shared, "deployment": deployments[number % distinct]})
        for number in range(JOBS)
    ]


def rate(work: Callable[[], object], count: int) -> int:
    started = time.perf_counter()
    work()
    return round(count / (time.perf_counter() - started))


def in_process(folder: Path, asked: Sequence[Job]) -> None:
    policy = Catalog(folder).policies["bench.terms"]
    for job in asked:
        facts = Facts.from_json(job.as_of, job.facets)
        verdict = policy().evaluate(facts, policy.parse_params(job.params))
        assert verdict.outcome is Outcome.PASS  # noqa: S101


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "policies").mkdir()
        (folder / "policies" / "bench.py").write_text(SOURCE)
        with PolicyRunner(plugin_paths=[folder]) as runner:
            started = time.perf_counter()
            runner.evaluate(jobs(1)[:1])
            start = time.perf_counter() - started
            shared = rate(lambda: runner.evaluate(jobs(1)), JOBS)
            distinct = rate(lambda: runner.evaluate(jobs(JOBS)), JOBS)
            one = rate(lambda: [runner.evaluate([job]) for job in jobs(1)[:500]], 500)
        direct = rate(lambda: in_process(folder, jobs(JOBS)), JOBS)
    figures = {
        "benchmark": "policy runner",
        "unit": "evaluations/s",
        "shared_facts": shared,
        "distinct_deployments": distinct,
        "one_job_per_call": one,
        "compared_with_same_process_without_guard": direct,
        "child_start_seconds": round(start, 3),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
