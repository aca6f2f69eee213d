"""The Notifier contract: how a message reaches one address."""

from __future__ import annotations

from typing import Any

from governance.core.contract import Plugin, abstract


class Notifier(Plugin, abstract=True):
    """Carries one message to one address. `key` is the channel that subscriptions name."""

    @classmethod
    def check_contract(cls) -> None:
        super().check_contract()
        cls.require_method("send", "address", "message")

    @abstract
    def send(self, address: str, message: Any) -> None:
        raise NotImplementedError
