"""Companies, who controls whom, and products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from governance.audit.services import append
from governance.compliance.cases import of_companies
from governance.locking import hold
from governance.pipeline.queueing import judge_again
from governance.usage import selectors
from governance.usage import services as usage
from governance.usage.models import Company, Control, Product


def save_company(*, data: Mapping[str, Any], actor: str) -> tuple[Company, bool]:
    now = timezone.now()
    with transaction.atomic():
        group = locked_group(data, "slug")
        company, created = usage.save_company(data=data, now=now)
        judge_again(of_companies(group), f"company:{company.slug}")
        append(at=now, actor=actor, action="company.saved", object=company.slug, detail=dict(data))
    return company, created


def record_control(*, data: Mapping[str, Any], actor: str) -> Control:
    now = timezone.now()
    with transaction.atomic():
        group = locked_group(data, "parent", "child")
        control = usage.record_control(data=data, now=now)
        judge_again(of_companies(group), f"control:{control.pk}")
        name = f"{control.parent.slug} over {control.child.slug}"
        append(at=now, actor=actor, action="control.recorded", object=name, detail=dict(data))
    return control


def save_product(*, data: Mapping[str, Any], actor: str) -> tuple[Product, bool]:
    now = timezone.now()
    with transaction.atomic():
        group = locked_group(data, "company")
        product, created = usage.save_product(data=data, now=now)
        judge_again(of_companies(group), f"product:{product.slug}")
        append(at=now, actor=actor, action="product.saved", object=product.slug, detail=dict(data))
    return product, created


def locked_group(data: Mapping[str, Any], *fields: str) -> frozenset[str]:
    """Everybody that is or was connected by control with the companies that the fields name.

    Held until the commit: a deployment that is being saved for one of them is either seen by the change,
    or sees it. What else the fields hold is for the service to refuse.
    """
    given = [data.get(field) for field in fields] if isinstance(data, Mapping) else []
    found = frozenset(slug for slug in given if isinstance(slug, str))
    held: frozenset[str] = frozenset()
    while found != held:
        held = found
        hold(Company.objects.filter(slug__in=held))
        found = held.union(*selectors.connected(held).values())
    return found
