"""Licenses negotiated with the licensor, in the words of the API."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from governance.body import Body
from governance.core import fields
from governance.core.sentences import shown
from governance.discovery import catalog
from governance.licensing.models import Grant
from governance.registry.names import is_repo_id

FIELDS = (
    "company",
    "covers_affiliates",
    "license",
    "models",
    "from",
    "until",
    "cap",
    "territories",
    "reference",
    "status",
)


def record_grant(*, data: Any, actor: str, now: datetime) -> Grant:
    """A new grant. `from` and `until` are days (their first instant, UTC) or times; `until` is excluded.

    Whether the company is known is for the caller to see to: grants know it by its slug only.
    """
    body = Body(data, *FIELDS)
    values = {
        "company": body.required("company", fields.slug()),
        "license": body.required("license", _license),
        "covers_affiliates": body.optional("covers_affiliates", fields.boolean) or False,
        "models": body.optional("models", _models) or [],
        "start": body.optional("from", fields.instant),
        "end": body.optional("until", fields.instant),
        "territories": body.optional("territories", fields.regions) or [],
        "reference": body.optional("reference", fields.text(200)) or "",
        "status": body.optional("status", fields.one_of(*Grant.Status.values)) or Grant.Status.GRANTED,
    }
    cap = body.optional("cap", _cap)
    if values["start"] and values["end"] and values["end"] <= values["start"]:
        body.refuse("until", "must be after from")
    body.check()
    metric, limit = cap or ("", None)
    return Grant.objects.create(
        **values, cap_metric=metric, cap_limit=limit, recorded_by=actor, recorded_at=now
    )


def retire_grant(*, grant: Grant, now: datetime) -> Grant:
    """Take a grant back as never to be used again; what was judged by it before stays explained."""
    if grant.retired_at is None:
        grant.retired_at = now
        grant.save(update_fields=["retired_at"])
    return grant


def _license(value: Any) -> str:
    key = fields.named(100)(value)
    if key not in catalog().licenses:
        raise ValueError(f"there are no terms of a license {shown(key)}")
    return key


def _models(value: Any) -> list[str]:
    found = fields.texts(200)(value)
    if strange := [name for name in found if not is_repo_id(name)]:
        raise ValueError(f"{shown(strange[0])} is no repository id: use the form org/name")
    return found


def _cap(value: Any) -> tuple[str, Decimal]:
    """`{"metric", "limit"}`: the figure up to which the grant covers."""
    if not isinstance(value, dict) or set(value) != {"metric", "limit"}:
        raise ValueError('must be {"metric": ..., "limit": ...}')
    return fields.metric(value["metric"]), fields.number(4, Decimal(10) ** 25)(value["limit"])
