from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from governance.core.conflicts import sentences
from governance.core.facts import Facet, Facts, SnapshotFacts, Subject, TermsFacts
from governance.core.governing import Governing, gaps, unknown_license
from governance.core.inheriting import (
    Ancestor,
    Child,
    Inherited,
    Judged,
    ancestors,
    child_of,
    judge_all,
    remedy,
)
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.reading import Relation
from governance.core.verdicts import Finding, Verdict
from governance.core.words import ended, first_of, listed


class Lineage(Policy):
    """A model's license must keep to those of the models that it was made from, as its publisher states them.

    It is held against every license that a stated or curated ancestor passes on: what an ancestor prohibits,
    limits or asks to be passed on, the model's own license may not set free. This judges what a publisher
    offers; a deployment is bound by the terms of the ancestors in any case, and other policies judge that.
    """

    key = "license.lineage"
    version = 1
    judges = {Subject.SNAPSHOT}
    reads = {Facet.SNAPSHOT, Facet.TERMS}

    def evaluate(self, facts: Facts, params: PolicyParams) -> Verdict:
        snapshot, terms = facts.snapshot, facts.terms
        child, above = child_of(snapshot, terms), ancestors(terms.governing, terms.terms)
        judged = judge_all([one.passed for one in above], child)
        edges = [_Edge(*pair, child, terms) for pair in zip(above, judged, strict=True) if pair[0].passed]
        findings = [*_mismatches(snapshot), *_gaps(snapshot, terms, child, bool(above))]
        for edge in edges:
            findings += [*_told(edge), *_owed(edge)]
        return Verdict((*findings, *_kept(edges)) or (_NOTHING,))


_NOTHING = Finding(Outcome.NOT_APPLICABLE, "No model that this one was made from passes a license on to it.")


@dataclass(frozen=True)
class _Edge:
    """One license that an ancestor passes on, and how the child stands to it."""

    ancestor: Ancestor
    judged: Judged
    child: Child
    facts: TermsFacts

    @property
    def governing(self) -> Governing:
        return Governing(self.ancestor.license, self.facts.terms[self.ancestor.license.license])

    def says(self, outcome: Outcome, told: str, section: str = "", fix: str = "", **more: Any) -> Finding:
        """A finding; where the relation is not stated, it says what that means."""
        license = self.ancestor.license
        unstated = license.relation is Relation.UNKNOWN
        derived = " How it was made from it is not stated, so it counts as a derivative." if unstated else ""
        evidence = {
            **self.judged.to_json(),
            "child": self.child.name,
            "child_licenses": [terms.key for terms in self.child.terms],
            "parent": license.repo_id,
            "parent_license": license.license,
            "relation": license.relation.value if license.relation else None,
            "depth": license.depth,
            **more,
        }
        return self.governing.says(outcome, ended(told) + derived, section, evidence, fix)


def _mismatches(snapshot: SnapshotFacts) -> Iterator[Finding]:
    for told in snapshot.disagreements:
        yield Finding(
            Outcome.REVIEW,
            f"Two statements of {snapshot.repo_id} disagree: {ended(told)}",
            snapshot.license,
            evidence={
                "outcome": Inherited.MISMATCH.value,
                "statements": [list(s) for s in snapshot.statements],
            },
            how_to_fix="Ask the publisher which license holds, then conclude it with that as the reason.",
        )


def _gaps(snapshot: SnapshotFacts, facts: TermsFacts, child: Child, above: bool) -> Iterator[Finding]:
    """What is not known; a model that states nothing, or the text of an ancestor, is judged all the same."""
    own = (f"{snapshot.repo_id}: ", "the model: ")
    for gap in gaps(facts):
        if not (gap.startswith(own) and above and (child.terms or not child.stated)):
            finding = unknown_license(gap, "whether terms are passed on along the lineage")
            evidence = {"outcome": Inherited.CANNOT_TELL.value, **finding.evidence}
            yield finding._replace(evidence=evidence)


def _told(edge: _Edge) -> Iterator[Finding]:
    """What stands in the way, if anything does."""
    judged, clause, fits = edge.judged, edge.governing.clause(), list(edge.facts.could_carry)
    if judged.outcome is Inherited.CONFLICT:
        certain = any(conflict.certain for conflict in judged.conflicts)
        told = f"{clause}, {first_of(sentences(judged.conflicts), 3)}"
        outcome, section = Outcome.FAIL if certain else Outcome.REVIEW, judged.conflicts[0].section
        yield edge.says(outcome, told, section, _remedy(edge), could_carry=fits)
    elif judged.outcome is Inherited.UNDECLARED:
        told = f"{clause}, applies to {edge.child.name}, which states no license"
        outcome = Outcome.REVIEW if judged.restricts else Outcome.DUTY
        yield edge.says(outcome, told, fix=_remedy(edge), could_carry=fits)
    elif judged.outcome is Inherited.OVER_RESTRICTIVE:
        yield edge.says(Outcome.PASS, f"{edge.child.name} asks for more than {clause}, does")


def _owed(edge: _Edge) -> Iterator[Finding]:
    judged = edge.judged
    if judged.owed and judged.outcome is not Inherited.CANNOT_TELL:
        owed = first_of((f"{duty.what} ({duty.section})" for duty in judged.owed), 6)
        told = f"{edge.governing.clause()}, asks the publisher of {edge.child.name} for this: {owed}"
        owing = replace(edge, judged=replace(judged, outcome=Inherited.OBLIGATION))
        yield owing.says(Outcome.DUTY, told, judged.owed[0].section)


def _remedy(edge: _Edge) -> str:
    names = {key: terms.name for key, terms in edge.facts.terms.items()}
    could_carry = [names.get(key, key) for key in edge.facts.could_carry]
    return remedy(edge.judged, edge.governing.terms.maker, could_carry)


def _kept(edges: list[_Edge]) -> Iterator[Finding]:
    """All that is in order, in one sentence."""
    fine = [e.ancestor.license for e in edges if e.judged.outcome in (Inherited.OK, Inherited.OBLIGATION)]
    if fine:
        names = listed(dict.fromkeys(f"{one.license} from {one.repo_id}" for one in fine))
        evidence = {"outcome": Inherited.OK.value, "parents": [one.repo_id for one in fine]}
        yield Finding(Outcome.PASS, f"The license keeps to what these pass on: {names}.", evidence=evidence)
