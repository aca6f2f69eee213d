"""The channels by which people are told: discovered notifiers, and what they share with an address."""

from __future__ import annotations

import base64

from django.conf import settings
from django.utils.crypto import salted_hmac

from governance.core.notifier import Notifier, NotifierError
from governance.discovery import catalog

ELSEWHERE = 60.0
"""Seconds after which another worker is asked."""
SECRET_SALT = "governance.alerts.secret"  # noqa: S105  tells these from what else is made of the key


def notifier(channel: str) -> Notifier:
    """Raises NotifierError for a channel that is not installed, which a newer worker may know."""
    found = catalog().notifiers.get(channel)
    if found is None:
        raise NotifierError(f"there is no channel {channel!r} here: install its notifier", after=ELSEWHERE)
    return found(settings.NOTIFIER_OPTIONS)


def secrets(channel: str, address: str) -> tuple[str, ...]:
    """What to sign with, as Standard Webhooks write it; none for a channel that does not sign.

    One for SECRET_KEY and one for each of SECRET_KEY_FALLBACKS: both are live while a key is replaced. They
    are derived and not kept, so that no copy of the database holds them.
    """
    if not notifier(channel).signs:
        return ()
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return tuple(_secret(key, f"{channel}|{address}") for key in keys)


def shown_address(channel: str, address: str) -> str:
    """For everybody's eyes."""
    try:
        return notifier(channel).shown_address(address)
    except NotifierError:
        return address


def _secret(key: str, name: str) -> str:
    derived = salted_hmac(SECRET_SALT, name, secret=key, algorithm="sha256").digest()
    return f"whsec_{base64.b64encode(derived).decode()}"
