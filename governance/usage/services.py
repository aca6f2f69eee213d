"""Write companies, control, products, figures and exchange rates. Bad input changes nothing.

Every service raises ValidationError({field: [cause]}) in the words of the API before anything is written.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from governance.body import Body, unknown
from governance.core import fields
from governance.usage.csv_import import Report, import_csv
from governance.usage.holdings import record_control, retire_control
from governance.usage.measurements import record_measurements
from governance.usage.models import Company, ExchangeRate, Product

__all__ = [
    "Report",
    "import_csv",
    "record_control",
    "record_exchange_rate",
    "record_measurements",
    "retire_control",
    "save_company",
    "save_product",
]

KINDS = ("commercial", "non_profit", "research", "individual")


def save_company(*, data: Any, now: datetime) -> tuple[Company, bool]:
    """Create or replace the company of that slug; what is absent or null is not known."""
    body = Body(data, "slug", "name", "domicile", "kind", "competes_with", "business_models")
    slug = body.required("slug", fields.slug())
    values = {
        "name": body.optional("name", fields.named(200)) or slug,
        "domicile": body.optional("domicile", fields.country),
        "kind": body.optional("kind", fields.one_of(*KINDS)),
        "competes_with": body.optional("competes_with", fields.texts(100)),
        "business_models": body.optional("business_models", fields.texts(60)),
    }
    body.check()
    return Company.objects.update_or_create(slug=slug, defaults=values)


@transaction.atomic
def save_product(*, data: Any, now: datetime) -> tuple[Product, bool]:
    """Create or rename the product of that slug. It keeps its company: past figures count for that one."""
    body = Body(data, "slug", "name", "company")
    slug, owner = body.required("slug", fields.slug()), body.required("company", fields.slug())
    name = body.optional("name", fields.named(200)) or slug
    company = Company.objects.filter(slug=owner).first() if owner else None
    held = Product.objects.filter(slug=slug).select_related("company").first() if slug else None
    if owner and company is None:
        body.refuse("company", unknown("company", owner))
    elif held and held.company != company:
        cause = f"{slug} belongs to {held.company.slug}, and its past figures count there: use another slug"
        body.refuse("company", cause)
    body.check()
    return Product.objects.update_or_create(slug=slug, defaults={"name": name, "company": company})


@transaction.atomic
def record_exchange_rate(*, data: Any, now: datetime) -> ExchangeRate:
    """One unit of `from` is worth `rate` of `to` on the day `on`; the same values again change nothing."""
    body = Body(data, "from", "to", "on", "rate", "source")
    values = {
        "base": body.required("from", fields.currency),
        "quote": body.required("to", fields.currency),
        "on": body.required("on", fields.day),
    }
    rate = body.required("rate", fields.positive(10, Decimal(10) ** 10))
    source = body.required("source", fields.named(200))
    if values["base"] and values["base"] == values["quote"]:
        body.refuse("to", "must be another currency than from")
    body.check()
    held = ExchangeRate.objects.filter(**values).order_by("recorded_at", "id").last()
    if held and (held.rate, held.source) == (rate, source):
        return held
    return ExchangeRate.objects.create(**values, rate=rate, source=source, recorded_at=now)
