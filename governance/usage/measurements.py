"""Recording usage figures, all or nothing. A figure is never changed: a later one restates it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from governance.body import Body, Faults, refuse_all, unknown
from governance.core import fields
from governance.core.sentences import shown
from governance.locking import hold
from governance.usage.models import Company, Measurement, Product

FIELDS = ("subject", "metric", "period", "value", "low", "high", "currency", "deduplicated", "source", "note")
MOST_ROWS = 20_000
"""Of one request; their names fit into one query of every database."""

Key = tuple[str, str, str, bool]


@transaction.atomic
def record_measurements(*, rows: Sequence[Any], actor: str, now: datetime) -> list[Measurement]:
    """One measurement for each row, in order; a row that says what is in force already gives that one.

    Raises ValidationError with `"<row>.<field>"` for every fault of every row.
    """
    if not isinstance(rows, list | tuple) or len(rows) > MOST_ROWS:
        refuse_all({"body": [f"must be a list of at most {MOST_ROWS:,} measurements"]})
    drafts, faults = read_rows(rows)
    refuse_all({f"{row}.{field}": causes for row, found in faults.items() for field, causes in found.items()})
    return record(drafts, actor=actor, now=now)


def read_rows(rows: Sequence[Any]) -> tuple[list[Measurement], dict[int, Faults]]:
    """Unsaved measurements, and the faults of each row that has any."""
    bodies = [Body(row, *FIELDS) for row in rows]
    drafts = [_draft(body) for body in bodies]
    _find_owners(drafts, bodies)
    _refuse_repeats(drafts, bodies)
    return drafts, {number: body.faults for number, body in enumerate(bodies) if body.faults}


def _draft(body: Body) -> Measurement:
    metric = body.required("metric", fields.metric) or ""
    period = body.required("period", fields.period)
    subject = body.required("subject", _subject) or ""
    low, high = _range(body)
    draft = Measurement(
        subject=subject,
        metric=metric,
        period=str(period or ""),
        low=low,
        high=high,
        currency=_currency(body, metric),
        deduplicated=body.optional("deduplicated", fields.boolean) or False,
        source=body.optional("source", fields.text(200)) or "",
        note=body.optional("note", fields.text(2000)) or "",
    )
    if draft.deduplicated and subject.startswith("product:"):
        body.refuse("deduplicated", "is for companies: it says that a figure covers all affiliates once")
    return draft


def _subject(value: Any) -> str:
    kind, _, slug = fields.named(100)(value).partition(":")
    if kind not in ("company", "product"):
        raise ValueError(f"{shown(value)} is no subject: write company:<slug> or product:<slug>")
    return f"{kind}:{fields.slug()(slug)}"


def _range(body: Body) -> tuple[Any, Any]:
    """`value`, or `low` and `high`, which may stand inside of `value` as well."""
    if isinstance(inner := body.data.get("value"), Mapping) and inner.keys() <= {"low", "high"}:
        body.data = {**body.data, "value": None, **inner}
    value, low, high = (body.optional(name, fields.number()) for name in ("value", "low", "high"))
    given = [name for name in ("value", "low", "high") if body.data.get(name) is not None]
    if given not in (["value"], ["low", "high"]):
        found = f", not {' and '.join(given)}" if given else ""
        body.refuse("value", f"give either value, or low and high{found}")
    if low is not None and high is not None and low > high:
        body.refuse("low", f"{low:f} is above high, {high:f}")
    return (value, value) if given == ["value"] else (low, high)


def _currency(body: Body, metric: str) -> str:
    currency = body.optional("currency", lambda value: value and fields.currency(value)) or ""
    if "revenue" in metric and not body.data.get("currency"):
        body.refuse("currency", f"is needed for {metric}")
    if "revenue" not in metric and currency:
        body.refuse("currency", f"belongs to figures of money, and {metric or 'this'} is none")
    return currency


def _find_owners(drafts: Sequence[Measurement], bodies: Sequence[Body]) -> None:
    """The company that each figure counts for, in two queries."""
    slugs = {kind: _slugs(drafts, kind) for kind in ("company", "product")}
    owners = {f"company:{one.slug}": one for one in Company.objects.filter(slug__in=slugs["company"])}
    products = Product.objects.filter(slug__in=slugs["product"]).select_related("company")
    owners |= {f"product:{one.slug}": one.company for one in products}
    for draft, body in zip(drafts, bodies, strict=True):
        if draft.subject in owners:
            draft.company = owners[draft.subject]
        elif draft.subject:
            body.refuse("subject", unknown(*draft.subject.split(":", 1)))


def _slugs(drafts: Iterable[Measurement], kind: str) -> set[str]:
    subjects = (draft.subject.partition(":") for draft in drafts)
    return {slug for found, _, slug in subjects if found == kind}


def _refuse_repeats(drafts: Sequence[Measurement], bodies: Sequence[Body]) -> None:
    """Two rows for one figure leave open which of them counts."""
    first: dict[Key, int] = {}
    for number, (draft, body) in enumerate(zip(drafts, bodies, strict=True)):
        if not body.faults and first.setdefault(_key(draft), number) != number:
            body.refuse("subject", "the same figure is given twice: subject, metric, period, deduplicated")


def record(drafts: Sequence[Measurement], *, actor: str, now: datetime) -> list[Measurement]:
    """Write drafts of `read_rows` without faults. Call it inside a transaction."""
    # The owners are locked, so that two restatements at once follow each other and none is passed over.
    owners = sorted({draft.company_id for draft in drafts})
    hold(Company.objects.filter(pk__in=owners))
    held = _in_force(drafts)
    recorded = [_restating(draft, held.get(_key(draft)), actor, now) for draft in drafts]
    Measurement.objects.bulk_create([row for row in recorded if row.pk is None], batch_size=500)
    return recorded


def _restating(draft: Measurement, held: Measurement | None, actor: str, now: datetime) -> Measurement:
    """The figure in force where the draft says the same; else the draft, made to follow it."""
    if held and _says(held) == _says(draft):
        return held
    draft.supersedes, draft.attested_by = held, actor
    # Recorded after what it restates, also by a clock that runs behind.
    draft.recorded_at = max(now, held.recorded_at) if held else now
    return draft


def _in_force(drafts: Iterable[Measurement]) -> dict[Key, Measurement]:
    subjects = {draft.subject for draft in drafts}
    periods = {draft.period for draft in drafts}
    rows = Measurement.objects.filter(subject__in=subjects, period__in=periods).select_related("company")
    return {_key(row): row for row in rows.order_by("recorded_at", "id")}


def _key(row: Measurement) -> Key:
    return row.subject, row.metric, row.period, row.deduplicated


def _says(row: Measurement) -> tuple[Any, ...]:
    return row.low, row.high, row.currency, row.source, row.note
