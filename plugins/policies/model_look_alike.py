from __future__ import annotations

from pydantic import Field

from governance.core.facts import Facet, Facts, Subject
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.sentences import shown
from governance.core.verdicts import Finding, Verdict
from governance.core.words import listed


class LookAlike(Policy):
    """A model whose name is easily taken for another asks for a second look before it is used.

    Compared are the models that were tracked before it and the publishers that the license catalog knows:
    letters that look alike, owners that differ by one slip of the fingers, and owners of a model of the same
    name that put words around the name of another.
    """

    key = "model.look-alike"
    version = 1
    judges = {Subject.SNAPSHOT, Subject.DEPLOYMENT}
    reads = {Facet.SNAPSHOT}

    class Params(PolicyParams):
        accepted: tuple[str, ...] = Field(
            (), description="Repositories, as org/name, that somebody looked at and accepts."
        )

    def evaluate(self, facts: Facts, params: Params) -> Verdict:
        snapshot = facts.snapshot
        if not snapshot.resembles:
            return Verdict((Finding(Outcome.PASS, f"{snapshot.repo_id} looks like no other that is known."),))
        others = listed(snapshot.resembles, "and")
        evidence = {"repo_id": snapshot.repo_id, "resembles": list(snapshot.resembles)}
        if snapshot.repo_id.lower() in {one.lower() for one in params.accepted}:
            reason = f"{snapshot.repo_id} is easily taken for {others}, and was accepted by its name."
            return Verdict((Finding(Outcome.PASS, reason, evidence=evidence),))
        finding = Finding(
            Outcome.REVIEW,
            f"{shown(snapshot.repo_id)} is easily taken for {others}, and is another repository.",
            evidence=evidence,
            how_to_fix="Use the one that was meant, or add this one to `accepted` once its owner is known.",
        )
        return Verdict((finding,))
