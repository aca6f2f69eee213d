from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pydantic import Field

from governance.core.duties import arises, demand, not_known
from governance.core.facts import DeploymentFacts, Facet, Facts, Subject, TermsFacts, Uses
from governance.core.governing import Governing, governing_terms, unknown_licenses
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.terms import Duty, DutyKind, Parts
from governance.core.values import Keyed
from governance.core.verdicts import Finding, Verdict
from governance.core.words import begins_with, ended, listed, quoted

Source = tuple[Governing, Duty]


class Duties(Policy):
    """What the licenses ask to be done must be done: phrases, names, notices, copies, use policies.

    Each duty that the deployment gives rise to is listed once, with its exact words and places. Published
    names and shown phrases are checked; the rest is for people to do.
    """

    key = "license.duties"
    version = 1
    judges = {Subject.DEPLOYMENT}
    reads = {Facet.TERMS, Facet.DEPLOYMENT}

    class Params(PolicyParams):
        require_evidence: bool = Field(
            False, description="Ask a person to look wherever a phrase to display is not among those shown."
        )

    def evaluate(self, facts: Facts, params: Params) -> Verdict:
        deployment, uses = facts.deployment, facts.deployment.uses
        way = (
            *(uses.commercial, uses.internal_only, uses.distributed, uses.modification),
            *(deployment.published_name, deployment.shown_phrases),
        )
        return Verdict(_findings(Keyed(facts.terms), Keyed(deployment, way), params.require_evidence))


@lru_cache(maxsize=4096)
def _findings(
    seen: Keyed[TermsFacts], way: Keyed[DeploymentFacts], require_evidence: bool
) -> tuple[Finding, ...]:
    """Worked out once for all deployments under the same terms that use the model in the same way."""
    asked = _asked(seen.value, way.value.uses).values()
    findings = (
        *unknown_licenses(seen.value, "what it asks"),
        *(_judge(way.value, sources, require_evidence) for sources in asked),
    )
    return findings or (Finding(Outcome.NOT_APPLICABLE, "The licenses ask nothing of this use."),)


def _asked(terms: TermsFacts, uses: Uses) -> dict[tuple[str, ...], list[Source]]:
    """The duties that arise, the same demand of several licenses together."""
    asked: dict[tuple[str, ...], list[Source]] = {}
    for governing in governing_terms(terms, Parts.DUTIES):
        for duty in governing.duties:
            if arises(duty.trigger, uses, derived=governing.license.depth > 0) is not False:
                asked.setdefault(_sameness(governing, duty), []).append((governing, duty))
    return asked


def _sameness(governing: Governing, duty: Duty) -> tuple[str, ...]:
    if duty.phrase:
        return (duty.kind, str(duty.optional), *duty.accepted)
    return (duty.kind, governing.terms.key, duty.section, duty.note)


def _judge(deployment: DeploymentFacts, sources: list[Source], require_evidence: bool) -> Finding:
    duty = sources[0][1]
    if duty.optional:
        return _find(Outcome.PASS, sources, f"This is encouraged, not asked: {demand(duty)}")
    if duty.kind is DutyKind.NAME_PREFIX:
        return _name(deployment, sources)
    if seen := [phrase for phrase in duty.accepted if phrase in (deployment.shown_phrases or ())]:
        return _find(Outcome.PASS, sources, f"{quoted(seen[0])} is recorded as shown")
    told = demand(duty) + _doubt(deployment, sources)
    if require_evidence and duty.kind is DutyKind.DISPLAY:
        fix = "Show the phrase, then record it among the shown phrases of the deployment."
        return _find(Outcome.REVIEW, sources, told, fix=fix)
    return _find(Outcome.DUTY, sources, told, fix=_how(duty))


def _how(duty: Duty) -> str:
    """What to do, with what the license says of how; the demand itself is not said twice."""
    how = "" if not duty.note or demand(duty).startswith(duty.note.rstrip(".")) else ended(duty.note)
    mind = how and f"Mind this: {how}"
    if duty.kind is not DutyKind.DISPLAY:
        return mind
    return f"Show it, and record it among the shown phrases. {mind}".rstrip()


def _name(deployment: DeploymentFacts, sources: list[Source]) -> Finding:
    """Only a name that this deployment gives is its own affair; a publisher upstream answers for theirs."""
    duty, name, uses = sources[0][1], deployment.published_name, deployment.uses
    prefix = quoted(duty.phrase)
    if uses.derivative and name and begins_with(name, duty.phrase):
        return _find(Outcome.PASS, sources, f"{name} begins with {prefix}")
    if uses.derivative and name:
        what = f"The name of a published derivative must begin with {prefix}, and {name} does not"
        return _find(Outcome.FAIL, sources, what, fix=f"Publish it under a name that begins with {prefix}.")
    if uses.derivative and uses.distributed:
        what = f"The name of a published derivative must begin with {prefix}, and its name is not known"
        fix = "Record the published_name of the deployment."
        return _find(Outcome.UNKNOWN, sources, what, fix=fix, missing=("deployment.published_name",))
    return _find(Outcome.DUTY, sources, demand(duty) + _doubt(deployment, sources))


def _doubt(deployment: DeploymentFacts, sources: list[Source]) -> str:
    unknown = list(_unknown(deployment, sources))
    known = "is not known" if len(unknown) == 1 else "are not known"
    return f", if it arises: {listed(unknown)} {known}" if unknown else ""


def _unknown(deployment: DeploymentFacts, sources: list[Source]) -> Iterator[str]:
    """The facts that would tell whether the duty arises, if no source is sure of it."""
    doubts = [
        not_known(duty.trigger, deployment.uses, derived=governing.license.depth > 0)
        for governing, duty in sources
    ]
    yield from dict.fromkeys(name for names in doubts for name in names) if all(doubts) else ()


def _find(
    outcome: Outcome, sources: list[Source], what: str, *, fix: str = "", missing: tuple[str, ...] = ()
) -> Finding:
    governing, duty = sources[0]
    evidence: dict[str, Any] = {
        "kind": duty.kind.value,
        "trigger": duty.trigger.value,
        "phrase": duty.phrase,
        "alternatives": list(duty.alternatives),
        "places": list(duty.places),
        "url": duty.url,
        "note": duty.note,
        "asked_by": [one.clause(asked.section) for one, asked in sources],
    }
    reason = f"{what} ({governing.clause(duty.section)})."
    return governing.says(outcome, reason, duty.section, evidence, fix, missing)
