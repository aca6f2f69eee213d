from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from pydantic import Field

from governance.core.duties import demand
from governance.core.duty_items import DutyItem, Shown, Standing, duty_items, shown
from governance.core.duty_readings import with_readings
from governance.core.facts import DeploymentFacts, Facet, Facts, Subject
from governance.core.governing import unknown_licenses
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.terms import Duty, DutyKind
from governance.core.values import Keyed
from governance.core.verdicts import Finding, Verdict, soonest
from governance.core.words import begins_with, ended, listed, quoted


class Duties(Policy):
    """What the licenses ask to be done must be done: phrases, names, notices, copies, use policies.

    Each duty that the deployment gives rise to is listed once, with its exact words and places, until
    evidence shows that it is met: a shown phrase, a file, a page, or what a person states until a date.
    """

    key = "license.duties"
    version = 2
    judges = {Subject.DEPLOYMENT}
    reads = {Facet.TERMS, Facet.DEPLOYMENT}

    class Params(PolicyParams):
        require_evidence: bool = Field(
            False,
            description="Ask a person to look wherever a duty that may arise has no evidence in force, "
            "but for copies of a license.",
        )

    def evaluate(self, facts: Facts, params: Params) -> Verdict:
        return _verdict(Keyed(facts, _way(facts)), params.require_evidence)


def _way(facts: Facts) -> Hashable:
    """What tells deployments apart. Of the instant only matters which evidence holds."""
    deployment, uses = facts.deployment, facts.deployment.uses
    return (
        id(facts.terms),
        uses.commercial,
        uses.internal_only,
        uses.distributed,
        uses.modification,
        deployment.published_name,
        deployment.shown_phrases,
        deployment.evidence,
        *[one.holds(facts.as_of) for one in deployment.evidence],
    )


@lru_cache(maxsize=4096)
def _verdict(seen: Keyed[Facts], require_evidence: bool) -> Verdict:
    facts = seen.value
    terms, deployment, as_of = facts.terms, facts.deployment, facts.as_of
    findings = unknown_licenses(terms, "what it asks")
    for item in duty_items(terms, deployment.uses):
        if item.applies is not False:
            standing = shown(item, deployment, terms.copies, as_of)
            found = _judge(deployment, item, standing, require_evidence)
            findings.append(with_readings(found, item, terms.readings, deployment.uses))
    ends = (one.until for one in deployment.evidence if one.holds(as_of))
    return Verdict(tuple(findings) or (_NOTHING,), soonest(*ends))


_NOTHING = Finding(Outcome.NOT_APPLICABLE, "The licenses ask nothing of this use.")


def _judge(deployment: DeploymentFacts, item: DutyItem, seen: Shown, require_evidence: bool) -> Finding:
    duty = item.duty
    if duty.optional:
        return _find(Outcome.PASS, item, seen, f"This is encouraged, not asked: {demand(duty)}")
    if duty.kind is DutyKind.NAME_PREFIX:
        return _name(deployment, item, seen)
    if seen.standing is Standing.SHOWN:
        until = f" until {seen.until:%Y-%m-%d}" if seen.until else ""
        return _find(Outcome.PASS, item, seen, f"{demand(duty)}: {seen.by} shows it{until}")
    told = demand(duty) + _doubt(item)
    if seen.standing is Standing.EXPIRED:
        told += f"; what showed it, {seen.by}, no longer counts"
    if require_evidence and not item.low:
        return _find(Outcome.REVIEW, item, seen, told, fix=_EVIDENCE)
    return _find(Outcome.DUTY, item, seen, told, fix=_how(duty))


_EVIDENCE = "Do it, then record what shows it on the page of the deployment's duties."


def _how(duty: Duty) -> str:
    """What to do, with what the license says of how; the demand itself is not said twice."""
    how = "" if not duty.note or demand(duty).startswith(duty.note.rstrip(".")) else ended(duty.note)
    mind = how and f"Mind this: {how}"
    if duty.kind is not DutyKind.DISPLAY:
        return mind
    return f"Show it, and record it among the shown phrases. {mind}".rstrip()


def _name(deployment: DeploymentFacts, item: DutyItem, seen: Shown) -> Finding:
    """Only a name that this deployment gives is its own affair; a publisher upstream answers for theirs."""
    duty, name, uses = item.duty, deployment.published_name, deployment.uses
    prefix = quoted(duty.phrase)
    if uses.derivative and name and begins_with(name, duty.phrase):
        return _find(Outcome.PASS, item, seen, f"{name} begins with {prefix}")
    if uses.derivative and name:
        what = f"The name of a published derivative must begin with {prefix}, and {name} does not"
        return _find(
            Outcome.FAIL, item, seen, what, fix=f"Publish it under a name that begins with {prefix}."
        )
    if uses.derivative and uses.distributed:
        what = f"The name of a published derivative must begin with {prefix}, and its name is not known"
        fix = "Record the published_name of the deployment."
        return _find(Outcome.UNKNOWN, item, seen, what, fix=fix, missing=("deployment.published_name",))
    return _find(Outcome.DUTY, item, seen, demand(duty) + _doubt(item))


def _doubt(item: DutyItem) -> str:
    known = "is not known" if len(item.not_known) == 1 else "are not known"
    return f", if it arises: {listed(item.not_known)} {known}" if item.not_known else ""


def _find(
    outcome: Outcome, item: DutyItem, seen: Shown, what: str, *, fix: str = "", missing: tuple[str, ...] = ()
) -> Finding:
    governing, duty = item.sources[0]
    evidence: dict[str, Any] = {
        "duty": item.key,
        "standing": seen.standing.value,
        "severity": "low" if item.low else "normal",
        "kind": duty.kind.value,
        "trigger": duty.trigger.value,
        "phrase": duty.phrase,
        "alternatives": list(duty.alternatives),
        "places": list(duty.places),
        "url": duty.url,
        "note": duty.note,
        "asked_by": [one.clause(asked.section) for one, asked in item.sources],
    }
    reason = f"{what} ({governing.clause(duty.section)})."
    return governing.says(outcome, reason, duty.section, evidence, fix, missing)
