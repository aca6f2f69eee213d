"""Companies, who controls whom, products, and the grants that companies hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from governance.audit.services import append
from governance.compliance import services as compliance
from governance.licensing import services as licensing
from governance.licensing.models import Grant
from governance.pipeline.queueing import judge_again
from governance.usage import selectors
from governance.usage import services as usage
from governance.usage.models import Company, Control, Product


def save_company(*, data: Mapping[str, Any], actor: str) -> tuple[Company, bool]:
    now = timezone.now()
    with transaction.atomic():
        company, created = usage.save_company(data=data, now=now)
        append(at=now, actor=actor, action="company.saved", object=company.slug, detail=dict(data))
        judge_again(compliance.of_companies(_group([company.slug])), f"company:{company.slug}")
    return company, created


def record_control(*, data: Mapping[str, Any], actor: str) -> Control:
    now = timezone.now()
    with transaction.atomic():
        control = usage.record_control(data=data, now=now)
        name = f"{control.parent.slug} over {control.child.slug}"
        append(at=now, actor=actor, action="control.recorded", object=name, detail=dict(data))
        group = _group([control.parent.slug, control.child.slug])
        judge_again(compliance.of_companies(group), f"control:{control.pk}")
    return control


def save_product(*, data: Mapping[str, Any], actor: str) -> tuple[Product, bool]:
    now = timezone.now()
    with transaction.atomic():
        product, created = usage.save_product(data=data, now=now)
        append(at=now, actor=actor, action="product.saved", object=product.slug, detail=dict(data))
        judge_again(compliance.of_companies(_group([product.company.slug])), f"product:{product.slug}")
    return product, created


def record_grant(*, data: Mapping[str, Any], actor: str) -> Grant:
    now = timezone.now()
    with transaction.atomic():
        _existing_company(data)
        grant = licensing.record_grant(data=data, actor=actor, now=now)
        append(at=now, actor=actor, action="grant.recorded", object=grant.license, detail=dict(data))
        judge_again(compliance.of_companies(_group([grant.company])), f"grant:{grant.pk}")
    return grant


def retire_grant(*, grant: Grant, actor: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        licensing.retire_grant(grant=grant, now=now)
        append(at=now, actor=actor, action="grant.retired", object=grant.license, detail={"id": grant.pk})
        judge_again(compliance.of_companies(_group([grant.company])), f"grant:{grant.pk}:retired")


def _existing_company(data: Mapping[str, Any]) -> None:
    if not Company.objects.filter(slug=data.get("company", "")).exists():
        raise ValidationError({"company": [f"there is no company {data.get('company')!r}"]})


def _group(companies: Collection[str]) -> frozenset[str]:
    """Everybody that is or was connected with them by control."""
    return frozenset().union(*selectors.connected(companies).values())
