"""The grants that companies ask for, get and lose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from governance.audit.services import append
from governance.body import Body, unknown
from governance.compliance.cases import of_companies
from governance.core import fields
from governance.core.grant_steps import GrantStatus
from governance.licensing import services as licensing
from governance.licensing.models import Grant
from governance.pipeline.intake.companies import locked_group
from governance.pipeline.queueing import judge_again
from governance.usage.models import Company


def record_grant(*, data: Mapping[str, Any], actor: str) -> Grant:
    now = timezone.now()
    with transaction.atomic():
        group = locked_group(data, "company")
        grant = licensing.record_grant(data=data, actor=actor, now=now)
        if not Company.objects.filter(slug=grant.company).exists():
            raise ValidationError({"company": [unknown("company", grant.company)]})
        judge_again(of_companies(group), f"grant:{grant.pk}")
        append(at=now, actor=actor, action="grant.recorded", object=grant.license, detail=dict(data))
    return grant


def change_grant(*, grant: Grant, data: Mapping[str, Any], actor: str) -> Grant:
    """Only what is not granted can be changed, so that nothing has to be judged again."""
    now = timezone.now()
    with transaction.atomic():
        grant = licensing.change_grant(grant=grant, data=data)
        detail = {"id": grant.pk, **data}
        append(at=now, actor=actor, action="grant.changed", object=grant.license, detail=detail)
    return grant


def move_grant(*, grant: Grant, step: str, data: Mapping[str, Any], actor: str) -> Grant:
    """`step` is request, grant, deny or revoke. What it clears, or no longer does, is judged again."""
    now = timezone.now()
    with transaction.atomic():
        group = locked_group({"company": grant.company}, "company")
        grant = licensing.move_grant(grant=grant, step=step, data=data, actor=actor, now=now)
        if grant.status in (GrantStatus.GRANTED, GrantStatus.REVOKED):
            judge_again(of_companies(group), f"grant:{grant.pk}:{grant.status}")
        detail = {"id": grant.pk, "status": str(grant.status), **data}
        append(at=now, actor=actor, action=f"grant.{grant.status}", object=grant.license, detail=detail)
    return grant


def attach_to_grant(*, grant: Grant, data: Any, actor: str) -> Grant:
    """`name` and `sha256` of a document that is kept elsewhere."""
    now = timezone.now()
    body = Body(data, "name", "sha256")
    name, sha256 = body.required("name", fields.named(200)), body.required("sha256", fields.sha256)
    body.check()
    with transaction.atomic():
        grant = licensing.attach(grant=grant, name=name or "", sha256=sha256 or "", actor=actor, now=now)
        detail = {"id": grant.pk, "name": name, "sha256": sha256}
        append(at=now, actor=actor, action="grant.attached", object=grant.license, detail=detail)
    return grant


def retire_grant(*, grant: Grant, actor: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        group = locked_group({"company": grant.company}, "company")
        licensing.retire_grant(grant=grant, now=now)
        judge_again(of_companies(group), f"grant:{grant.pk}:retired")
        append(at=now, actor=actor, action="grant.retired", object=grant.license, detail={"id": grant.pk})
