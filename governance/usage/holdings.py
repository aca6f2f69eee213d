"""Recording who controls whom: holdings in one company never add up to more than all of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from governance.body import Body, refuse_all, unknown
from governance.core import fields
from governance.usage.models import Company, Control
from governance.usage.selectors import plain

ALL = Decimal(100)


@transaction.atomic
def record_control(*, data: Any, now: datetime) -> Control:
    """`parent` holds `percent` of `child` from `from` until before `to`.

    The same parent, child and `from` again restates that holding (to end it, for one); the same values
    again change nothing. Circles of holdings are allowed. Raises ValidationError.
    """
    draft = _draft(data)
    held = list(Control.objects.filter(child=draft.child, retired_at=None).select_related("parent"))
    stated = next((c for c in held if (c.parent_id, c.start) == (draft.parent_id, draft.start)), None)
    if stated and (stated.percent, stated.end) == (draft.percent, draft.end):
        return stated
    _check_sum(draft, [c for c in held if c != stated])
    if stated:
        Control.objects.filter(pk=stated.pk).update(retired_at=now)
    draft.recorded_at = now
    draft.save(force_insert=True)
    return draft


def retire_control(*, control: Control, now: datetime) -> None:
    """It should never have been recorded: from now on it does not count for any date."""
    Control.objects.filter(pk=control.pk, retired_at=None).update(retired_at=now)


def _draft(data: Any) -> Control:
    body = Body(data, "parent", "child", "percent", "from", "to")
    parent, child = body.required("parent", fields.slug()), body.required("child", fields.slug())
    percent = body.required("percent", fields.positive(4, ALL))
    start, end = body.optional("from", fields.day), body.optional("to", fields.day)
    if parent and parent == child:
        body.refuse("child", "a company does not control itself")
    if start and end and end <= start:
        body.refuse("to", f"{end} is not after {start}: `to` is the first day on which it no longer holds")
    # The rows are locked, so that two holdings recorded at once see each other in the sum.
    known = {
        c.slug: c
        for c in Company.objects.select_for_update(no_key=True)
        .filter(slug__in=[parent, child])
        .order_by("pk")
    }
    for name, slug in (("parent", parent), ("child", child)):
        if slug and slug not in known:
            body.refuse(name, unknown("company", slug))
    body.check()
    return Control(parent=known[parent], child=known[child], percent=percent, start=start, end=end)


def _check_sum(draft: Control, others: Iterable[Control]) -> None:
    """Holdings only grow on the day that one of them begins, so those days are all that must be looked at."""
    beside = [other for other in others if _overlap(draft, other)]
    for other in beside:
        if other.parent_id == draft.parent_id:
            since = f"since {other.start}" if other.start else "without a first day"
            cause = (
                f"{_words(other)} already {since}: record that holding again with its last day in `to` first"
            )
            refuse_all({"from": [cause]})
    for day in sorted({max(_start(draft), _start(other)) for other in beside}):
        holding = [draft, *(other for other in beside if _start(other) <= day < _end(other))]
        total = sum(one.percent for one in holding)
        if day < _end(draft) and total > ALL:
            when = f"on {day}" if day > date.min else "from the start"
            listed = ", ".join(map(_words, holding))
            cause = f"{when} {plain(total)} % of {draft.child.slug} would be held: {listed}"
            refuse_all({"percent": [cause]})


def _overlap(one: Control, other: Control) -> bool:
    return _start(one) < _end(other) and _start(other) < _end(one)


def _start(control: Control) -> date:
    return control.start or date.min


def _end(control: Control) -> date:
    return control.end or date.max


def _words(control: Control) -> str:
    return f"{control.parent.slug} holds {plain(control.percent)} %"
