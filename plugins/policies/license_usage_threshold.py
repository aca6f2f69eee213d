from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from pydantic import Field

from governance.core.ambiguities import TakenReading
from governance.core.facts import Facet, Facts, Subject, TermsFacts
from governance.core.governing import governing_terms, repo_ids, unknown_licenses
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.terms import LicenseTerms, Parts
from governance.core.thresholds import Result, judge
from governance.core.thresholds_case import Case
from governance.core.thresholds_evidence import evidence, readings
from governance.core.thresholds_remedies import how_to_fix
from governance.core.thresholds_words import sentence
from governance.core.values import Keyed
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

        @cached_property
        def share(self) -> Decimal:
            """As it was written: 0.8 is four fifths here, which it is not as a float."""
            return Decimal(str(self.warn_at))

    def evaluate(self, facts: Facts, params: Params) -> Verdict:
        limits, unknown = _limits(Keyed(facts.terms))
        findings: list[Finding] = []
        ends = []
        for terms, models in limits:
            case = _case(facts, terms, models)
            taken = tuple(one for one in facts.terms.readings if one.license == terms.key)
            found, until = _judged(Keyed(terms), Keyed(case, case.key), params.share, taken)
            findings += found
            ends.append(until)
        return Verdict((*findings, *unknown) or (_NO_LIMIT,), soonest(*ends))


_NO_LIMIT = Finding(Outcome.NOT_APPLICABLE, "No license that governs this model sets a limit on usage.")

Limits = tuple[tuple[LicenseTerms, tuple[str, ...]], ...]
"""Each license that sets limits, with the models that it comes from."""


@lru_cache(maxsize=4096)
def _limits(seen: Keyed[TermsFacts]) -> tuple[Limits, tuple[Finding, ...]]:
    """The licenses whose limits reach the model, each once, and what is not known of others."""
    facts, models = seen.value, dict[str, set[str]]()
    for one, terms in governing_terms(facts, Parts.THRESHOLDS):
        if terms.thresholds:
            models.setdefault(one.license, set()).update(repo_ids(facts, one))
    limits = tuple((facts.terms[key], tuple(sorted(names))) for key, names in models.items())
    return limits, tuple(unknown_licenses(facts, "whether a limit on usage applies"))


def _case(facts: Facts, terms: LicenseTerms, models: tuple[str, ...]) -> Case:
    return Case(
        license=terms.key,
        licensor=terms.maker,
        repo_ids=models,
        companies=facts.companies,
        usage=facts.usage,
        grants=facts.grants,
        product=facts.deployment.product,
        regions=facts.deployment.regions,
        uses=facts.deployment.uses,
        as_of=facts.as_of,
        shown_phrases=facts.deployment.shown_phrases,
    )


@lru_cache(maxsize=4096)
def _judged(
    terms: Keyed[LicenseTerms], case: Keyed[Case], warn_at: Decimal, taken: tuple[TakenReading, ...]
) -> tuple[tuple[Finding, ...], datetime | None]:
    """The findings on each limit of one license, and until when they hold.

    Cases alike are judged once: most deployments of a group differ in what no limit looks at.
    """
    results = [judge(threshold, case.value, warn_at) for threshold in terms.value.thresholds]
    read = (readings(terms.value, result, taken, warn_at) for result in results)
    findings = tuple(_finding(terms.value, *one) for one in zip(results, read, strict=True))
    return findings, soonest(*(result.holds_until for result in results))


def _finding(terms: LicenseTerms, result: Result, read: dict[str, Any]) -> Finding:
    finding = Finding(
        outcome=result.outcome,
        reason=sentence(result),
        license=terms.key,
        section=result.threshold.section,
        evidence=MappingProxyType({**evidence(result), **read}),
        how_to_fix=how_to_fix(result),
        missing=result.missing,
    )
    verified = terms.review.verified and result.threshold.verified
    if finding.outcome is Outcome.FAIL and not verified:
        # What nobody has checked against the text may stop a deployment only once a person agrees.
        return finding._replace(
            outcome=Outcome.REVIEW,
            reason=f"{finding.reason} These terms were not verified against the text of the license.",
        )
    return finding
