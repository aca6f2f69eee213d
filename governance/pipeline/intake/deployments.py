"""Deployments, and checks of stored or described ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from governance.audit.services import append
from governance.compliance import services as compliance
from governance.compliance.models import Check
from governance.deployments import services as deployments
from governance.deployments.bodies import unsaved
from governance.deployments.models import Deployment
from governance.locking import rely_on_rules
from governance.pipeline import outbox
from governance.pipeline.models import Kind
from governance.pipeline.queueing import deployment_changed


def save_deployment(*, data: Mapping[str, Any], actor: str) -> tuple[Deployment, bool]:
    now = timezone.now()
    with transaction.atomic():
        rely_on_rules()
        deployment, created = deployments.save_deployment(data=data, actor=actor, now=now)
        deployment_changed(deployment, "deployment.saved", dict(data), actor, now)
    return deployment, created


def change_deployment(*, deployment: Deployment, data: Mapping[str, Any], actor: str) -> Deployment:
    now = timezone.now()
    with transaction.atomic():
        rely_on_rules()
        deployment = deployments.change_deployment(deployment=deployment, data=data, actor=actor, now=now)
        deployment_changed(deployment, "deployment.changed", dict(data), actor, now)
    return deployment


def retire_deployment(*, deployment: Deployment, actor: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        deployments.retire_deployment(deployment=deployment, now=now)
        compliance.resolve_retired(deployment=deployment, now=now)
        append(at=now, actor=actor, action="deployment.retired", object=deployment.slug)


def request_check(
    *,
    deployment: Deployment | None = None,
    described: Mapping[str, Any] | None = None,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    actor: str,
) -> Check:
    """An evaluation of a stored or of a described deployment; what is described is checked first."""
    now = timezone.now()
    if (deployment is None) == (described is None):
        raise ValidationError({"deployment": ["name a deployment or describe one, and not both"]})
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
