"""Who gets what, as people choose it themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError

from governance.alerts.channels import notifier
from governance.alerts.models import MOST_CHARACTERS, Kind, Subscription
from governance.alerts.recipients import EMAIL, subscriptions
from governance.alerts.rendering import address_in
from governance.body import Body
from governance.core import fields
from governance.core.sentences import shown
from governance.discovery import catalog


def subscribe(*, data: Any) -> tuple[Subscription, bool]:
    """Save what an address of a channel gets: `kinds` and `environments` (empty: all), `active`.

    Answers the subscription, and whether it is new. Raises ValidationError with field and cause.
    """
    body = Body(data, "channel", "address", "kinds", "environments", "active")
    channel = body.optional("channel", fields.one_of(*catalog().notifiers)) or EMAIL
    address = body.required("address", _address_of(channel))
    active = body.optional("active", fields.boolean)
    values = {
        "kinds": body.optional("kinds", _kinds) or [],
        "environments": body.optional("environments", fields.texts(60)) or [],
        "active": active is not False,
    }
    body.check()
    assert address is not None  # noqa: S101  checked above
    held = subscriptions(channel, address).first()
    row = held or Subscription(channel=channel, address=address)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row, held is None


def end(*, subscription: Subscription) -> None:
    """Nothing more goes there, also where the address could not be subscribed (any more)."""
    subscription.active = False
    subscription.save(update_fields=["active"])


def unsubscribe(*, token: str) -> str:
    """End all messages to the address of the token; answers the address. Raises ValidationError."""
    try:
        channel, address = address_in(token)
    except (signing.BadSignature, ValueError, TypeError):
        raise ValidationError({"token": [f"{shown(token, 20)} was not made by this site"]}) from None
    rows = subscriptions(channel, address)
    if not rows.update(active=False):
        Subscription.objects.create(channel=channel, address=address, active=False)
    return address


def _kinds(value: Any) -> list[str]:
    return [fields.one_of(*Kind.values)(kind) for kind in fields.texts(40)(value)]


def _address_of(channel: str) -> Callable[[Any], str]:
    """What an address is depends on the channel, which knows."""
    return lambda value: notifier(channel).read_address(fields.named(MOST_CHARACTERS)(value))
