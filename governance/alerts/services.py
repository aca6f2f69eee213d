"""Announce events, and keep account of each telling. Sending itself is the work of a notifier."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from governance.alerts.context import Context
from governance.alerts.models import Delivery, Event, Kind
from governance.alerts.recipients import recipients
from governance.alerts.rendering import message_for, message_id
from governance.alerts.subscribing import end, subscribe, unsubscribe
from governance.core.notifier import Message

__all__ = [
    "Context",
    "announce",
    "begin_send",
    "end",
    "mark_delivered",
    "mark_refused",
    "render",
    "subscribe",
    "unsubscribe",
]


@transaction.atomic
def announce(
    *, kind: Kind | str, key: str, context: Context | Mapping[str, Any], environment: str = "", now: datetime
) -> list[Delivery]:
    """Keep the event and a delivery for everybody who wants it; answers the new deliveries.

    The same key again is the same event and makes nothing. With no recipient the event is kept, and says so.
    Raises pydantic.ValidationError (a ValueError) when the context lacks what mails show.
    """
    kind, told, key = Kind(kind), Context.model_validate(context), _fitting(key)
    body = told.model_dump(mode="json", exclude_defaults=True)
    event, created = Event.objects.get_or_create(
        key=key, defaults={"kind": kind, "context": body, "created_at": now}
    )
    if not created:
        return []
    environments = told.environments | ({environment} - {""})
    deliveries = [
        Delivery(
            event=event,
            channel=channel,
            recipient=address,
            message_id=message_id(key, channel, address),
            created_at=now,
        )
        for channel, address in recipients(kind, environments)
    ]
    for delivery in deliveries:
        delivery.save(force_insert=True)
    return deliveries


def _fitting(key: str) -> str:
    """A long key is told apart by its digest."""
    return key if len(key) <= 200 else f"{key[:120]}:{hashlib.sha256(key.encode()).hexdigest()}"


def render(delivery: Delivery) -> Message:
    """What the recipient gets; call it after `begin_send`, so that a possible repeat says so."""
    return message_for(delivery)


def begin_send(delivery: Delivery) -> None:
    """Count the attempt before it is made: should we die in it, the next may be a repeat and knows it."""
    Delivery.objects.filter(pk=delivery.pk).update(sends=F("sends") + 1)
    delivery.refresh_from_db(fields=["sends"])


def mark_delivered(delivery: Delivery, subject: str, at: datetime) -> None:
    """The channel took the message."""
    delivery.status, delivery.subject = Delivery.Status.DELIVERED, subject[:300]
    delivery.delivered_at, delivery.error = at, ""
    delivery.save(update_fields=["status", "subject", "delivered_at", "error"])


def mark_refused(delivery: Delivery, sentence: str, *, permanent: bool) -> None:
    """The channel did not take it; unless that is final the delivery goes on waiting, with the cause."""
    if permanent:
        delivery.status = Delivery.Status.REFUSED
    delivery.error = sentence[:2000]
    delivery.save(update_fields=["status", "error"])
