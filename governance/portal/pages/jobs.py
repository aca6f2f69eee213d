"""Work that is dead, due or under way, and who lives to do it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from governance.alerts.models import Delivery
from governance.pipeline.models import Heartbeat, Work

TABS = {"dead": "Failed for good", "due": "Waiting", "leased": "Under way", "done": "Done"}
KINDS = {
    "sync": "Read a model",
    "judge": "Judge",
    "check": "Check that was asked for",
    "deliver": "Send a message",
    "tick": "Periodic work",
}


def counts() -> dict[str, int]:
    counted = Work.objects.values("state").annotate(n=Count("pk"))
    found = {one["state"]: one["n"] for one in counted}
    return {state: found.get(state, 0) for state in TABS}


def found(state: str) -> QuerySet[Work]:
    order = {"due": ("due_at", "id"), "leased": ("lease_until", "id")}.get(state, ("-finished_at", "-id"))
    return Work.objects.filter(state=state).order_by(*order)


def health(now: datetime) -> dict[str, Any]:
    """Whether anybody works, and since when the oldest due work waits."""
    oldest = Work.objects.filter(state=Work.State.DUE, due_at__lte=now).order_by("due_at").first()
    return {"oldest": oldest, "beats": list(Heartbeat.objects.order_by("-beat_at")[:20])}


def deliveries(status: str = "", q: str = "") -> QuerySet[Delivery]:
    rows = Delivery.objects.select_related("event").order_by("-created_at", "-id")
    rows = rows.filter(status=status) if status else rows
    return rows.filter(recipient__icontains=q) if q else rows
