from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from governance.core.facts import Facet, Facts, SnapshotFacts, Subject, TermsFacts
from governance.core.governing import Governing, gaps, unknown_license
from governance.core.joined import parts
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.verdicts import Finding, Verdict
from governance.core.words import ended, listed


class LicenseKnown(Policy):
    """The license of a model, and of every model that it comes from, must be known and reviewed.

    A license counts as known when one was concluded from what the model states and its terms are held as
    reviewed data. Statements that disagree, and terms that nobody checked against the text, need a person.
    """

    key = "license.known"
    version = 1
    judges = {Subject.SNAPSHOT, Subject.DEPLOYMENT}
    reads = {Facet.SNAPSHOT, Facet.TERMS}

    class Params(PolicyParams):
        accept_unverified: bool = Field(
            False, description="Accept terms that were not checked against the license text."
        )

    def evaluate(self, facts: Facts, params: Params) -> Verdict:
        snapshot, terms = facts.snapshot, facts.terms
        problems = [
            *_own(snapshot, terms),
            *_lineage(snapshot, terms),
            *(() if params.accept_unverified else _unverified(terms)),
        ]
        return Verdict((*problems, *_known(snapshot, terms)))


def _stated(snapshot: SnapshotFacts) -> str:
    return listed(f"{value} ({kind})" for kind, value in snapshot.statements) or "nothing"


def _evidence(snapshot: SnapshotFacts) -> dict[str, Any]:
    return {
        "statements": [list(statement) for statement in snapshot.statements],
        "disagreements": list(snapshot.disagreements),
        "concluded": snapshot.license,
        "because": snapshot.license_reason,
        **_override(snapshot),
    }


def _override(snapshot: SnapshotFacts) -> dict[str, str]:
    """Who set the license by hand and when; nothing where nobody did."""
    if not snapshot.license_author:
        return {}
    return {"set_by": snapshot.license_author, "set_on": str(snapshot.license_set_on or "")}


def _own(snapshot: SnapshotFacts, facts: TermsFacts) -> Iterator[Finding]:
    """What is wrong with the model's own license."""
    keys = _unknown(snapshot, facts)
    if keys or not snapshot.license:
        fault = f"has no reviewed terms for {listed(keys)}" if keys else "has no known license"
        yield Finding(
            Outcome.UNKNOWN,
            f"{snapshot.repo_id} {fault}; it states {_stated(snapshot)}.",
            license=next(iter(keys), ""),
            evidence=_evidence(snapshot),
            how_to_fix="Conclude its license, with a reason, or add the reviewed terms of what it states.",
            missing=(f"license of {snapshot.repo_id}",),
        )
    if snapshot.disagreements:
        yield Finding(
            Outcome.REVIEW,
            f"{snapshot.repo_id} states licenses that disagree. {' '.join(snapshot.disagreements)}",
            license=next(iter(parts(snapshot.license)), ""),
            evidence=_evidence(snapshot),
            how_to_fix="Ask the publisher which license holds, then conclude it with that as the reason.",
        )


def _lineage(snapshot: SnapshotFacts, facts: TermsFacts) -> Iterator[Finding]:
    """What is not known of ancestors; a gap of the model itself is told by `_own`."""
    known = snapshot.license and not _unknown(snapshot, facts)
    told = () if known else (f"{snapshot.repo_id}: ", "the model: ")
    for gap in gaps(facts):
        if not gap.startswith(told):
            yield unknown_license(gap, "what it passes on")


def _unverified(facts: TermsFacts) -> Iterator[Finding]:
    for one in facts.governing:
        terms = facts.terms.get(one.license)
        if terms and not terms.review.verified:
            yield Governing(one, terms).finding(
                Outcome.REVIEW,
                "has terms that were not checked against the text of the license",
                evidence={"by": terms.review.by, "on": str(terms.review.on), "note": terms.review.note},
                how_to_fix="Read the text of the license and record the review.",
            )


def _known(snapshot: SnapshotFacts, facts: TermsFacts) -> Iterator[Finding]:
    """One finding for each license that governs the model itself."""
    because = f" {ended(snapshot.license_reason)}" if snapshot.license_reason else ""
    if snapshot.license_author:
        because = f" {snapshot.license_author} set it by hand on {snapshot.license_set_on}:{because}"
    for key in parts(snapshot.license):
        if terms := facts.terms.get(key):
            yield Finding(
                Outcome.PASS,
                f"{snapshot.repo_id} is under {terms.name}.{because}",
                license=key,
                evidence=_evidence(snapshot),
            )


def _unknown(snapshot: SnapshotFacts, facts: TermsFacts) -> list[str]:
    """Keys of its licenses of which no terms are held."""
    return [key for key in parts(snapshot.license) if key not in facts.terms]
