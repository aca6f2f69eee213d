"""Who is told of an event: the addresses of the settings, and those who subscribed.

The settings' addresses get everything. A subscription of the same address takes its place, so that it can
be narrowed or ended.
"""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.db.models import QuerySet

from governance.alerts.models import Kind, Subscription

EMAIL = "email"
Recipient = tuple[str, str]
"""(channel, address)"""


def recipients(kind: Kind, environments: Collection[str]) -> list[Recipient]:
    """Everybody who wants this kind from one of these environments, each once.

    An event of no environment concerns all of them.
    """
    rows = list(Subscription.objects.order_by("id"))
    chosen = {_key(EMAIL, address): (EMAIL, address) for address in settings.ALERT_EMAILS}
    for row in rows:
        chosen.pop(_key(row.channel, row.address), None)
    for row in rows:
        if row.active and _wants(row, kind, environments):
            chosen.setdefault(_key(row.channel, row.address), (row.channel, row.address))
    return list(chosen.values())


def why(channel: str, address: str) -> str:
    """Why this recipient is told, as a sentence for the foot of a message."""
    row = subscriptions(channel, address).first()
    if row is None:
        return f"You get this because {address} is an alert address of this site (ALERT_EMAILS)."
    kinds = ", ".join(Kind(kind).label.lower() for kind in row.kinds if kind in Kind.values) or "all events"
    where = f" in {', '.join(row.environments)}" if row.environments else ""
    return f"You get this because {address} is subscribed to {kinds}{where}."


def subscriptions(channel: str, address: str) -> QuerySet[Subscription]:
    """Of this address, of which there is one at most. Only mail makes no difference of case."""
    lookup = "address__iexact" if channel == EMAIL else "address"
    return Subscription.objects.filter(channel=channel, **{lookup: address})


def _wants(row: Subscription, kind: Kind, environments: Collection[str]) -> bool:
    wanted = not row.kinds or kind in row.kinds
    return wanted and (
        not row.environments or not environments or not set(environments).isdisjoint(row.environments)
    )


def _key(channel: str, address: str) -> Recipient:
    return channel, address.strip().lower() if channel == EMAIL else address
