"""Cases of which anything may have changed: their facts are gathered, and every assignment is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from governance.compliance import reads
from governance.compliance.docket import Docket, Scope, assigned, examples, in_scope
from governance.compliance.facts import CaseFacts, FactsBuilder
from governance.compliance.judging import Asking, Question
from governance.compliance.models import Assignment, Case, Subject
from governance.compliance.transitions import Read
from governance.deployments.models import Deployment
from governance.registry.models import Model, Snapshot
from governance.rows import hang_on
from governance.usage.models import Company, Product

Pairs = list[tuple[Assignment, Question]]


def gathered(cases: Sequence[Case], now: datetime) -> tuple[list[Docket], frozenset[int]]:
    """Their dockets; and the cases of which it is not exactly on record which figures they look up."""
    subjects = _subjects(cases)
    facts, inexact = _looked_up(subjects, now)
    pairs = _pairs(subjects, facts)
    found = [
        Docket(
            one.case, facts[one.case_id].digests, pairs[one.case_id], reads=_usage_reads(facts[one.case_id])
        )
        for one in subjects
    ]
    return found, inexact


def _subjects(cases: Sequence[Case]) -> list[Subject]:
    if not cases:
        return []
    found = list(examples(cases).select_related("deployment", "model"))
    by_id = {one.pk: one for one in cases}
    for subject in found:
        subject.case = by_id[subject.case_id]
    deployed = [one.deployment for one in found if one.deployment]
    for name, related in (("model", Model), ("company", Company), ("product", Product)):
        hang_on(deployed, name, related.objects.all())
    snapshots = Snapshot.objects.defer("raw")
    hang_on(deployed, "snapshot", snapshots)
    hang_on([one.model for one in found if one.model], "latest_snapshot", snapshots)
    return found


def _looked_up(subjects: Sequence[Subject], now: datetime) -> tuple[dict[int, CaseFacts], frozenset[int]]:
    """Facts that no figure can slip past: looked up again once it is on record who reads which."""
    facts = _facts(subjects, FactsBuilder(now))
    registered = reads.register({pk: _usage_reads(one) for pk, one in facts.items()})
    if registered.new:
        facts = _facts(subjects, FactsBuilder(now))
    return facts, registered.inexact


def _facts(subjects: Sequence[Subject], builder: FactsBuilder) -> dict[int, CaseFacts]:
    """Case id -> facts."""
    deployed = [s for s in subjects if s.deployment]
    of_deployments = builder.of_deployments([s.deployment for s in deployed if s.deployment])
    models = builder.of_models([s.model for s in subjects if s.model])
    found = {s.case_id: facts for s, facts in zip(deployed, of_deployments, strict=True)}
    return found | {s.case_id: models[s.model.pk] for s in subjects if s.model}


def _pairs(subjects: Sequence[Subject], facts: Mapping[int, CaseFacts]) -> dict[int, Pairs]:
    """Case id -> what each assignment in scope asks of it."""
    asking = {one: Asking.of(one) for one in assigned()}
    scopes: dict[Scope, list[tuple[Assignment, Asking]]] = {}
    found = {}
    for subject in subjects:
        scope = scope_of(subject.deployment)
        if scope not in scopes:
            scopes[scope] = [(one, asking[one]) for one in in_scope(scope, list(asking))]
        known = facts[subject.case_id]
        found[subject.case_id] = [(assignment, asked.about(known)) for assignment, asked in scopes[scope]]
    return found


def scope_of(one: Deployment | None) -> Scope:
    return (one.environment, one.product.slug if one.product else "") if one else None


def _usage_reads(facts: CaseFacts) -> frozenset[Read]:
    return frozenset((company, need.metric, need.period) for company in facts.group for need in facts.needs)
