from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from governance.core.facts import DeploymentFacts, Facet, Facts, Subject
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.territories import expand
from governance.core.verdicts import Finding, Verdict
from governance.core.words import first_of, listed


class ApprovedEnvironment(Policy):
    """Models may run only in environments, and in regions, that the organization approved."""

    key = "deployment.approved-environment"
    version = 1
    judges = {Subject.DEPLOYMENT}
    reads = {Facet.DEPLOYMENT}

    class Params(PolicyParams):
        environments: tuple[str, ...] = Field(
            ("production", "staging", "development", "test"),
            description="Names of the approved environments.",
        )
        regions: tuple[str, ...] = Field(
            (), description="Approved regions, such as US or EU; none named means that all are approved."
        )

    def evaluate(self, facts: Facts, params: Params) -> Verdict:
        return Verdict((_environment(facts.deployment, params), *_regions(facts.deployment, params)))


def _environment(deployment: DeploymentFacts, params: ApprovedEnvironment.Params) -> Finding:
    name = deployment.environment
    if not name:
        return Finding(
            Outcome.UNKNOWN,
            "The environment of the deployment is not known.",
            evidence={"environment": None, "approved": list(params.environments)},
            how_to_fix="Record the environment of the deployment.",
            missing=("deployment.environment",),
        )
    if name in params.environments:
        return Finding(Outcome.PASS, f"The environment {name} is approved.", evidence={"environment": name})
    return Finding(
        Outcome.FAIL,
        f"The environment {name} is not approved.",
        evidence={"environment": name, "approved": list(params.environments)},
        how_to_fix=f"Move the deployment to {listed(params.environments, 'or')}, or have {name} approved.",
    )


def _regions(deployment: DeploymentFacts, params: ApprovedEnvironment.Params) -> Iterator[Finding]:
    if not params.regions:
        return
    approved, _ = expand(params.regions)
    used, strange = expand(deployment.regions or ())
    outside = sorted(used - approved)
    evidence = {"regions": list(deployment.regions or ()), "approved": list(params.regions)}
    if outside:
        yield Finding(
            Outcome.FAIL,
            f"The deployment runs in regions that are not approved: {first_of(outside)}.",
            evidence=evidence,
            how_to_fix=f"Keep to {listed(params.regions)}, or have the other regions approved.",
        )
    elif strange or not deployment.regions:
        yield Finding(
            Outcome.UNKNOWN,
            f"Where the deployment runs is not known{': ' + first_of(strange) if strange else ''}.",
            evidence=evidence,
            how_to_fix="Record its regions as country codes such as US, or EU.",
            missing=tuple(f"deployment.regions: {name!r} is no region" for name in strange)
            or ("deployment.regions",),
        )
    else:
        yield Finding(Outcome.PASS, "All regions of the deployment are approved.", evidence=evidence)
