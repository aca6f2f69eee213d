"""The Notifier contract: hands one message to one address, through one channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from governance.core.contract import Plugin, abstract


@dataclass(frozen=True, slots=True)
class Message:
    """One event told to one recipient.

    `message_id` stays the same however often it is sent, so that a repeat is recognizable. `html` may be
    empty; `headers` are those of e-mail, for the channels that have them. `data` tells programs the same, as
    JSON. `secrets` are those that this channel shares with this address, the newest first (only where it
    `signs`): a signature by any of them is good.
    """

    message_id: str
    subject: str
    text: str
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = field(default=(), repr=False)


class NotifierError(Exception):
    """The message was not handed over. `permanent`: trying again cannot help.

    `after`: how many seconds the other side asks to be left alone.
    """

    def __init__(self, sentence: str, *, permanent: bool = False, after: float | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.permanent = permanent
        self.after = after


class Notifier(Plugin, abstract=True):
    """Sends messages. Every failure is a `NotifierError`; a return means that the channel took the message.

    A notifier is made with its options (server, sender, time limits) and keeps no other state.
    """

    signs: ClassVar[bool] = False
    """Whether it signs with the `secrets` of the message; they are shown to who subscribes an address."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

    @classmethod
    def check_contract(cls) -> None:
        super().check_contract()
        cls.require_method("send", "address", "message")

    @abstract
    def send(self, address: str, message: Message) -> None:
        """Hand `message` over for `address` (what an address is depends on the channel)."""
        raise NotImplementedError

    def read_address(self, text: str) -> str:
        """An address as people give it, so that it can be kept. Raises ValueError with the cause."""
        return text

    def shown_address(self, address: str) -> str:
        """The address for everybody's eyes, where it holds what only its owner should know."""
        return address
