"""From cases to verdicts: gathers facts, asks the assignments in scope, and seals the answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Min

from governance.compliance import reads
from governance.compliance.cases import members
from governance.compliance.decisions import acceptances
from governance.compliance.facts import CaseFacts, FactsBuilder
from governance.compliance.judging import Asked, Evaluate, Question, answers, applies, as_json, keep, question
from governance.compliance.models import Assignment, Mode, Subject
from governance.compliance.recording import record
from governance.compliance.transitions import Judged, Transition
from governance.core import facts as core
from governance.core.outcomes import Outcome, decide
from governance.core.values import digest
from governance.core.verdicts import Verdict as Answer
from governance.deployments.models import Deployment

Pairs = list[tuple[Assignment, Question]]


class Judging:
    """One run over some cases. `evaluate` may take long, so it happens outside of any transaction."""

    def __init__(self, case_ids: Collection[int], *, now: datetime, evaluate: Evaluate) -> None:
        self.now = now
        self._examples = _examples(case_ids)
        self._facts = self._looked_up()
        assigned = list(Assignment.objects.filter(removed_at=None).order_by("id"))
        self._pairs = {s.case_id: _questions(s, assigned, self._facts[s.case_id]) for s in self._examples}
        self._questions = [one for pairs in self._pairs.values() for _, one in pairs]
        self._verdicts = answers(self._questions, now=now, evaluate=evaluate)

    def _looked_up(self) -> dict[int, CaseFacts]:
        """Facts that no figure can slip past: looked up again once it is on record who reads which."""
        facts = _facts(self._examples, FactsBuilder(self.now))
        if reads.register({pk: _reads(one) for pk, one in facts.items()}):
            return _facts(self._examples, FactsBuilder(self.now))
        return facts

    def write(self) -> list[Transition]:
        """Inside the transaction that also finishes the work."""
        verdicts = keep(self._verdicts, self._questions)
        judged = [
            Judged(
                case=example.case,
                verdicts=[
                    (assignment, verdicts[one.key]) for assignment, one in self._pairs[example.case_id]
                ],
                digests=self._facts[example.case_id].digests,
                reads=_reads(self._facts[example.case_id]),
            )
            for example in self._examples
        ]
        return record(judged, self.now)


def _examples(case_ids: Collection[int]) -> list[Subject]:
    """One subject of each case: what holds of it holds of all. The cases are read before any fact is."""
    related = ("deployment__model", "deployment__snapshot", "deployment__company", "deployment__product")
    firsts = members(case_ids).values("case").annotate(first=Min("pk")).values("first")
    rows = Subject.objects.filter(pk__in=firsts)
    return list(rows.select_related("case", *related, "model__latest_snapshot").order_by("case"))


def _facts(examples: Sequence[Subject], builder: FactsBuilder) -> dict[int, CaseFacts]:
    """Case id -> facts."""
    deployed = [s for s in examples if s.deployment]
    of_deployments = builder.of_deployments([s.deployment for s in deployed if s.deployment])
    models = builder.of_models([s.model for s in examples if s.model])
    found = {s.case_id: facts for s, facts in zip(deployed, of_deployments, strict=True)}
    return found | {s.case_id: models[s.model.pk] for s in examples if s.model}


def _questions(subject: Subject, assigned: Sequence[Assignment], facts: CaseFacts) -> Pairs:
    one = subject.deployment
    if one is None:
        fitting = [a for a in assigned if applies(a, core.Subject.SNAPSHOT)]
    else:
        fitting = in_scope(one, assigned)
    return [(assignment, question(assignment, facts)) for assignment in fitting]


def in_scope(one: Deployment, assigned: Sequence[Assignment]) -> list[Assignment]:
    product = one.product.slug if one.product else ""
    return [a for a in assigned if applies(a, core.Subject.DEPLOYMENT, one.environment, product)]


def _reads(facts: CaseFacts) -> frozenset[tuple[str, str, str]]:
    return frozenset((company, need.metric, need.period) for company in facts.group for need in facts.needs)


def judge_once(
    one: Deployment, *, as_of: datetime, known_at: datetime | None, evaluate: Evaluate
) -> Mapping[str, Any]:
    """The answer to a check: of a deployment, stored or only described, as of any date. Writes nothing."""
    [facts] = FactsBuilder(as_of, known_at).of_deployments([one])
    assigned = in_scope(one, list(Assignment.objects.filter(removed_at=None).order_by("id")))
    questions = [question(assignment, facts) for assignment in assigned]
    given = evaluate([Asked(q, as_of) for q in questions])
    subject = Subject.objects.filter(deployment=one).first() if one.pk else None
    accepted = acceptances([subject], as_of).get(subject.pk, {}) if subject else {}
    return {
        "decision": _decision(assigned, given, accepted, as_of),
        "findings": [
            {**as_json(assignment.policy, finding), "mode": assignment.mode}
            for assignment, answer in zip(assigned, given, strict=True)
            for finding in answer.findings
        ],
        "facts_digest": digest(sorted(facts.digests.items())),
        "policies_digest": digest([[q.policy, q.version, q.params_digest] for q in questions]),
    }


def _decision(
    assigned: Sequence[Assignment], given: Sequence[Answer], accepted: Mapping[str, Any], as_of: datetime
) -> str:
    outcomes = []
    for assignment, answer in zip(assigned, given, strict=True):
        waiver = accepted.get(assignment.policy)
        waived = waiver is not None and answer.outcome.breaches and waiver.covers(answer.outcome, as_of)
        if assignment.mode == Mode.ENFORCE:
            outcomes.append(Outcome.PASS if waived else answer.outcome)
    return str(decide(outcomes))
