"""Whether work is taken: a worker that is up but consumes nothing must be found, by itself and by others.

Progress is work that is claimed, or a lease that is renewed: who has long work in hand is busy and not stuck,
and a process that was frozen renews nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Min

from governance.pipeline.heartbeat import LENT, component, lease_prefix
from governance.pipeline.models import Heartbeat, Kind, Work


def stuck_for(now: datetime, started: datetime | None = None) -> float:
    """Seconds for which work has waited and nothing was taken; 0 while it flows.

    With `started` only what this worker does counts, since then; else what any worker does.
    """
    waiting = _waiting_since(now)
    moved = max(filter(None, (started, *_signs_of_progress(own=started is not None))), default=None)
    since = waiting and max(waiting, moved or waiting)
    seconds = (now - since).total_seconds() if since else 0.0
    return seconds if seconds > settings.STUCK_SECONDS else 0.0


def _waiting_since(now: datetime) -> datetime | None:
    """Since when the oldest work waits for somebody to take it, or for a sign of who took it.

    Work of kinds that only a newer version knows waits for a newer worker.
    """
    known = Work.objects.filter(kind__in=Kind.values)
    due = known.filter(state=Work.State.DUE, due_at__lte=now).order_by("due_at").values_list("due_at").first()
    held = known.filter(state=Work.State.LEASED).aggregate(until=Min("lease_until"))["until"]
    return min((*(due or ()), *([_renewed(held)] if held else ())), default=None)


def _signs_of_progress(*, own: bool) -> tuple[datetime | None, datetime | None]:
    beats, held = Heartbeat.objects.all(), Work.objects.filter(state=Work.State.LEASED)
    held = held.exclude(lease_owner__startswith=LENT)
    if own:
        beats = beats.filter(component=component("worker"))
        held = held.filter(lease_owner__startswith=lease_prefix())
    until = held.aggregate(until=Max("lease_until"))["until"]
    return beats.aggregate(at=Max("claimed_at"))["at"], until and _renewed(until)


def _renewed(until: datetime) -> datetime:
    return until - timedelta(seconds=settings.LEASE_SECONDS)
