"""Which readings of ambiguous clauses this organization adopted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from governance.body import Body
from governance.core import fields
from governance.core.ambiguities import TakenReading
from governance.core.readings import find
from governance.core.sentences import shown
from governance.core.words import listed
from governance.discovery import catalog
from governance.licensing.models import Reading
from governance.licensing.terms import no_terms


@transaction.atomic
def adopt_reading(*, data: Any, actor: str, now: datetime) -> Reading:
    """Take one alternative of an ambiguity; the one that was taken before ends."""
    body = Body(data, "license", "ambiguity", "reading", "reason")
    license, ambiguity, key, reason = (
        body.required("license", fields.named(100)),
        body.required("ambiguity", fields.named(100)),
        body.required("reading", fields.named(100)),
        body.required("reason", fields.named(2000)),
    )
    body.check()
    _check(body, license or "", ambiguity or "", key or "")
    _open(license or "", ambiguity or "").update(ended_at=now, ended_by=actor)
    return Reading.objects.create(
        license=license, ambiguity=ambiguity, alternative=key, reason=reason, decided_by=actor, decided_at=now
    )


@transaction.atomic
def withdraw_reading(*, reading: Reading, actor: str, now: datetime) -> Reading:
    """Back to the reading that the terms are written in."""
    held = Reading.objects.select_for_update(no_key=True).get(pk=reading.pk)
    if held.ended_at:
        raise ValidationError({"reading": ["ended already"]})
    held.ended_at, held.ended_by = now, actor
    held.save(update_fields=["ended_at", "ended_by"])
    return held


def taken_readings(
    licenses: Collection[str], known_at: datetime | None = None
) -> dict[str, tuple[TakenReading, ...]]:
    """License -> the readings in force, as far as was known then (None: now)."""
    rows = Reading.objects.filter(license__in=licenses).order_by("license", "ambiguity", "pk")
    if known_at is None:
        rows = rows.filter(ended_at=None)
    else:
        rows = rows.filter(Q(ended_at=None) | Q(ended_at__gt=known_at), decided_at__lte=known_at)
    found: dict[str, tuple[TakenReading, ...]] = {}
    for row in rows:
        found[row.license] = (*found.get(row.license, ()), _taken(row))
    return found


def _taken(row: Reading) -> TakenReading:
    return TakenReading(
        license=row.license,
        ambiguity=row.ambiguity,
        alternative=row.alternative,
        by=row.decided_by,
        on=row.decided_at.date(),
        reason=row.reason,
    )


def _open(license: str, ambiguity: str) -> Any:
    return Reading.objects.filter(license=license, ambiguity=ambiguity, ended_at=None)


def _check(body: Body, license: str, ambiguity: str, key: str) -> None:
    terms = catalog().licenses.get(license)
    known = find(terms, ambiguity) if terms else None
    if terms is None:
        body.refuse("license", no_terms(license))
    elif known is None:
        open_ = listed([one.id for one in terms.ambiguities]) or "none"
        body.refuse("ambiguity", f"{shown(ambiguity)} is no ambiguity of {license}: there is {open_}")
    elif key not in (keys := [one.key for one in known.alternatives]):
        body.refuse("reading", f"{shown(key)} is none of {', '.join(keys)}")
    body.check()
