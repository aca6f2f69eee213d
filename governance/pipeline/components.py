"""One look at each component of the platform, told in sentences for who is woken at night.

They tell no names of hosts, models or people: strangers read them at /readyz.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min

from governance.alerts.models import Delivery
from governance.pipeline.consuming import stuck_for
from governance.pipeline.models import Heartbeat, Work

BROKER_SECONDS = 0.5
SILENT_SECONDS = 45
"""At least; a component that shows itself seldom is given three times its pause."""
LATE_MAIL = timedelta(minutes=15)


@dataclass(frozen=True)
class Condition:
    """`required`: without it the platform is not ready; the others are warnings."""

    component: str
    ok: bool
    detail: str
    since: datetime | None = None
    """Since when it fails, where that is known."""
    remedy: str = ""
    """What to do about it, as a sentence."""
    required: bool = True

    def as_json(self) -> dict[str, object]:
        since = self.since and self.since.isoformat()
        told = {"component": self.component, "ok": self.ok, "required": self.required, "detail": self.detail}
        return {**told, "since": since, "remedy": self.remedy}


def broker() -> Condition:
    if settings.EMBEDDED:
        return Condition("broker", True, "None is needed: one process does everything.")
    remedy = "Look whether Redis runs and can be reached from here (REDIS_URL). Nothing is lost meanwhile."
    times = {"socket_timeout": BROKER_SECONDS, "socket_connect_timeout": BROKER_SECONDS}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **times, retry=None) as server:
            server.ping()
    except redis.RedisError as fault:
        detail = f"It cannot be reached or refuses us ({type(fault).__name__}): workers are not rung for."
        return Condition("broker", False, detail, remedy=remedy)
    return Condition("broker", True, "It answers.")


_migrated = False


def _migrations(now: datetime) -> Condition:
    """Once complete, they stay so for the life of the process."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if missing:
            detail = f"{len(missing)} migrations are missing."
            return Condition("migrations", False, detail, remedy="Run manage.py migrate.")
        _migrated = True
    return Condition("migrations", True, "All are applied.")


def _worker(now: datetime) -> Condition:
    """It must show itself, and it must take what is due."""
    silent = _silent("worker", now, settings.SWEEP_SECONDS)
    if silent:
        return replace(silent, remedy="Start one (manage.py worker), or see the log of the one that ended.")
    stuck = stuck_for(now)
    if stuck:
        detail = f"Workers live, but take nothing for {stuck:.0f} s although work is due."
        remedy = "Each ends itself then and must be started again: see that it is, and look at the broker."
        return Condition("worker", False, detail, now - timedelta(seconds=stuck), remedy)
    return Condition("worker", True, "They live and take what is due.")


def _ticker(now: datetime) -> Condition:
    silent = _silent("ticker", now, settings.TICK_SECONDS)
    remedy = "Start one (manage.py ticker): without it nothing periodic happens, and verdicts run out."
    return replace(silent, remedy=remedy) if silent else Condition("ticker", True, "It lives.")


def _silent(role: str, now: datetime, pause: int) -> Condition | None:
    """None while one of this role shows itself."""
    patience = max(SILENT_SECONDS, 3 * pause)
    rows = Heartbeat.objects.filter(component__startswith=f"{role}@").order_by("-beat_at")
    last = rows.values_list("beat_at", flat=True).first()
    if last and now - last < timedelta(seconds=patience):
        return None
    told = f"for {patience} s" if last else "yet"
    return Condition(role, False, f"No {role} was heard of {told}.", last)


def _work(now: datetime) -> Condition:
    rows = Work.objects.filter(state=Work.State.DUE, due_at__lte=now).order_by("due_at")
    oldest = rows.values_list("due_at", flat=True).first()
    late = (now - oldest).total_seconds() if oldest else 0
    if oldest and late > settings.LATE_WORK_SECONDS:
        detail = f"The oldest due work waits for {late:.0f} s, more than {settings.LATE_WORK_SECONDS} s."
        remedy = "If workers live, there are too few for what is asked: start more, or wait until it is done."
        return Condition("work", False, detail, oldest, remedy)
    return Condition(
        "work", True, f"The oldest due work waits for {late:.0f} s." if oldest else "None waits."
    )


def _mail(now: datetime) -> Condition:
    rows = Delivery.objects.filter(status=Delivery.Status.WAITING, created_at__lte=now - LATE_MAIL)
    late = rows.aggregate(n=Count("pk"), oldest=Min("created_at"))
    if late["n"]:
        hours = (now - late["oldest"]).total_seconds() / 3600
        what = "1 message waits" if late["n"] == 1 else f"{late['n']} messages wait"
        detail = f"{what} to be sent, the oldest for {hours:.1f} h."
        remedy = "The page of messages tells what each channel answered. They are tried until they are taken."
        return Condition("mail", False, detail, late["oldest"], remedy, required=False)
    return Condition("mail", True, "No message waits for long.", required=False)


def _dead(now: datetime) -> Condition:
    dead = Work.objects.filter(state=Work.State.DEAD).aggregate(n=Count("pk"), oldest=Min("finished_at"))
    if dead["n"]:
        what = "1 job has" if dead["n"] == 1 else f"{dead['n']} jobs have"
        remedy = "See each error on the page of jobs, mend the cause, and let them be tried again there."
        return Condition("dead", False, f"{what} failed for good.", dead["oldest"], remedy, required=False)
    return Condition("dead", True, "No job has failed for good.", required=False)


LOOKS: dict[str, Callable[[datetime], Condition]] = {
    "migrations": _migrations,
    "worker": _worker,
    "ticker": _ticker,
    "work": _work,
    "mail": _mail,
    "dead": _dead,
}
WARNINGS = frozenset({"mail", "dead"})
