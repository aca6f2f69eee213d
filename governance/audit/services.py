"""Append to the log, and prove that nobody changed it since."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from governance.audit.models import Entry, Head
from governance.core.reading import canonical_json


def append(
    *, at: datetime, actor: str, action: str, object: str, detail: Mapping[str, Any] | None = None
) -> Entry:
    """Add one entry. Call it inside the transaction of what it tells of."""
    head, _ = Head.objects.select_for_update().get_or_create(number=1)
    entry = Entry(
        at=at, actor=actor, action=action, object=object[:300], detail=dict(detail or {}), previous=head.hash
    )
    entry.hash = digest_of(entry)
    entry.save(force_insert=True)
    Head.objects.filter(number=1).update(hash=entry.hash)
    return entry


def digest_of(entry: Entry) -> str:
    told = [entry.at.isoformat(), entry.actor, entry.action, entry.object, entry.detail]
    return hashlib.sha256((entry.previous + canonical_json(told)).encode()).hexdigest()


def first_fault() -> str:
    """Walk the whole chain; empty when it verifies, else a sentence naming the first entry that does not."""
    previous = ""
    for entry in Entry.objects.order_by("id").iterator():
        if entry.previous != previous or entry.hash != digest_of(entry):
            return f"Entry {entry.pk} of the log does not follow from the one before it."
        previous = entry.hash
    head = Head.objects.filter(number=1).first()
    if head is not None and head.hash != previous:
        return "The end of the log is missing."
    return ""
