from __future__ import annotations

from governance.core.facts import Facet, Facts, Grant, Subject
from governance.core.governing import Governing, governing_terms, repo_ids, unknown_licenses
from governance.core.grants import covering, next_turn
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.terms import Parts, State
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
        findings = unknown_licenses(facts.terms, "commercial use")
        until = None
        for governing in governing_terms(facts.terms, Parts.COMMERCIAL):
            findings.append(_judge(facts, governing))
            if governing.terms.permissions.commercial_use.state is State.PROHIBITED:
                turn = next_turn(
                    facts.grants.grants,
                    license=governing.terms.key,
                    companies=facts.companies,
                    as_of=facts.as_of,
                )
                until = soonest(until, turn)
        return Verdict(tuple(findings), until)


def _judge(facts: Facts, governing: Governing) -> Finding:
    permission = governing.terms.permissions.commercial_use
    if permission.state is State.ALLOWED:
        return governing.finding(Outcome.PASS, "permits commercial use", permission.section)
    if permission.state is State.CONDITIONAL:
        return _conditional(governing)
    commercial = facts.deployment.uses.commercial
    if commercial is None:
        return _purpose_unknown(governing)
    if commercial is False:
        what = "is no obstacle, because the use is not commercial"
        return governing.finding(Outcome.PASS, what, permission.section)
    if permission.state is State.SILENT:
        return _silent(governing)
    grant = _grant(facts, governing)
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
        how_to_fix=f"Ask {governing.terms.licensor} whether commercial use is meant to be permitted.",
    )


def _prohibited(governing: Governing) -> Finding:
    return governing.finding(
        Outcome.FAIL,
        "prohibits commercial use, and the use is commercial",
        governing.terms.permissions.commercial_use.section,
        {"commercial": True, "permission": State.PROHIBITED.value},
        f"Stop the commercial use, choose another model, or ask {governing.terms.licensor} for a license and "
        "record it as a grant that covers the company, the model and the regions.",
    )


def _granted(governing: Governing, grant: Grant) -> Finding:
    """A grant with a cap compares a figure, which this policy does not read: a person must."""
    capped = grant.cap_limit is not None
    reference = grant.reference or f"of {governing.terms.licensor} to {grant.company}"
    limit = f" up to {grant.cap_limit} {grant.cap_metric}, which is not compared here" if capped else ""
    return governing.finding(
        Outcome.REVIEW if capped else Outcome.PASS,
        f"prohibits commercial use; the grant {reference} permits it{limit}",
        governing.terms.permissions.commercial_use.section,
        {"grant": reference, "until": grant.end.isoformat() if grant.end else None},
        "Compare the figure with the cap of the grant." if capped else "",
    )


def _grant(facts: Facts, governing: Governing) -> Grant | None:
    return covering(
        facts.grants.grants,
        license=governing.terms.key,
        repo_ids=repo_ids(facts.terms, governing.license),
        licensee=facts.companies.licensee,
        companies=facts.companies,
        regions=facts.deployment.regions,
        as_of=facts.as_of,
    )
