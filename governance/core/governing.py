"""Which licenses govern a model, and what is not known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from governance.core.facts import GoverningLicense, TermsFacts
from governance.core.outcomes import Outcome
from governance.core.terms import Duty, LicenseTerms, Parts
from governance.core.verdicts import Finding
from governance.core.words import ended, place


class Governing(NamedTuple):
    """One governing license with its terms."""

    license: GoverningLicense
    terms: LicenseTerms

    @property
    def duties(self) -> tuple[Duty, ...]:
        """Those that bind the model that the license comes from."""
        return tuple(duty for duty in self.terms.duties if duty.binds(self.license.repo_id))

    def clause(self, section: str = "") -> str:
        """For sentences: `Llama 2 Community License Agreement, section 2, from org/name`."""
        text = f"{self.terms.name}, {place(section)}" if section else self.terms.name
        return f"{text}, from {self.license.repo_id}" if self.license.depth else text

    def finding(
        self,
        outcome: Outcome,
        what: str,
        section: str = "",
        evidence: Mapping[str, Any] = MappingProxyType({}),
        how_to_fix: str = "",
        missing: Sequence[str] = (),
    ) -> Finding:
        """A finding that says what the license, at that section, does: its name begins the sentence."""
        comma = "," if section or self.license.depth else ""
        reason = ended(f"{self.clause(section)}{comma} {what}")
        return self.says(outcome, reason, section, evidence, how_to_fix, missing)

    def says(
        self,
        outcome: Outcome,
        reason: str,
        section: str = "",
        evidence: Mapping[str, Any] = MappingProxyType({}),
        how_to_fix: str = "",
        missing: Sequence[str] = (),
    ) -> Finding:
        """A finding that rests on this license, with its whole sentence.

        What nobody has checked against the text may stop a deployment only once a person agrees.
        """
        if outcome is Outcome.FAIL and not self.terms.review.verified:
            outcome = Outcome.REVIEW
            reason += " These terms were not verified against the text of the license."
        return Finding(outcome, reason, self.terms.key, section, evidence, how_to_fix, missing)


def governing_terms(facts: TermsFacts, part: Parts) -> list[Governing]:
    """Every governing license whose `part` reaches the model, nearest first, with its terms.

    Licenses without terms are left out here: `gaps` names them.
    """
    return [
        Governing(one, facts.terms[one.license])
        for one in facts.governing
        if one.license in facts.terms and (one.parts is None or part in one.parts)
    ]


def gaps(facts: TermsFacts) -> list[str]:
    """What is not known of the licenses that govern, each as `org/name: reason`."""
    named = {gap.partition(": ")[0] for gap in facts.unknown}
    bare = [one for one in facts.governing if one.license not in facts.terms and one.repo_id not in named]
    found = [
        *facts.unknown,
        *(f"{one.repo_id}: no reviewed terms for {one.license or 'its license'}" for one in bare),
    ]
    return found if found or facts.governing else ["the model: no license is concluded"]


def unknown_licenses(facts: TermsFacts, question: str) -> list[Finding]:
    """One `unknown` finding for each gap, as a rule must give that cannot answer its question."""
    return [unknown_license(gap, question) for gap in gaps(facts)]


def unknown_license(gap: str, question: str) -> Finding:
    repo_id, _, reason = gap.partition(": ")
    return Finding(
        Outcome.UNKNOWN,
        f"The license of {repo_id} is not known ({reason}), so {question} cannot be judged.",
        evidence={"repo_id": repo_id, "reason": reason},
        how_to_fix=f"Conclude the license of {repo_id}, with a reason, or add its reviewed terms.",
        missing=(f"license of {repo_id}",),
    )


def repo_ids(facts: TermsFacts, one: GoverningLicense) -> set[str]:
    """The model and the ancestor that a license comes from: a grant for either covers the use."""
    return {one.repo_id} | {own.repo_id for own in facts.governing if own.depth == 0}
