"""Microseconds of one decision of four policies (P3). Prints JSON.

`us_in_policies` is `evaluate` of the four, which the goal speaks of; `us_per_decision` adds the decision over
their outcomes. Both are warm: every facet is parsed and shared, and the policies remember what they found for
facts that look the same to them, as for the second and later deployments of a group under one license in a
chunk. `us_cold` is the first such deployment, with nothing remembered. Not measured anywhere: gathering
facts, parsing, digests, the policy runner, writing.

Run: `python -m benchmarks.decision`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from statistics import median

from governance.core.companies import Company, Control
from governance.core.facts import (
    CompaniesFacts,
    DeploymentFacts,
    Facet,
    Facts,
    GoverningLicense,
    GrantsFacts,
    TermsFacts,
    UsageFacts,
    Uses,
)
from governance.core.figures import Figure
from governance.core.outcomes import Decision, decide
from governance.core.policy import Policy, PolicyParams
from governance.discovery import catalog

POLICIES = ("license.usage-threshold", "license.commercial-use", "license.territory", "license.duties")
LICENSE, MODEL = "llama3.1", "meta-llama/Llama-3.1-405B"
ROUNDS, REPEATS = 7, 4_000
COMPARED = {
    "OPA": 170,
    "Rust CEL": 190,
    "regorus": 35,
    "plain Python": 1.1,
}
"""Microseconds of an equal decision, measured elsewhere on two shared cores."""


def facts() -> Facts:
    """A group of three companies with a figure for each of their products, under Llama 3.1."""
    figures = (("chat", 410), ("mail", 120), ("maps", 90))
    slugs = ("acme", "sister", "holding")
    return Facts(
        datetime(2026, 11, 1, tzinfo=UTC),
        {
            Facet.TERMS: TermsFacts(
                governing=(GoverningLicense(license=LICENSE, repo_id=MODEL),),
                terms={LICENSE: catalog().licenses[LICENSE]},
            ),
            Facet.COMPANIES: CompaniesFacts(
                licensee="acme",
                companies={
                    slug: Company(slug=slug, domicile="US", kind="commercial", products=(product,))
                    for slug, (product, _) in zip(slugs, figures, strict=True)
                },
                controls=tuple(
                    Control(parent="holding", child=slug, percent=Decimal(100), start=date(2020, 1, 1))
                    for slug in slugs[:2]
                ),
            ),
            Facet.USAGE: UsageFacts(
                figures=tuple(
                    Figure(
                        subject=f"product:{product}",
                        metric="monthly_active_users",
                        period="2024-06",
                        low=Decimal(users * 1_000_000),
                        high=Decimal(users * 1_000_000),
                    )
                    for product, users in figures
                )
            ),
            Facet.GRANTS: GrantsFacts(),
            Facet.DEPLOYMENT: DeploymentFacts(
                environment="production",
                company="acme",
                product="chat",
                regions=("US", "CA"),
                uses=Uses(
                    commercial=True,
                    internal_only=False,
                    integrated_end_user_product=False,
                    hosted_for_third_parties=False,
                    distributed=False,
                    modification="none",
                ),
            ),
        },
    )


Judge = tuple[Policy, PolicyParams]


def judges() -> list[Judge]:
    found = catalog().policies
    return [(found[key](), found[key].parse_params({})) for key in POLICIES if key in found]


def decision(judging: list[Judge], seen: Facts) -> Decision:
    return decide(policy.evaluate(seen, params).outcome for policy, params in judging)


def microseconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Of one run; the median of several rounds, since neighbors on the machine disturb some."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(repeats):
            work()
        rounds.append((time.perf_counter() - start) / repeats * 1e6)
    return round(median(rounds), 2)


def cold(judging: list[Judge], repeats: int = 200) -> float:
    fresh = iter([facts() for _ in range(ROUNDS * repeats)])
    return microseconds(lambda: decision(judging, next(fresh)), repeats)


def main() -> None:
    judging, seen = judges(), facts()
    each = {
        policy.key: microseconds(lambda p=policy, q=params: p.evaluate(seen, q))  # type: ignore[misc]
        for policy, params in judging
    }
    print(
        json.dumps(
            {
                "name": "P3 one decision of four policies",
                "us_in_policies": round(sum(each.values()), 2),
                "us_per_decision": microseconds(lambda: decision(judging, seen)),
                "us_cold": cold(judging),
                "us_per_policy": each,
                "goal_us": 8,
                "decision": str(decision(judging, seen)),
                "compared_with": COMPARED,
                "measured": "warm: facets parsed, shared, judged before; cold: first of its group; no I/O",
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
