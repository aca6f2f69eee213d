"""Work that is dead, due or under way, and who lives to do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from governance.alerts.channels import shown_address
from governance.alerts.models import Delivery
from governance.pipeline.components import Condition
from governance.pipeline.condition import conditions, failing
from governance.pipeline.figures import UNTOLD, Figures, figures
from governance.pipeline.models import Work

TABS = {"dead": "Failed for good", "due": "Waiting", "leased": "Under way", "done": "Done"}
KINDS = {
    "sync": "Read a model",
    "judge": "Judge",
    "check": "Check that was asked for",
    "deliver": "Send a message",
    "tick": "Periodic work",
    "look": "Look at a page that shows a duty",
}


def counts() -> dict[str, int]:
    counted = Work.objects.values("state").annotate(n=Count("pk"))
    found = {one["state"]: one["n"] for one in counted}
    return {state: found.get(state, 0) for state in TABS}


def found(state: str) -> QuerySet[Work]:
    order = {"due": ("due_at", "id"), "leased": ("lease_until", "id")}.get(state, ("-finished_at", "-id"))
    return Work.objects.filter(state=state).order_by(*order)


COMPONENTS = {
    "database": "Database",
    "broker": "Broker",
    "migrations": "Migrations",
    "worker": "Workers",
    "ticker": "Ticker",
    "work": "Queue",
    "mail": "Messages",
    "dead": "Failed work",
}


@dataclass(frozen=True)
class Health:
    """What a person needs to know who was just woken."""

    tone: str
    sentence: str
    remedy: str
    components: list[Condition]
    figures: Figures
    untold: list[Delivery]
    """The newest messages that a channel did not take."""


def health() -> Health:
    found = conditions()
    tone, sentence, remedy = headline(found)
    untold = Delivery.objects.exclude(error="").filter(status__in=UNTOLD)
    return Health(tone, sentence, remedy, found, figures(), list(untold.order_by("-id")[:5]))


def headline(found: Sequence[Condition]) -> tuple[str, str, str]:
    """Tone, one sentence, and what to do first."""
    faults = failing(found)
    warnings = [one for one in found if not one.ok and not one.required]
    if faults:
        causes = " ".join(f"{COMPONENTS[one.component]}: {one.detail}" for one in faults[:3])
        return "red", causes, faults[0].remedy
    if warnings:
        details, remedies = ([one.detail for one in warnings], [one.remedy for one in warnings])
        return "amber", " ".join(details), " ".join(remedies)
    return "green", "All is well: everybody shows signs of life, and nothing waits for long.", ""


def deliveries(status: str = "", q: str = "") -> QuerySet[Delivery]:
    rows = Delivery.objects.select_related("event").order_by("-created_at", "-id")
    rows = rows.filter(status=status) if status else rows
    return rows.filter(recipient__in=_shown_with(q)) if q else rows


def _shown_with(q: str) -> list[str]:
    """Recipients with that in what is shown of them: nobody finds out the rest of an address by searching."""
    found = Delivery.objects.filter(recipient__icontains=q).values_list("channel", "recipient").distinct()
    return [one for channel, one in found if q.lower() in shown_address(channel, one).lower()]
