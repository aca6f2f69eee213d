"""Work rows: put, claim, finish, retry, sweep. Whoever raised the fence last holds the work.

Lease times come from the clock of the database, so that hosts need not agree on theirs.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from governance.logs import request_id
from governance.pipeline import doorbell
from governance.pipeline.models import Kind, Work
from governance.rows import insert_new

_INSTANT = timedelta(milliseconds=1)
"""What is due at once was so an instant ago: SQLite compares times as text, of which its clock writes fewer
digits, so that within one millisecond a row would not be due yet for who was rung for it."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=10)


class FenceLostError(RuntimeError):
    """Somebody else took the work over: what was done for it must be rolled back."""


class AgainError(Exception):
    """Not now: the work is due again `after` seconds (None: back off), and it does not count as a failure."""

    def __init__(self, sentence: str, after: float | None = None) -> None:
        super().__init__(sentence)
        self.after = after


def put(
    kind: str, key: str, payload: Mapping[str, Any] | None = None, due_at: datetime | None = None
) -> None:
    """One piece of work, unless one of that kind and key waits already. Rings after the commit."""
    put_all([(kind, key, payload or {})], due_at)


def put_all(items: Iterable[tuple[str, str, Mapping[str, Any]]], due_at: datetime | None = None) -> None:
    now = database_now()
    stamps = {"due_at": due_at or now - _INSTANT, "created_at": now, "request_id": request_id()}
    rows = [Work(kind=kind, key=key, payload=dict(payload), **stamps) for kind, key, payload in items]
    new = insert_new(rows)
    if due_at is None and new:
        transaction.on_commit(lambda: doorbell.ring(new))


def claim(work_id: int | None = None, *, owner: str, kinds: Collection[str] = Kind.values) -> Work | None:
    """Take one due piece of work (this one, or the one that waits longest); None when there is none.

    Of these kinds only: during an upgrade the work of a newer version is left for a newer worker.
    """
    with transaction.atomic():
        due = Work.objects.filter(state=Work.State.DUE, due_at__lte=Now(), kind__in=kinds)
        due = due.order_by("due_at", "id")
        if work_id is not None:
            due = due.filter(pk=work_id)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(no_key=True, skip_locked=True)
        work = due.first()
        if work is None:
            return None
        taken = Work.objects.filter(pk=work.pk, state=Work.State.DUE, fence=work.fence).update(
            state=Work.State.LEASED,
            fence=F("fence") + 1,
            attempts=F("attempts") + 1,
            lease_owner=owner[:80],
            lease_until=Now() + timedelta(seconds=settings.LEASE_SECONDS),
        )
        if not taken:
            return None
    work.state, work.lease_owner = Work.State.LEASED, owner[:80]
    work.fence, work.attempts = work.fence + 1, work.attempts + 1
    return work


def renew(work: Work) -> bool:
    """Hold it for another lease; False when somebody else took it over."""
    held = Work.objects.filter(pk=work.pk, fence=work.fence, state=Work.State.LEASED)
    return bool(held.update(lease_until=Now() + timedelta(seconds=settings.LEASE_SECONDS)))


def finish(work: Work) -> None:
    """Mark it done, inside the transaction of its results. Raises FenceLostError: then roll back."""
    _move(work, state=Work.State.DONE, finished_at=Now(), last_error="")


def again(work: Work, sentence: str, after: float | None) -> None:
    """Due later, without counting the attempt: the other side is not ready, the work is not at fault."""
    pause = timedelta(seconds=after) if after is not None else backoff(_waits(work) + 1)
    payload = {**work.payload, "waits": _waits(work) + 1}
    _requeue(work, sentence, pause, attempts=max(0, work.attempts - 1), payload=payload)
    if after == 0:
        transaction.on_commit(lambda: doorbell.ring([work.pk]))


def fail(work: Work, sentence: str) -> bool:
    """Count a failure; answers whether the work is dead now."""
    if work.attempts >= settings.MAX_ATTEMPTS:
        _move(work, state=Work.State.DEAD, finished_at=Now(), last_error=sentence)
        return True
    _requeue(work, sentence, backoff(work.attempts))
    return False


def _requeue(work: Work, sentence: str, pause: timedelta, **fields: Any) -> None:
    """Back into the queue, unless an equal piece waits there already: that one will do, and no sooner."""
    twin = Work.objects.filter(kind=work.kind, key=work.key, state=Work.State.DUE).exclude(pk=work.pk)
    if twin.exists():
        twin.filter(due_at__lt=Now() + pause).update(due_at=Now() + (pause - _INSTANT), last_error=sentence)
        _move(work, state=Work.State.DONE, finished_at=Now(), last_error=sentence)
    else:
        _move(work, state=Work.State.DUE, due_at=Now() + (pause - _INSTANT), last_error=sentence, **fields)


def _waits(work: Work) -> int:
    return int(work.payload.get("waits", 0))


def _move(work: Work, **fields: Any) -> None:
    held = Work.objects.filter(pk=work.pk, fence=work.fence, state=Work.State.LEASED)
    if not held.update(lease_owner="", lease_until=None, **fields):
        raise FenceLostError(f"work {work.pk} was taken over")


def backoff(attempt: int, chance: random.Random | None = None) -> timedelta:
    """Exponential, bounded, with full jitter upward from half."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempt - 1, 20))
    return longest * (chance or random.SystemRandom()).uniform(0.5, 1)


def release_expired(mourn: Callable[[Work, str], None] | None = None) -> int:
    """Work whose holder went silent is due again, or dead when it was tried often enough.

    `mourn` is called for what died, in the same transaction.
    """
    gone = Work.objects.filter(state=Work.State.LEASED, lease_until__lte=Now())
    released = 0
    for work in gone.order_by("lease_until")[:500]:
        sentence = f"{work.lease_owner or 'a worker'} took it and went silent"
        try:
            with transaction.atomic():
                if fail(work, sentence) and mourn:
                    mourn(work, sentence)
            released += 1
        except FenceLostError:
            continue
    return released


def revive(work: Work) -> None:
    """A person asks for dead work to be tried again. Where an equal piece waits already, that one will do."""
    dead = Work.objects.filter(pk=work.pk, state=Work.State.DEAD)
    if Work.objects.filter(kind=work.kind, key=work.key, state=Work.State.DUE).exists():
        dead.update(state=Work.State.DONE)
    elif dead.update(state=Work.State.DUE, due_at=Now(), attempts=0, finished_at=None):
        transaction.on_commit(lambda: doorbell.ring([work.pk]))


def database_now() -> datetime:
    """The clock of the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0]  # type: ignore[no-any-return]
        cursor.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')")
        return datetime.fromisoformat(cursor.fetchone()[0])
