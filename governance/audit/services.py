"""Append to the log, and prove that nobody changed it since."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from governance.audit.models import Entry, Head
from governance.core.reading import canonical_json


def append(
    *, at: datetime, actor: str, action: str, object: str, detail: Mapping[str, Any] | None = None
) -> Entry:
    """Add one entry. Call it last inside the transaction of what it tells of: all writers wait here, and
    who waits must not hold what the one in front still needs."""
    entry = Entry(
        at=at.astimezone(UTC),
        actor=_plain(actor)[:150],
        action=action,
        object=_plain(object)[:300],
        detail=_plain(dict(detail or {})),
    )
    head, _ = Head.objects.select_for_update(no_key=True).get_or_create(number=1)
    entry.previous = head.hash
    entry.hash = digest_of(entry)
    entry.save(force_insert=True)
    Head.objects.filter(number=1).update(hash=entry.hash)
    return entry


def _plain(value: Any) -> Any:
    """The value as every database gives it back: else an honest entry would not verify later."""
    if isinstance(value, Mapping):
        return {_plain(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return int(value) if value.is_integer() else value if math.isfinite(value) else str(value)
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return value if isinstance(value, bool | int | None) else str(value)


def digest_of(entry: Entry) -> str:
    told = [entry.at.astimezone(UTC).isoformat(), entry.actor, entry.action, entry.object, entry.detail]
    return hashlib.sha256((entry.previous + canonical_json(told)).encode()).hexdigest()


def first_fault() -> str:
    """Walk the whole chain; empty when it verifies, else a sentence naming the first entry that does not."""
    previous = ""
    for entry in Entry.objects.order_by("id").iterator():
        if entry.previous != previous or entry.hash != digest_of(entry):
            return f"Entry {entry.pk} of the log does not follow from the one before it."
        previous = entry.hash
    head = Head.objects.filter(number=1).first()
    if (head.hash if head else "") != previous:
        return "The end of the log is missing."
    return ""
