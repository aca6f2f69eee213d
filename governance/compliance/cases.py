"""Which case each deployment and model belongs to, and which cases a change touches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case as Choice
from django.db.models import Exists, F, OuterRef, Q, QuerySet, When

from governance.compliance.facts import described
from governance.compliance.models import Assignment, Case, Placement, Subject, UsageRead
from governance.core.facts import DutyEvidence, Facet, facet_body
from governance.core.values import digest
from governance.deployments.evidence import evidence_facts
from governance.deployments.models import Deployment
from governance.locking import hold
from governance.registry.models import Model, Snapshot

IN_USE = Q(deployment=None) | Q(deployment__retired_at=None)
"""Subjects that are decided on."""
BATCH = 5_000
"""Rows named in one statement: every database takes so many."""
QUESTIONS = 100
"""Alternatives in one statement: SQLite reads a deeper expression no more."""


def place_deployments(deployments: Sequence[Deployment], now: datetime) -> None:
    """Put each where deployments that are judged alike belong. `company` and `product` are loaded."""
    shown = evidence_facts(deployments)
    keys = {one.pk: _deployment_key(one, shown.get(one.pk, ())) for one in deployments}
    held = Subject.objects.filter(deployment__in=deployments)
    _place({row.deployment_id: row for row in held}, keys, "deployment_id", now)


def place_models(models: Iterable[Model], now: datetime) -> None:
    keys = {model.pk: digest(["model", model.pk]) for model in models}
    held = Subject.objects.filter(model__in=keys)
    _place({row.model_id: row for row in held}, keys, "model_id", now)


def _deployment_key(one: Deployment, shown: tuple[DutyEvidence, ...]) -> str:
    body = facet_body(Facet.DEPLOYMENT, described(one, shown))
    return digest(["deployment", one.model_id, one.snapshot_id, one.company_id, body])


def _place(held: Mapping[int | None, Subject], keys: Mapping[int, str], field: str, now: datetime) -> None:
    """Subjects that are new or belong elsewhere now are unsettled until their case is judged."""
    cases = _cases(set(keys.values()))
    new = _new_subjects({pk: cases[key] for pk, key in keys.items() if pk not in held}, field)
    moved = [held[pk] for pk, key in keys.items() if pk in held and held[pk].case_id != cases[key].pk]
    for row in moved:
        row.case, row.settled = cases[keys[getattr(row, field)]], False
        row.save(update_fields=["case", "settled"])
    Placement.objects.bulk_create(
        [Placement(subject=row, case=row.case, since=now) for row in (*new, *moved)], batch_size=500
    )


def _new_subjects(wanted: Mapping[int, Case], field: str) -> list[Subject]:
    """Those that nobody else made meanwhile: a web and a worker may come to the same model at once."""
    rows = [Subject(**{field: pk}, case=case) for pk, case in wanted.items()]
    Subject.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    made = Subject.objects.filter(**{f"{field}__in": wanted})
    return list(made.exclude(placements__isnull=False))


def _cases(keys: Collection[str]) -> dict[str, Case]:
    Case.objects.bulk_create([Case(key=key) for key in sorted(keys)], ignore_conflicts=True, batch_size=500)
    return {case.key: case for case in Case.objects.filter(key__in=keys)}


def members(cases: Collection[int]) -> QuerySet[Subject]:
    """The subjects of these cases (by id) that are decided on."""
    return Subject.objects.filter(IN_USE, case__in=cases)


def mark_changed(cases: QuerySet[Case], assignment: Assignment | None = None) -> list[int]:
    """Their decisions are stale from now on; answers the ids of those that somebody belongs to.

    `assignment`: where it is all that changed, the case need only be judged under it.
    """
    wanted = in_use(cases)
    changed: dict[str, Any] = {"changes": F("changes") + 1}
    if assignment:
        alone = When(changes=F("judged_changes"), then=assignment.pk)
        changed |= {"awaits": Choice(alone, default=None), "awaits_changes": F("changes") + 1}
    for begin in range(0, len(wanted), BATCH):
        rows = Case.objects.filter(pk__in=wanted[begin : begin + BATCH])
        hold(rows)
        rows.update(**changed)
    return wanted


def in_use(cases: QuerySet[Case]) -> list[int]:
    """Ids of those that somebody belongs to."""
    used = Exists(Subject.objects.filter(IN_USE, case=OuterRef("pk")))
    return sorted(set(cases.filter(used).values_list("pk", flat=True)))


def unsettle(deployment: Deployment) -> None:
    """It must follow its case anew: it was saved again, perhaps after it was retired."""
    Subject.objects.filter(deployment=deployment).update(settled=False)


def of_subjects(subjects: QuerySet[Subject]) -> QuerySet[Case]:
    return Case.objects.filter(pk__in=subjects.values("case"))


def of_deployment(one: Deployment) -> QuerySet[Case]:
    return of_subjects(Subject.objects.filter(deployment=one))


def of_models(models: Collection[int]) -> QuerySet[Case]:
    """Of the models with these ids themselves, and of what runs them."""
    return of_subjects(Subject.objects.filter(Q(deployment__model__in=models) | Q(model__in=models)))


def of_snapshot(snapshot: Snapshot) -> QuerySet[Case]:
    """Of what runs it, and of its model."""
    return of_subjects(Subject.objects.filter(Q(deployment__snapshot=snapshot) | Q(model=snapshot.model_id)))


def of_companies(slugs: Collection[str]) -> QuerySet[Case]:
    """Of those whose licensee is one of the companies."""
    return of_subjects(Subject.objects.filter(deployment__company__slug__in=slugs))


def reading_usage(changed: Iterable[tuple[str, str, str | None]]) -> QuerySet[Case]:
    """Cases whose facts look up one of the figures (company, metric, period; None: any), and no others."""
    touched = _touched(set(changed))
    found: set[int] = set()
    for begin in range(0, len(touched), QUESTIONS):
        wanted = Q(pk__in=[])
        for (company, metric), periods in touched[begin : begin + QUESTIONS]:
            wanted |= Q(company=company, metric=metric, period__in=periods)
        found |= set(UsageRead.objects.filter(wanted).values_list("case", flat=True))
    return Case.objects.filter(pk__in=found)


def _touched(changed: set[tuple[str, str, str | None]]) -> list[tuple[tuple[str, str], list[str]]]:
    """Company and metric -> the periods that somebody looks up and that these figures change."""
    anything = {(company, metric) for company, metric, _ in changed}
    everything = {(company, metric) for company, metric, period in changed if period is None}
    rows = UsageRead.objects.filter(company__in={company for company, _ in anything})
    found: dict[tuple[str, str], list[str]] = {}
    for company, metric, period in rows.values_list("company", "metric", "period").distinct():
        pair = (company, metric)
        any_period = pair in everything or (not period and pair in anything)
        if any_period or (company, metric, period) in changed:
            found.setdefault(pair, []).append(period)
    return sorted(found.items())


def reading_money() -> QuerySet[Case]:
    """Cases whose facts look up amounts of money, which exchange rates may convert."""
    return Case.objects.filter(pk__in=UsageRead.objects.filter(metric__contains="revenue").values("case"))
