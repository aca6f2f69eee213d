"""Keeps what sources say of how often they may be asked, for whoever watches any process."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta

from governance.core.reading import Allowance
from governance.pipeline import counting, outbox
from governance.pipeline.models import SourceBudget

PAUSE = 5.0
"""Seconds between two writings of one process: many workers that read would wait for the same row."""
_noted: dict[tuple[str, str], float] = {}


def note_asked(source: str, requests: int, allowances: Iterable[Allowance]) -> None:
    """Call it outside of a transaction. What is used up is always written: nobody asks again soon."""
    counting.add("source_requests", source, value=requests)
    for one in allowances:
        key, now = (source, one.name), time.monotonic()
        if one.remaining and now - _noted.get(key, -PAUSE) < PAUSE:
            continue
        _noted[key] = now
        _write(source, one)


def _write(source: str, said: Allowance) -> None:
    now = outbox.database_now()
    resets_at = now + timedelta(seconds=said.resets_in) if said.resets_in is not None else None
    SourceBudget.objects.update_or_create(
        source=source,
        name=said.name[:40],
        defaults={
            "remaining": said.remaining, "quota": said.quota, "resets_at": resets_at, "said_at": now
        },
    )  # fmt: skip
