"""From cases to verdicts: gathers facts, asks the assignments in scope, and seals the answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from governance.compliance import reads
from governance.compliance.cases import IN_USE
from governance.compliance.decisions import acceptances
from governance.compliance.facts import CaseFacts, FactsBuilder
from governance.compliance.judging import Asked, Asking, Evaluate, Question, answers, applies, as_json, keep
from governance.compliance.kept import standings
from governance.compliance.models import Assignment, Case, Mode, Subject
from governance.compliance.recording import record
from governance.compliance.rows import hang_on
from governance.compliance.transitions import Judged, Transition
from governance.core import facts as core
from governance.core.outcomes import Outcome, decide
from governance.core.values import digest
from governance.core.verdicts import Verdict as Answer
from governance.deployments.models import Deployment
from governance.registry.models import Model, Snapshot
from governance.usage.models import Company, Product

Pairs = list[tuple[Assignment, Question]]
UNREAD = ("case__reasons", "case__nearest", "case__facets")
"""What judging writes and has no need to read."""


class Judging:
    """One run over some cases. `evaluate` may take long, so it happens outside of any transaction.

    The cases are read before anything else: who writes about them meanwhile makes this run outrun.
    """

    def __init__(self, case_ids: Collection[int], *, now: datetime, evaluate: Evaluate) -> None:
        self.now = now
        self._examples = _examples(case_ids)
        self._facts, self._inexact = self._looked_up()
        self._pairs = _pairs(self._examples, self._facts)
        self._questions = [one for pairs in self._pairs.values() for _, one in pairs]
        self._held = standings([s.case_id for s in self._examples])
        holding = {one.key: one.verdict for one in self._held.values() if one.verdict.holds(now)}
        self._answers = answers(self._questions, holding, now=now, evaluate=evaluate)

    def _looked_up(self) -> tuple[dict[int, CaseFacts], frozenset[int]]:
        """Facts that no figure can slip past: looked up again once it is on record who reads which.

        With the cases of which that record is not exact.
        """
        facts = _facts(self._examples, FactsBuilder(self.now))
        registered = reads.register({pk: _reads(one) for pk, one in facts.items()})
        if registered.new:
            facts = _facts(self._examples, FactsBuilder(self.now))
        return facts, registered.inexact

    def write(self) -> list[Transition]:
        """Inside the transaction that also finishes the work."""
        verdicts = keep(self._answers, self._questions)
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
        return record(judged, self._held, self._inexact, self.now)


def _examples(case_ids: Collection[int]) -> list[Subject]:
    """One subject of each case: what holds of it holds of all."""
    first = Subject.objects.filter(IN_USE, case=OuterRef("pk")).order_by("pk").values("pk")[:1]
    firsts = Case.objects.filter(pk__in=case_ids).values(first=Subquery(first))
    rows = Subject.objects.filter(pk__in=firsts).select_related("case", "deployment", "model")
    examples = list(rows.defer(*UNREAD).order_by("case"))
    deployed = [one.deployment for one in examples if one.deployment]
    for name, related in (("model", Model), ("company", Company), ("product", Product)):
        hang_on(deployed, name, related.objects.all())
    snapshots = Snapshot.objects.defer("raw")
    hang_on(deployed, "snapshot", snapshots)
    hang_on([one.model for one in examples if one.model], "latest_snapshot", snapshots)
    return examples


def _facts(examples: Sequence[Subject], builder: FactsBuilder) -> dict[int, CaseFacts]:
    """Case id -> facts."""
    deployed = [s for s in examples if s.deployment]
    of_deployments = builder.of_deployments([s.deployment for s in deployed if s.deployment])
    models = builder.of_models([s.model for s in examples if s.model])
    found = {s.case_id: facts for s, facts in zip(deployed, of_deployments, strict=True)}
    return found | {s.case_id: models[s.model.pk] for s in examples if s.model}


def _pairs(examples: Sequence[Subject], facts: Mapping[int, CaseFacts]) -> dict[int, Pairs]:
    """Case id -> what each assignment in scope asks of it."""
    asking = {one: Asking.of(one) for one in _assigned()}
    scopes: dict[tuple[str, str] | None, list[tuple[Assignment, Asking]]] = {}
    found = {}
    for subject in examples:
        deployment = subject.deployment
        scope = _scope(deployment) if deployment else None
        if scope not in scopes:
            scopes[scope] = [(one, asking[one]) for one in in_scope(scope, list(asking))]
        known = facts[subject.case_id]
        found[subject.case_id] = [(assignment, asked.about(known)) for assignment, asked in scopes[scope]]
    return found


def _assigned() -> list[Assignment]:
    return list(Assignment.objects.filter(removed_at=None).order_by("id"))


def _scope(one: Deployment) -> tuple[str, str]:
    return one.environment, one.product.slug if one.product else ""


def in_scope(scope: tuple[str, str] | None, assigned: Sequence[Assignment]) -> list[Assignment]:
    """Those that ask about deployments with this environment and product, or about models (None)."""
    if scope is None:
        return [a for a in assigned if applies(a, core.Subject.SNAPSHOT)]
    return [a for a in assigned if applies(a, core.Subject.DEPLOYMENT, *scope)]


def _reads(facts: CaseFacts) -> frozenset[tuple[str, str, str]]:
    return frozenset((company, need.metric, need.period) for company in facts.group for need in facts.needs)


def judge_once(
    one: Deployment, *, as_of: datetime, known_at: datetime | None, evaluate: Evaluate
) -> Mapping[str, Any]:
    """The answer to a check: of a deployment, stored or only described, as of any date. Writes nothing."""
    [facts] = FactsBuilder(as_of, known_at).of_deployments([one])
    assigned = in_scope(_scope(one), _assigned())
    questions = [Asking.of(assignment).about(facts) for assignment in assigned]
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
        "policies_digest": digest([q.key[:3] for q in questions]),
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
