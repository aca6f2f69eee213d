from __future__ import annotations

from functools import lru_cache

from governance.core.facts import Facet, Facts, Grant, Subject, TermsFacts
from governance.core.governing import Governing, governing_terms, unknown_licenses
from governance.core.grants import grant_for, turn_for
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.spoken import spoken
from governance.core.terms import Parts, State
from governance.core.values import Keyed
from governance.core.verdicts import Finding, Verdict, soonest


class CommercialUse(Policy):
    """Commercial use must be permitted by every license that governs the model.

    A prohibition is cleared by a grant that covers the company, the model, the regions and the date.
    """

    key = "license.commercial-use"
    version = 1
    judges = {Subject.DEPLOYMENT}
    reads = {Facet.TERMS, Facet.DEPLOYMENT, Facet.COMPANIES, Facet.GRANTS}

    def evaluate(self, facts: Facts, params: PolicyParams) -> Verdict:
        settled, prohibiting = _settled(Keyed(facts.terms), facts.deployment.uses.commercial)
        if not prohibiting:
            return settled
        turns = (turn_for(facts, one, facts.grants.grants) for one in prohibiting)
        return Verdict((*settled.findings, *(_cleared(facts, one) for one in prohibiting)), soonest(*turns))


@lru_cache(maxsize=4096)
def _settled(seen: Keyed[TermsFacts], commercial: bool | None) -> tuple[Verdict, tuple[Governing, ...]]:
    """What the terms alone say of the purpose, and the licenses whose prohibition only a grant can clear."""
    findings, prohibiting = unknown_licenses(seen.value, "commercial use"), []
    for governing in governing_terms(seen.value, Parts.COMMERCIAL):
        if governing.terms.permissions.commercial_use.state is State.PROHIBITED and commercial:
            prohibiting.append(governing)
        else:
            findings.append(_judge(governing, commercial))
    return Verdict(tuple(findings)), tuple(prohibiting)


def _judge(governing: Governing, commercial: bool | None) -> Finding:
    permission = governing.terms.permissions.commercial_use
    if permission.state is State.ALLOWED:
        return governing.finding(Outcome.PASS, "permits commercial use", permission.section)
    if permission.state is State.CONDITIONAL:
        return _conditional(governing)
    if commercial is None:
        return _purpose_unknown(governing)
    if commercial is False:
        what = "is no obstacle, because the use is not commercial"
        return governing.finding(Outcome.PASS, what, permission.section)
    return _silent(governing)


def _cleared(facts: Facts, governing: Governing) -> Finding:
    grant = grant_for(facts, governing, facts.grants.grants, facts.deployment.regions)
    return _granted(governing, grant) if grant else _prohibited(governing)


def _conditional(governing: Governing) -> Finding:
    permission = governing.terms.permissions.commercial_use
    condition = permission.condition.rstrip(".") or "its limits are kept"
    what = f"permits commercial use on a condition that other policies judge: {condition}"
    return governing.finding(Outcome.PASS, what, permission.section, {"condition": condition})


def _purpose_unknown(governing: Governing) -> Finding:
    return governing.finding(
        Outcome.UNKNOWN,
        "does not permit every purpose, and whether the use is commercial is not known",
        governing.terms.permissions.commercial_use.section,
        how_to_fix="Say whether the deployment is commercial.",
        missing=("deployment.uses.commercial",),
    )


def _silent(governing: Governing) -> Finding:
    return governing.finding(
        Outcome.REVIEW,
        "says nothing of commercial use, and the use is commercial",
        how_to_fix=f"Ask {governing.terms.maker} whether commercial use is meant to be permitted.",
    )


def _prohibited(governing: Governing) -> Finding:
    return governing.finding(
        Outcome.FAIL,
        "prohibits commercial use, and the use is commercial",
        governing.terms.permissions.commercial_use.section,
        {"commercial": True, "permission": State.PROHIBITED.value},
        f"Stop the commercial use, choose another model, or ask {governing.terms.maker} for a license and "
        "record it as a grant that covers the company, the model and the regions.",
    )


def _granted(governing: Governing, grant: Grant) -> Finding:
    """A grant with a cap compares a figure, which this policy does not read: a person must."""
    capped = grant.cap_limit is not None
    reference = grant.reference or f"of {governing.terms.maker} to {grant.company}"
    metric = spoken(grant.cap_metric)
    limit = f" up to {grant.cap_limit:,f} {metric}, which is not compared here" if capped else ""
    return governing.finding(
        Outcome.REVIEW if capped else Outcome.PASS,
        f"prohibits commercial use; the grant {reference} permits it{limit}",
        governing.terms.permissions.commercial_use.section,
        {"grant": reference, "until": grant.end.isoformat() if grant.end else None},
        "Compare the figure with the cap of the grant." if capped else "",
    )
