"""Who is told of what."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from governance.alerts import channels
from governance.alerts import services as alerts
from governance.alerts.models import Subscription
from governance.audit.services import append


def save_subscription(*, data: Any, actor: str) -> tuple[Subscription, bool]:
    with transaction.atomic():
        saved, new = alerts.subscribe(data=data)
        _note(saved, "subscription.saved", actor)
    return saved, new


def end_subscription(*, subscription: Subscription, actor: str) -> None:
    with transaction.atomic():
        alerts.end(subscription=subscription)
        _note(subscription, "subscription.ended", actor)


def show_secrets(*, subscription: Subscription, actor: str) -> tuple[str, ...]:
    """What messages to the address are signed with, the newest first. The log says who asked."""
    _note(subscription, "subscription.secrets-shown", actor)
    return channels.secrets(subscription.channel, subscription.address)


def _note(subscription: Subscription, action: str, actor: str) -> None:
    """The log is read by more people than an address may be shown to."""
    told = {name: getattr(subscription, name) for name in ("kinds", "environments", "active")}
    name = f"{subscription.channel} {subscription.shown_address}"
    append(at=timezone.now(), actor=actor, action=action, object=name, detail=told)
