"""Everything that comes in from people: the change, its audit entry and the work that it makes due.

Each function is one transaction. Invalid input raises ValidationError with field and cause, and
changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from governance.accounts.models import User
from governance.audit.services import append
from governance.compliance import services as compliance
from governance.compliance.models import Assignment, Check, Subject, Violation, Waiver
from governance.deployments import services as deployments
from governance.deployments.bodies import unsaved
from governance.deployments.models import Deployment
from governance.licensing import services as licensing
from governance.licensing.models import Grant
from governance.pipeline import outbox
from governance.pipeline.models import Kind, Work
from governance.pipeline.queueing import queue_judging
from governance.pipeline.syncing import queue_sync
from governance.registry import services as registry
from governance.registry.models import Model, Snapshot
from governance.usage import selectors
from governance.usage import services as usage
from governance.usage.models import Company, Control, ExchangeRate, Measurement, Product

Data = Mapping[str, Any]
COMMIT = re.compile(r"^[0-9a-f]{40}([0-9a-f]{24})?$")
"""A commit does not move, so a model that is asked for at one is tracked at its main branch as well."""


def add_model(
    *, source: str, repo_id: str, revision: str = "", declaration: Data | None = None, actor: str
) -> tuple[Model, bool]:
    """Track a model and look at it soon, with its ancestors."""
    now = timezone.now()
    with transaction.atomic():
        tracked = "main" if not revision or COMMIT.match(revision) else revision
        model, created = registry.register_model(
            source=source, repo_id=repo_id, ref=tracked, declaration=declaration, now=now
        )
        for ref in dict.fromkeys((model.ref, revision or model.ref)):
            renamed = model.repo_id.lower() != repo_id.lower()
            if created or renamed or registry.resolve_revision(model, ref) is None:
                queue_sync(model, ref, name=repo_id)
        if created:
            append(at=now, actor=actor, action="model.added", object=model.repo_id, detail={"source": source})
    return model, created


def sync_model(*, model: Model, actor: str) -> None:
    with transaction.atomic():
        queue_sync(model, model.ref)
        append(at=timezone.now(), actor=actor, action="model.sync_asked", object=model.repo_id)


def save_company(*, data: Data, actor: str) -> tuple[Company, bool]:
    now = timezone.now()
    with transaction.atomic():
        company, created = usage.save_company(data=data, now=now)
        append(at=now, actor=actor, action="company.saved", object=company.slug, detail=dict(data))
        _judge(compliance.of_companies(_group([company.slug])), f"company:{company.slug}", now)
    return company, created


def record_control(*, data: Data, actor: str) -> Control:
    now = timezone.now()
    with transaction.atomic():
        control = usage.record_control(data=data, now=now)
        name = f"{control.parent.slug} over {control.child.slug}"
        append(at=now, actor=actor, action="control.recorded", object=name, detail=dict(data))
        group = _group([control.parent.slug, control.child.slug])
        _judge(compliance.of_companies(group), f"control:{control.pk}", now)
    return control


def save_product(*, data: Data, actor: str) -> tuple[Product, bool]:
    now = timezone.now()
    with transaction.atomic():
        product, created = usage.save_product(data=data, now=now)
        append(at=now, actor=actor, action="product.saved", object=product.slug, detail=dict(data))
        _judge(compliance.of_companies(_group([product.company.slug])), f"product:{product.slug}", now)
    return product, created


def record_measurements(*, rows: Sequence[Data], actor: str) -> list[Measurement]:
    """All or nothing. Only subjects whose verdicts read one of the figures are judged again."""
    now = timezone.now()
    with transaction.atomic():
        measurements = usage.record_measurements(rows=list(rows), actor=actor, now=now)
        _measured(measurements, actor, now)
    return measurements


def import_measurements(*, text: str | bytes, actor: str) -> usage.Report:
    """A CSV file; with a single error in it nothing is imported."""
    now = timezone.now()
    with transaction.atomic():
        report = usage.import_csv(text=text, actor=actor, now=now)
        _measured(report.measurements, actor, now)
    return report


def _measured(measurements: Sequence[Measurement], actor: str, now: datetime) -> None:
    new = [one for one in measurements if one.recorded_at >= now]
    if not new:
        return
    told = [
        f"{m.subject} {m.metric} {m.period}: {m.low:f} to {m.high:f} {m.currency}".strip() for m in new[:100]
    ]
    append(
        at=now,
        actor=actor,
        action="measurements.recorded",
        object=f"{len(new)} figures",
        detail={"figures": told},
    )
    changed = {(one.company.slug, one.metric, one.period if _known_before(one) else None) for one in new}
    _judge(compliance.reading_usage(changed), f"measurement:{new[0].pk}", now)


def _known_before(one: Measurement) -> bool:
    """The first figure of a subject, whatever its period, tells that it has users at all."""
    earlier = Measurement.objects.filter(
        subject=one.subject, metric=one.metric, recorded_at__lt=one.recorded_at
    )
    return earlier.exists()


def record_exchange_rate(*, data: Data, actor: str) -> ExchangeRate:
    now = timezone.now()
    with transaction.atomic():
        rate = usage.record_exchange_rate(data=data, now=now)
        append(
            at=now, actor=actor, action="rate.recorded", object=f"{rate.base}/{rate.quote}", detail=dict(data)
        )
        money = Subject.objects.filter(usage_reads__metric__contains="revenue").distinct()
        _judge(money, f"rate:{rate.pk}", now)
    return rate


def record_grant(*, data: Data, actor: str) -> Grant:
    now = timezone.now()
    with transaction.atomic():
        _existing_company(data)
        grant = licensing.record_grant(data=data, actor=actor, now=now)
        append(at=now, actor=actor, action="grant.recorded", object=grant.license, detail=dict(data))
        _judge(compliance.of_companies(_group([grant.company])), f"grant:{grant.pk}", now)
    return grant


def retire_grant(*, grant: Grant, actor: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        licensing.retire_grant(grant=grant, now=now)
        append(at=now, actor=actor, action="grant.retired", object=grant.license, detail={"id": grant.pk})
        _judge(compliance.of_companies(_group([grant.company])), f"grant:{grant.pk}:retired", now)


def override_license(*, model: Model, license: str, reason: str, actor: str) -> None:
    """A person concludes the license of the current snapshot; shown as such."""
    now = timezone.now()
    with transaction.atomic():
        licensing.override(
            snapshot=model.latest_snapshot, license=license, reason=reason, author=actor, now=now
        )
        detail = {"license": license, "reason": reason}
        append(at=now, actor=actor, action="license.overridden", object=model.repo_id, detail=detail)
        queue_sync(model, model.ref)
        subjects = Subject.objects.filter(deployment__model=model) | Subject.objects.filter(model=model)
        _judge(subjects, f"override:{model.pk}", now)


def save_deployment(*, data: Data, actor: str) -> tuple[Deployment, bool]:
    now = timezone.now()
    with transaction.atomic():
        deployment, created = deployments.save_deployment(data=data, actor=actor, now=now)
        _deployed(deployment, "deployment.saved", dict(data), actor, now)
    return deployment, created


def change_deployment(*, deployment: Deployment, data: Data, actor: str) -> Deployment:
    now = timezone.now()
    with transaction.atomic():
        deployment = deployments.change_deployment(deployment=deployment, data=data, actor=actor, now=now)
        _deployed(deployment, "deployment.changed", dict(data), actor, now)
    return deployment


def _deployed(one: Deployment, action: str, data: dict[str, Any], actor: str, now: datetime) -> None:
    subject = compliance.subject_of(deployment=one)
    compliance.subject_of(model=one.model)
    append(at=now, actor=actor, action=action, object=one.slug, detail=data)
    _judge(Subject.objects.filter(pk=subject.pk), f"deployment:{one.slug}:{now.timestamp()}", now)


def retire_deployment(*, deployment: Deployment, actor: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        deployments.retire_deployment(deployment=deployment, now=now)
        compliance.resolve_retired(subject=compliance.subject_of(deployment=deployment), now=now)
        append(at=now, actor=actor, action="deployment.retired", object=deployment.slug)


def assign_policy(
    *,
    policy: str,
    params: Data | None = None,
    mode: str = "observe",
    environments: Collection[str] = (),
    products: Collection[str] = (),
    actor: str,
) -> Assignment:
    now = timezone.now()
    with transaction.atomic():
        assignment = compliance.assign(
            policy=policy,
            params=params or {},
            mode=mode,
            environments=environments,
            products=products,
            actor=actor,
            now=now,
        )
        _assigned(assignment, "assignment.added", actor, now)
    return assignment


def change_assignment(
    *, assignment: Assignment, mode: str | None = None, params: Data | None = None, actor: str
) -> Assignment:
    now = timezone.now()
    with transaction.atomic():
        if params is not None:
            assignment.params = compliance.checked_params(assignment.policy, params)
        if mode is not None:
            assignment.mode = compliance.checked_mode(mode)
        assignment.save(update_fields=["params", "mode"])
        _assigned(assignment, "assignment.changed", actor, now)
    return assignment


def remove_assignment(*, assignment: Assignment, actor: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        assignment.removed_at = now
        assignment.save(update_fields=["removed_at"])
        _assigned(assignment, "assignment.removed", actor, now)


def _assigned(one: Assignment, action: str, actor: str, now: datetime) -> None:
    detail = {
        "mode": one.mode,
        "params": one.params,
        "environments": one.environments,
        "products": one.products,
    }
    append(at=now, actor=actor, action=action, object=one.policy, detail=detail)
    subjects = Subject.objects.filter(deployment__retired_at=None)
    _judge(subjects, f"assignment:{one.pk}:{now.timestamp()}", now)


def request_check(
    *,
    deployment: Deployment | None = None,
    described: Data | None = None,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    actor: str,
) -> Check:
    """An evaluation of a stored or of a described deployment; what is described is checked first."""
    now = timezone.now()
    with transaction.atomic():
        if described is not None:
            unsaved(described)
        check = Check.objects.create(
            deployment=deployment,
            described=None if described is None else dict(described),
            as_of=as_of,
            known_at=known_at,
            requested_by=actor,
            created_at=now,
        )
        outbox.put(Kind.CHECK, str(check.pk), {"check": check.pk})
    return check


def request_waiver(*, violation: Violation, reason: str, until: datetime, user: User) -> Waiver:
    now = timezone.now()
    with transaction.atomic():
        waiver = compliance.request_waiver(
            violation=violation, reason=reason, until=until, user=user, now=now
        )
        _waived(waiver, "waiver.requested", user, now)
    return waiver


def decide_waiver(*, waiver: Waiver, approve: bool, reason: str = "", user: User) -> Waiver:
    now = timezone.now()
    with transaction.atomic():
        waiver = compliance.decide_waiver(waiver=waiver, approve=approve, reason=reason, user=user, now=now)
        _waived(waiver, f"waiver.{waiver.status}", user, now)
    return waiver


def revoke_waiver(*, waiver: Waiver, reason: str = "", user: User) -> Waiver:
    now = timezone.now()
    with transaction.atomic():
        waiver = compliance.revoke_waiver(waiver=waiver, reason=reason, user=user, now=now)
        _waived(waiver, "waiver.revoked", user, now)
    return waiver


def _waived(waiver: Waiver, action: str, user: User, now: datetime) -> None:
    violation = waiver.violation
    detail = {"policy": violation.policy, "until": waiver.until.isoformat(), "reason": waiver.reason}
    append(at=now, actor=f"user:{user.username}", action=action, object=f"waiver {waiver.pk}", detail=detail)
    cause = f"waiver:{waiver.pk}:{waiver.status}"
    _judge(Subject.objects.filter(pk=violation.subject_id), cause, now)


def retry_work(*, work: Work, actor: str) -> None:
    """Try dead work again."""
    with transaction.atomic():
        outbox.revive(work)
        append(at=timezone.now(), actor=actor, action="work.retried", object=f"{work.kind} {work.key}")


def load_licenses(*, actor: str) -> list[str]:
    """Take in the license files; what hangs on changed terms is judged again."""
    now = timezone.now()
    with transaction.atomic():
        changed = licensing.load_terms(now=now)
        if changed:
            current = Snapshot.objects.filter(pk__in=Model.objects.values("latest_snapshot"))
            licensing.reconclude(snapshots=current, now=now)
            append(
                at=now,
                actor=actor,
                action="licenses.loaded",
                object=f"{len(changed)} licenses",
                detail={"keys": changed},
            )
            _judge(Subject.objects.filter(deployment__retired_at=None), f"licenses:{now.timestamp()}", now)
    return changed


def _group(companies: Collection[str]) -> frozenset[str]:
    return frozenset().union(*selectors.connected(companies).values())


def _existing_company(data: Data) -> None:
    if not Company.objects.filter(slug=data.get("company", "")).exists():
        raise ValidationError({"company": [f"there is no company {data.get('company')!r}"]})


def _judge(subjects: Any, cause: str, now: datetime) -> None:
    queue_judging(compliance.mark_changed(subjects), cause)
