"""How much waits, runs, died and is untold: a few indexed queries, the same for /metrics and for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q

from governance.alerts.models import Delivery
from governance.pipeline import outbox
from governance.pipeline.models import Heartbeat, SourceBudget, Tick, Work
from governance.registry.models import Model

UNTOLD = (Delivery.Status.WAITING, Delivery.Status.REFUSED, Delivery.Status.FAILED)


@dataclass(frozen=True)
class Queue:
    """Work of one kind. What is done is not counted: it is deleted after a while."""

    kind: str
    due: int = 0
    """Waiting, also for a later time."""
    late: int = 0
    """Due by now."""
    retried: int = 0
    """Waiting, and failed or put off before."""
    oldest: datetime | None = None
    """Since when the oldest of what is due by now waits."""
    leased: int = 0
    expired: int = 0
    """Leases that ran out and that no sweep has found yet."""
    dead: int = 0
    dead_since: datetime | None = None

    @property
    def later(self) -> int:
        return self.due - self.late


@dataclass(frozen=True)
class Untold:
    """Deliveries of one channel that did not arrive (yet)."""

    channel: str
    status: str
    count: int
    oldest: datetime


@dataclass(frozen=True)
class Figures:
    now: datetime
    queues: list[Queue]
    untold: list[Untold]
    beats: list[Heartbeat]
    budgets: list[SourceBudget]
    last_sweep: datetime | None
    models: int
    last_read: datetime | None
    """When a model was last read from its source with success."""


def figures() -> Figures:
    now = outbox.database_now()
    read = Model.objects.aggregate(n=Count("pk"), last=Max("synced_at"))
    sweep = Tick.objects.filter(job="sweep").order_by("-slot").values_list("slot", flat=True).first()
    return Figures(
        now=now,
        queues=queues(now),
        untold=untold(),
        beats=list(Heartbeat.objects.order_by("-beat_at")[:100]),
        budgets=list(SourceBudget.objects.order_by("source", "name")),
        last_sweep=sweep,
        models=read["n"],
        last_read=read["last"],
    )


def queues(now: datetime) -> list[Queue]:
    waits, past = Work.objects.filter(state=Work.State.DUE), Q(due_at__lte=now)
    found = [
        waits.values("kind").annotate(
            due=Count("pk"),
            late=Count("pk", filter=past),
            retried=Count("pk", filter=~Q(last_error="")),
            oldest=Min("due_at", filter=past),
        ),
        Work.objects.filter(state=Work.State.LEASED)
        .values("kind")
        .annotate(leased=Count("pk"), expired=Count("pk", filter=Q(lease_until__lte=now))),
        Work.objects.filter(state=Work.State.DEAD)
        .values("kind")
        .annotate(dead=Count("pk"), dead_since=Min("finished_at")),
    ]
    merged: dict[str, dict[str, object]] = {}
    for row in (row for rows in found for row in rows.order_by()):
        merged.setdefault(row["kind"], {}).update(row)
    return [Queue(**merged[kind]) for kind in sorted(merged)]  # type: ignore[arg-type]


def untold() -> list[Untold]:
    rows = Delivery.objects.filter(status__in=UNTOLD).order_by().values("channel", "status")
    rows = rows.annotate(count=Count("pk"), oldest=Min("created_at"))
    return [Untold(**row) for row in rows.order_by("channel", "status")]
