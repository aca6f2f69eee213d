from __future__ import annotations

from governance.core.facts import Facet, Facts, Subject
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.verdicts import Finding, Verdict

_SAYS = {
    "replaced": (
        Outcome.FAIL,
        "Another repository took the name {}: what is loaded under it is not what was judged.",
        "Find out who owns the name now, register what is meant, and deploy that.",
    ),
    "not_found": (
        Outcome.REVIEW,
        "{} is gone or private now, so that nobody can compare what runs with its source.",
        "Ask the publisher why, and keep a copy of what runs.",
    ),
    "disabled": (
        Outcome.REVIEW,
        "The hub has disabled {}, which it does for content that breaks its rules or somebody's rights.",
        "Find out why before it is used further.",
    ),
    "revision_not_found": (
        Outcome.REVIEW,
        "The revision of {} that is tracked is gone: its history was rewritten.",
        "Ask the publisher why, and track a revision that exists.",
    ),
    "pending": (Outcome.UNKNOWN, "{} was not read yet.", "Wait for it to be read, or look at its jobs."),
    "invalid": (
        Outcome.UNKNOWN,
        "What the hub answers for {} could not be understood.",
        "Look at the model's page, which says what is wrong.",
    ),
}


class Upstream(Policy):
    """The repository that a model comes from must still be there, and still be the same one.

    An approval is bound to the repository itself, by the hub's own id, and never to its name.
    """

    key = "model.upstream"
    version = 1
    judges = {Subject.SNAPSHOT, Subject.DEPLOYMENT}
    reads = {Facet.SNAPSHOT}

    class Params(PolicyParams):
        pass

    def evaluate(self, facts: Facts, params: Params) -> Verdict:
        snapshot = facts.snapshot
        if snapshot.state not in _SAYS:
            reason = f"{snapshot.repo_id} was the same repository when it was looked at last."
            return Verdict((Finding(Outcome.PASS, reason),))
        outcome, reason, fix = _SAYS[snapshot.state]
        missing = ("model.state",) if outcome is Outcome.UNKNOWN else ()
        evidence = {"repo_id": snapshot.repo_id, "state": snapshot.state}
        said = reason.format(snapshot.repo_id)
        return Verdict((Finding(outcome, said, evidence=evidence, how_to_fix=fix, missing=missing),))
