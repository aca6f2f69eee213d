"""Periodic work: one row per job and slot. Two tickers cannot double it, and a missed hour runs once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from governance.compliance.models import Subject, Waiver
from governance.pipeline import doorbell, outbox
from governance.pipeline.announcing import announce_expiring
from governance.pipeline.chaos import maybe_die
from governance.pipeline.giving_up import given_up
from governance.pipeline.models import Heartbeat, IdempotencyRecord, Kind, Tick, Work
from governance.pipeline.queueing import queue_judging
from governance.pipeline.syncing import queue_sync
from governance.registry.models import Model, State

KEEP = timedelta(days=2)
WARN_BEFORE = (timedelta(days=14), timedelta(days=3))


def slot(now: datetime, seconds: int) -> datetime:
    """The beginning of the period of this length that `now` lies in."""
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)


def tick() -> list[str]:
    """Queue every job whose slot nobody took yet; answers their names. Runs in each ticker."""
    now = outbox.database_now()
    due = [job for job, (seconds, _) in JOBS.items() if _take(job, slot(now, seconds), now)]
    maybe_die("tick_committed")
    return due


def _take(job: str, begins: datetime, now: datetime) -> bool:
    if Tick.objects.filter(job=job, slot=begins).exists():
        return False
    with transaction.atomic():
        row = Tick(job=job, slot=begins, created_at=now)
        Tick.objects.bulk_create([row], ignore_conflicts=True)
        if not Tick.objects.filter(job=job, slot=begins, created_at=now).exists():
            return False
        outbox.put(Kind.TICK, f"{job}:{begins.isoformat()}", {"job": job})
    return True


def run(work: Work) -> None:
    with transaction.atomic():
        JOBS[work.payload["job"]][1](timezone.now())
        outbox.finish(work)


def sweep() -> int:
    """Release expired leases and ring again for what waits; answers how many were released.

    Runs in every worker, and a slot guards it so that one of them acts.
    """
    now = outbox.database_now()
    begins = slot(now, settings.SWEEP_SECONDS)
    row = Tick(job="sweep", slot=begins, created_at=now)
    Tick.objects.bulk_create([row], ignore_conflicts=True)
    if not Tick.objects.filter(job="sweep", slot=begins, created_at=now).exists():
        return 0
    released = outbox.release_expired(given_up)
    waiting = Work.objects.filter(state=Work.State.DUE, due_at__lte=now).order_by("due_at", "id")
    doorbell.ring(waiting.values_list("pk", flat=True)[:200])
    return released


def judge_run_out(now: datetime) -> None:
    """Subjects whose verdicts or waivers end, and those that a change left unjudged."""
    stale = Q(judge_again_at__lte=now) | Q(judged_changes__lt=F("changes")) | Q(judged_at=None)
    subjects = Subject.objects.filter(stale, Q(deployment=None) | Q(deployment__retired_at=None))
    queue_judging(sorted(subjects.values_list("pk", flat=True)), f"run-out:{slot(now, 60).isoformat()}")


def sync_all(now: datetime) -> None:
    """Look at every model again: the Hub's own messages are only hints."""
    for model in Model.objects.exclude(state=State.REPLACED):
        for ref in {model.ref, *model.refs.values_list("name", flat=True)}:
            queue_sync(model, ref)


def warn_of_waivers(now: datetime) -> None:
    """Tell of waivers that end soon, once for each distance."""
    rows = Waiver.objects.filter(status=Waiver.Status.APPROVED, until__gt=now)
    for waiver in rows.select_related("violation__subject__deployment", "violation__subject__model"):
        near = [days.days for days in WARN_BEFORE if waiver.until - now <= days]
        if near:
            announce_expiring(waiver, min(near), now)


def forget_old(now: datetime) -> None:
    """Done work, old slots and old answers: none of them is a record that somebody reads later."""
    Work.objects.filter(state=Work.State.DONE, finished_at__lt=now - KEEP).delete()
    Tick.objects.filter(slot__lt=now - KEEP).delete()
    Heartbeat.objects.filter(beat_at__lt=now - KEEP).delete()
    IdempotencyRecord.objects.filter(created_at__lt=now - KEEP).delete()


JOBS: dict[str, tuple[int, Callable[[datetime], None]]] = {
    "judge-run-out": (60, judge_run_out),
    "warn-of-waivers": (3600, warn_of_waivers),
    "forget-old": (86400, forget_old),
    "sync-all": (settings.SYNC_HOURS * 3600, sync_all),
}


def oldest_due() -> float:
    """For how many seconds the oldest due work has been waiting; 0 when nothing is due."""
    now = outbox.database_now()
    due = Work.objects.filter(state=Work.State.DUE, due_at__lte=now).order_by("due_at").first()
    return (now - due.due_at).total_seconds() if due else 0.0
