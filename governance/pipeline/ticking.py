"""Periodic work: one row per job and slot. Two tickers cannot double it, and a missed hour runs once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from governance.compliance.cases import IN_USE, in_use
from governance.compliance.models import Case, Standing, Subject, Violation, Waiver
from governance.discovery import catalog
from governance.pipeline import doorbell, outbox
from governance.pipeline.announcing import announce_expiring
from governance.pipeline.chaos import maybe_die
from governance.pipeline.giving_up import given_up
from governance.pipeline.looking import look_again
from governance.pipeline.models import Heartbeat, IdempotencyRecord, Kind, Tick, Work
from governance.pipeline.queueing import judge_again, queue_judging
from governance.pipeline.syncing import sync_of
from governance.registry.models import Model, State

KEEP = timedelta(days=2)
NEWER_SECONDS = 60
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
    with transaction.atomic():
        taken = first(job, begins, now)
        if taken:
            outbox.put(Kind.TICK, f"{job}:{begins.isoformat()}", {"job": job})
    return taken


def first(job: str, begins: datetime, now: datetime) -> bool:
    """Whether nobody took the slot before; of many who ask, one hears yes."""
    if Tick.objects.filter(job=job, slot=begins).exists():
        return False
    _, created = Tick.objects.get_or_create(job=job, slot=begins, defaults={"created_at": now})
    return created


def run(work: Work) -> None:
    job = work.payload["job"]
    if job not in JOBS:
        raise outbox.AgainError(f"This version knows no job {job}: a newer worker will do it.", NEWER_SECONDS)
    with transaction.atomic():
        JOBS[job][1](timezone.now())
        outbox.finish(work)


def sweep() -> int:
    """Release expired leases and ring again for what waits; answers how many were released.

    Runs in every worker, and a slot guards it so that one of them acts.
    """
    now = outbox.database_now()
    if not first("sweep", slot(now, settings.SWEEP_SECONDS), now):
        return 0
    released = outbox.release_expired(given_up)
    # Only what this version knows: what waits for a newer one must not keep the rest from being rung for.
    waiting = Work.objects.filter(state=Work.State.DUE, due_at__lte=now, kind__in=Kind.values)
    doorbell.ring(waiting.order_by("due_at", "id").values_list("pk", flat=True)[:200], again=True)
    return released


def judge_run_out(now: datetime) -> None:
    """Cases whose verdicts end, that a change left unjudged, or with subjects that are out of line.

    Work that died is for a person to look at: it is not made again until something changes.
    """
    stale = Q(judge_again_at__lte=now) | Q(judged_changes__lt=F("changes")) | Q(judged_at=None)
    behind = Subject.objects.filter(IN_USE, Q(settled=False) | Q(waived_until__lte=now)).values("case")
    cases = Case.objects.filter(stale | Q(pk__in=behind))
    judged_at = dict(cases.filter(pk__in=in_use(cases)).values_list("pk", "judged_at"))
    queue_judging(sorted(judged_at.keys() - _given_up(judged_at)), f"run-out:{now.isoformat()}", "run-out")


def _given_up(judged_at: Mapping[int, datetime | None]) -> set[int]:
    """Those whose judging died after they were judged last."""
    dead = Work.objects.filter(kind=Kind.JUDGE, state=Work.State.DEAD)
    return {
        case
        for payload, died in dead.values_list("payload", "finished_at")
        for case in payload["cases"]
        if case in judged_at and _before(judged_at[case], died)
    }


def _before(judged_at: datetime | None, died: datetime | None) -> bool:
    return judged_at is None or died is None or judged_at < died


def judge_other_versions(now: datetime) -> None:
    """Cases whose standing verdicts come from another version of a policy than the one installed."""
    versions = {key: policy.version for key, policy in catalog().policies.items()}
    asked = Standing.objects.filter(assignment__removed_at=None)
    found = asked.order_by().values_list("verdict__policy", "verdict__policy_version").distinct()
    for key, version in found:
        if versions.get(key, 0) != version:
            rows = asked.filter(verdict__policy=key, verdict__policy_version=version)
            judge_again(Case.objects.filter(pk__in=rows.values("case")), f"version:{key}")


def sync_all(now: datetime) -> None:
    """Look at every model again: the Hub's own messages are only hints."""
    models = Model.objects.exclude(state=State.REPLACED).prefetch_related("refs")
    outbox.put_all(
        sync_of(model, ref)
        for model in models
        for ref in sorted({model.ref, *(row.name for row in model.refs.all())})
    )


def warn_of_waivers(now: datetime) -> None:
    """Tell of waivers that end soon, once for each distance, where the breach is still open."""
    rows = Waiver.objects.filter(
        status=Waiver.Status.APPROVED, until__gt=now, violation__status=Violation.Status.OPEN
    )
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
    "judge-other-versions": (3600, judge_other_versions),
    "warn-of-waivers": (3600, warn_of_waivers),
    "look-again": (3600, look_again),
    "forget-old": (86400, forget_old),
    "sync-all": (settings.SYNC_HOURS * 3600, sync_all),
}
