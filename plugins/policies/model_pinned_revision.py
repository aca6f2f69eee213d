from __future__ import annotations

from pydantic import Field

from governance.core.facts import Facet, Facts, Subject
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.verdicts import Finding, Verdict

_HEX = frozenset("0123456789abcdef")


def _is_commit(revision: str) -> bool:
    return len(revision) in (40, 64) and _HEX.issuperset(revision)


class PinnedRevision(Policy):
    """A deployment must name the exact commit of the model that it runs.

    Branches and tags move: what was judged yesterday may not be what is loaded tomorrow.
    """

    key = "model.pinned-revision"
    version = 1
    judges = {Subject.DEPLOYMENT}
    reads = {Facet.DEPLOYMENT, Facet.SNAPSHOT}

    class Params(PolicyParams):
        pinned_sources: tuple[str, ...] = Field(
            ("manual",), description="Sources whose versions never move, so that any version is pinned."
        )

    def evaluate(self, facts: Facts, params: Params) -> Verdict:
        named, snapshot = facts.deployment.revision, facts.snapshot
        if snapshot.source in params.pinned_sources:
            return _says(
                Outcome.PASS, f"Versions of {snapshot.repo_id} are recorded by hand and do not move."
            )
        if not named:
            return _unnamed(snapshot.revision)
        if named != snapshot.revision:
            return _loose(named, snapshot.revision)
        if not _is_commit(named):
            return _says(Outcome.REVIEW, f"{named} is no commit id, so nothing proves that it cannot move.")
        return _says(Outcome.PASS, f"The deployment is pinned to commit {named[:12]}.")


def _says(outcome: Outcome, reason: str) -> Verdict:
    return Verdict((Finding(outcome, reason),))


def _unnamed(commit: str) -> Verdict:
    finding = Finding(
        Outcome.UNKNOWN,
        "The deployment names no revision, so what it loads is not known.",
        how_to_fix=f"Pin the deployment to the commit it runs; the one judged here is {commit}.",
        missing=("deployment.revision",),
    )
    return Verdict((finding,))


def _loose(named: str, commit: str) -> Verdict:
    if _is_commit(named):
        reason = f"The deployment is pinned to commit {named[:12]}, which is not the one judged here."
    else:
        reason = f"The deployment follows {named}, which is no full commit id and can move."
    finding = Finding(
        Outcome.FAIL,
        reason,
        evidence={"named": named, "commit": commit},
        how_to_fix=f"Pin the deployment to commit {commit}.",
    )
    return Verdict((finding,))
