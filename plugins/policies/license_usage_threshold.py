from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pydantic import Field

from governance.core.facts import Facet, Facts, Subject
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
        findings += _unknown(facts)
        return Verdict(
            tuple(findings) or (_NO_LIMIT,), soonest(*(result.holds_until for _, result in judged))
        )


_NO_LIMIT = Finding(Outcome.NOT_APPLICABLE, "No license that governs this model sets a limit on usage.")


def _cases(facts: Facts) -> Iterator[tuple[LicenseTerms, Case]]:
    """Each license whose limits bind the model, once, with all models that it comes from."""
    governing = [g for g in facts.terms.governing if g.parts is None or Parts.THRESHOLDS in g.parts]
    own = [g.repo_id for g in facts.terms.governing if g.depth == 0]
    for key in dict.fromkeys(g.license for g in governing):
        terms = facts.terms.terms.get(key)
        if terms and terms.thresholds:
            repo_ids = dict.fromkeys(own + [g.repo_id for g in governing if g.license == key])
            yield (
                terms,
                Case(
                    license=key,
                    licensor=terms.licensor,
                    repo_ids=tuple(repo_ids),
                    companies=facts.companies,
                    usage=facts.usage,
                    grants=facts.grants,
                    deployment=facts.deployment,
                    as_of=facts.as_of,
                ),
            )


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


def _unknown(facts: Facts) -> list[Finding]:
    """Whether limits apply cannot be told where terms are not known."""
    terms = facts.terms
    unread = [
        f"{g.repo_id}: the terms of {g.license}" for g in terms.governing if g.license not in terms.terms
    ]
    missing = tuple(terms.unknown) or tuple(unread)
    if not terms.governing and not missing:
        missing = ("license",)
    if not missing:
        return []
    reason = f"Whether a limit on usage applies is not known, because of {'; '.join(missing)}."
    how = "Let a person conclude the license, or register the models that are missing."
    return [Finding(Outcome.UNKNOWN, reason, how_to_fix=how, missing=missing)]
