"""Notices that the platform is stuck, and tells people: once when it begins, and once when it is over.

Web, ticker and workers all watch, and a slot lets one of them act at a time, so that it needs no worker to
tell that none works: the message is an ordinary delivery that whoever watches hands over itself. When the
database is gone or nobody lives at all, nobody here can tell; for that an address outside is asked each
minute while all is well (HEARTBEAT_URL), and who listens there notices that it is asked no more.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from governance.alerts.models import Delivery
from governance.alerts.models import Kind as EventKind
from governance.pipeline import execution, outbox
from governance.pipeline.announcing import announce_resumed, announce_stuck
from governance.pipeline.components import Condition
from governance.pipeline.condition import conditions, failing
from governance.pipeline.models import Episode, Kind, Work
from governance.pipeline.opening import PageError, open_page
from governance.pipeline.ticking import first, slot

WATCH_SECONDS, PING_SECONDS = 10, 60
WATCHED = ("worker", "ticker", "work", "mail")
IMPLIED = {"work": "worker"}
"""What needs no message of its own where the cause has one."""
GRACE, SETTLED = timedelta(seconds=30), timedelta(seconds=60)
"""What fails for a shorter time is not told; what is well for a shorter time may fail again."""
MOST_SENT = 5
"""At a time: a mail server that hangs must not keep the watch from looking."""
log = logging.getLogger(__name__)


def watch() -> None:
    """One look. Runs in every process of the platform; of all that look in one slot, one acts."""
    now = outbox.database_now()
    if not first("watch", slot(now, WATCH_SECONDS), now):
        return
    found = conditions()
    note(found, now)
    send_ourselves()
    if not failing(found) and first("ping", slot(now, PING_SECONDS), now):
        _ping()


def note(found: Collection[Condition], now: datetime) -> None:
    """Begin, tell and end episodes."""
    ill = {one.component: one for one in found if not one.ok and one.component in WATCHED}
    with transaction.atomic():
        rows = {row.component: row for row in Episode.objects.filter(ended_at=None).order_by("id")}
        for name, one in ill.items():
            if IMPLIED.get(name) not in ill:
                rows.setdefault(name, _begun(one, now))
        _tell([rows[name] for name in ill if name in rows], ill, now)
        _end([row for name, row in rows.items() if name not in ill], now)


def _begun(one: Condition, now: datetime) -> Episode:
    return Episode.objects.get_or_create(
        component=one.component, ended_at=None, defaults={"detail": one.detail, "began_at": now}
    )[0]


def _tell(rows: Iterable[Episode], ill: dict[str, Condition], now: datetime) -> None:
    """One message for all that fail for long enough now and of which nobody was told."""
    told = []
    for row in rows:
        Episode.objects.filter(pk=row.pk).exclude(well_since=None).update(well_since=None)
        if row.told_at is None and now - row.began_at >= GRACE:
            told.append(row)
            log.critical("%s fails: %s", row.component, ill[row.component].detail)
    if told:
        Episode.objects.filter(pk__in=[row.pk for row in told]).update(told_at=now)
        announce_stuck([ill[row.component] for row in told], _key(told))


def _end(rows: Iterable[Episode], now: datetime) -> None:
    """What is well for long enough is over; what nobody was told of is forgotten."""
    over = []
    for row in rows:
        if row.told_at is None:
            row.delete()
        elif row.well_since is None:
            Episode.objects.filter(pk=row.pk).update(well_since=now)
        elif now - row.well_since >= SETTLED:
            over.append(row)
    if over:
        Episode.objects.filter(pk__in=[row.pk for row in over]).update(ended_at=now)
        announce_resumed({row.component: (row.well_since or now) - row.began_at for row in over}, _key(over))
        log.warning("well again: %s", ", ".join(row.component for row in over))


def _key(rows: Iterable[Episode]) -> str:
    return "+".join(str(row.pk) for row in rows)


def send_ourselves() -> None:
    """Hand over what tells of being stuck while no worker does it."""
    if not Episode.objects.filter(component__in=("worker", "work"), ended_at=None).exists():
        return
    about = Delivery.objects.filter(
        status=Delivery.Status.WAITING, event__kind__in=(EventKind.WORK_STUCK, EventKind.WORK_RESUMED)
    )
    keys = [str(pk) for pk in about.values_list("pk", flat=True)[:50]]
    due = Work.objects.filter(kind=Kind.DELIVER, key__in=keys, state=Work.State.DUE)
    for pk in due.order_by("due_at").values_list("pk", flat=True)[:MOST_SENT]:
        execution.run(pk, as_worker=False)


def _ping() -> None:
    """The address stands in the settings, so it may be one of the own network."""
    if not settings.HEARTBEAT_URL:
        return
    try:
        open_page(settings.HEARTBEAT_URL, allowed=lambda _: True, seconds=5)
    except PageError as fault:
        log.warning("HEARTBEAT_URL could not be asked: %s", fault)
