from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from pydantic import Field

from governance.core.facts import Facet, Facts, Subject, TermsFacts
from governance.core.governing import governing_terms, repo_ids, unknown_licenses
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.terms import LicenseTerms, Parts
from governance.core.thresholds import Result, judge
from governance.core.thresholds_case import Case, case_key
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

    def evaluate(self, facts: Facts, params: Params) -> Verdict:
        return _verdict(Keyed(facts, case_key(facts)), params.warn_at)


_NO_LIMIT = Finding(Outcome.NOT_APPLICABLE, "No license that governs this model sets a limit on usage.")


@lru_cache(maxsize=4096)
def _verdict(seen: Keyed[Facts], warn_at: float) -> Verdict:
    """Cases alike are judged once: most deployments of a group differ in what no limit looks at."""
    facts, share = seen.value, Decimal(str(warn_at))  # as written: 0.8 is four fifths, as a float it is not
    findings: list[Finding] = []
    ends = []
    for terms, models in _limits(facts.terms):
        case = Case.of(facts, terms, models)
        taken = tuple(one for one in facts.terms.readings if one.license == terms.key)
        for threshold in terms.thresholds:
            result = judge(threshold, case, share)
            findings.append(_finding(terms, result, readings(terms, result, taken, share)))
            ends.append(result.holds_until)
    findings += unknown_licenses(facts.terms, "whether a limit on usage applies")
    return Verdict(tuple(findings) or (_NO_LIMIT,), soonest(*ends))


def _limits(facts: TermsFacts) -> list[tuple[LicenseTerms, tuple[str, ...]]]:
    """The licenses whose limits reach the model, each once, with the models that it comes from."""
    models = dict[str, set[str]]()
    for one, terms in governing_terms(facts, Parts.THRESHOLDS):
        if terms.thresholds:
            models.setdefault(one.license, set()).update(repo_ids(facts, one))
    return [(facts.terms[key], tuple(sorted(names))) for key, names in models.items()]


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
