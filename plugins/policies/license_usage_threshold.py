from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pydantic import Field

from governance.core.facts import Facet, Facts, Subject
from governance.core.governing import governing_terms, repo_ids, unknown_licenses
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.terms import LicenseTerms, Parts
from governance.core.thresholds import Result, judge
from governance.core.thresholds_case import Case
from governance.core.thresholds_evidence import evidence
from governance.core.thresholds_words import how_to_fix, sentence
from governance.core.verdicts import Finding, Verdict, soonest


class UsageThreshold(Policy):
    """Usage must stay within the limits beyond which the license asks for other terms.

    Each limit of the model's license, and of every license that an ancestor passes on, is compared with the
    usage figures that it speaks of: whose they are, for which period, and what clears it once it is passed.
    """

    key = "license.usage-threshold"
    version = 1
    judges = {Subject.DEPLOYMENT}
    reads = {Facet.TERMS, Facet.USAGE, Facet.COMPANIES, Facet.GRANTS, Facet.DEPLOYMENT}

    class Params(PolicyParams):
        warn_at: float = Field(
            0.8,
            gt=0,
            le=1,
            title="Warn from",
            description="Share of a limit from which it counts as approaching.",
        )

    def evaluate(self, facts: Facts, params: Params) -> Verdict:
        warn_at = Decimal(str(params.warn_at))
        judged = [
            (terms, judge(threshold, case, warn_at))
            for terms, case in _cases(facts)
            for threshold in terms.thresholds
        ]
        findings = [_finding(terms, result) for terms, result in judged]
        findings += unknown_licenses(facts.terms, "whether a limit on usage applies")
        until = soonest(*(result.holds_until for _, result in judged))
        return Verdict(tuple(findings) or (_NO_LIMIT,), until)


_NO_LIMIT = Finding(Outcome.NOT_APPLICABLE, "No license that governs this model sets a limit on usage.")


def _cases(facts: Facts) -> Iterator[tuple[LicenseTerms, Case]]:
    """Each license whose limits reach the model, once, with all the models that it comes from."""
    sources: dict[str, set[str]] = {}
    for one, terms in governing_terms(facts.terms, Parts.THRESHOLDS):
        if terms.thresholds:
            sources.setdefault(one.license, set()).update(repo_ids(facts.terms, one))
    for key, models in sources.items():
        terms = facts.terms.terms[key]
        case = Case(
            license=key,
            licensor=terms.licensor,
            repo_ids=tuple(sorted(models)),
            companies=facts.companies,
            usage=facts.usage,
            grants=facts.grants,
            deployment=facts.deployment,
            as_of=facts.as_of,
        )
        yield terms, case


def _finding(terms: LicenseTerms, result: Result) -> Finding:
    finding = Finding(
        outcome=result.outcome,
        reason=sentence(result),
        license=terms.key,
        section=result.threshold.section,
        evidence=evidence(result),
        how_to_fix=how_to_fix(result),
        missing=result.missing,
    )
    if finding.outcome is Outcome.FAIL and not terms.review.verified:
        # What nobody has checked against the text may stop a deployment only once a person agrees.
        return finding._replace(
            outcome=Outcome.REVIEW,
            reason=f"{finding.reason} These terms were not verified against the text of the license.",
        )
    return finding
