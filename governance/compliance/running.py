"""From cases to verdicts: gathers facts, asks the assignments in scope, and seals the answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from governance.compliance.decisions import acceptances
from governance.compliance.docket import assigned, in_scope
from governance.compliance.facts import FactsBuilder
from governance.compliance.gathering import gathered, scope_of
from governance.compliance.judging import Asked, Asking, Evaluate, answers, as_json, keep
from governance.compliance.kept import standings
from governance.compliance.models import Assignment, Case, Mode
from governance.compliance.on_record import fresh_facts, waiting_for_one
from governance.compliance.recording import record
from governance.compliance.transitions import Transition
from governance.core.outcomes import Outcome, decide
from governance.core.values import digest
from governance.core.verdicts import Verdict as Answer
from governance.deployments.models import Deployment

UNREAD = ("reasons", "nearest")
"""What judging writes and has no need to read."""


class Judging:
    """One run over some cases. `evaluate` may take long, so it happens outside of any transaction.

    The cases are read before anything else: who writes about them meanwhile makes this run outrun.
    """

    def __init__(self, case_ids: Collection[int], *, now: datetime, evaluate: Evaluate) -> None:
        self.now = now
        cases = list(Case.objects.filter(pk__in=case_ids).defer(*UNREAD).order_by("pk"))
        held = standings(case_ids)
        known = waiting_for_one(cases, held, now)
        left = {one.pk for one in cases} - {one.case.pk for one in known}
        others, self._inexact = gathered([one for one in cases if one.pk in left], now)
        self._dockets = sorted([*known, *others], key=lambda one: one.case.pk)
        judged = {one.case.pk for one in self._dockets}
        self._held = {pair: one for pair, one in held.items() if pair[0] in judged}
        self._questions = [one for docket in self._dockets for _, one in docket.asked]
        holding = {one.key: one.verdict for one in self._held.values() if one.verdict.holds(now)}
        self._answers = answers(self._questions, holding, now=now, evaluate=evaluate)

    def write(self) -> list[Transition]:
        """Inside the transaction that also finishes the work."""
        verdicts = keep(self._answers, self._questions)
        judged = [one.judged(verdicts) for one in self._dockets]
        return record(judged, self._held, self._inexact, self.now)


def judge_once(
    one: Deployment, *, now: datetime, as_of: datetime | None, known_at: datetime | None, evaluate: Evaluate
) -> Mapping[str, Any]:
    """The answer to a check: of a deployment, stored or only described, as of any date. Writes nothing.

    `as_of` None: now. The facts of a deployment whose decision is fresh then need not be gathered.
    """
    at = as_of or now
    asked = in_scope(scope_of(one), assigned())
    asking = [Asking.of(assignment) for assignment in asked]
    on_record = fresh_facts(one, asking, now) if as_of is None and known_at is None else None
    facts = on_record or FactsBuilder(at, known_at).of_deployments([one])[0]
    questions = [each.about(facts) for each in asking]
    given = evaluate([Asked(q, at) for q in questions])
    subject = getattr(one, "subject", None)
    accepted = acceptances([subject], at).get(subject.pk, {}) if subject else {}
    return {
        "decision": _decision(asked, given, accepted, at),
        "findings": [
            {**as_json(assignment.policy, finding), "mode": assignment.mode}
            for assignment, answer in zip(asked, given, strict=True)
            for finding in answer.findings
        ],
        "facts_digest": digest(sorted(facts.digests.items())),
        "policies_digest": digest([q.key[:3] for q in questions]),
    }


def _decision(
    asked: Sequence[Assignment], given: Sequence[Answer], accepted: Mapping[str, Any], as_of: datetime
) -> str:
    outcomes = []
    for assignment, answer in zip(asked, given, strict=True):
        waiver = accepted.get(assignment.policy)
        waived = waiver is not None and answer.outcome.breaches and waiver.covers(answer.outcome, as_of)
        if assignment.mode == Mode.ENFORCE:
            outcomes.append(Outcome.PASS if waived else answer.outcome)
    return str(decide(outcomes))
