from __future__ import annotations

import pytest

from governance.core.contract import ContractError
from governance.core.notifier import Message, Notifier, NotifierError


def test_a_notifier_is_made_with_options_and_sends():
    class Pager(Notifier):
        """Calls a pager."""

        key = "pager"

        def send(self, address, message):
            raise NotifierError(f"{self.options['name']} does not answer at {address}", permanent=True)

    with pytest.raises(NotifierError, match="the pager does not answer at 7") as caught:
        Pager({"name": "the pager"}).send("7", Message("<1@x>", "Blocked", "Because."))
    assert caught.value.permanent
    assert caught.value.sentence == "the pager does not answer at 7"


def test_a_failure_may_be_tried_again_unless_it_says_otherwise():
    assert not NotifierError("busy").permanent


def test_a_message_is_frozen_and_may_be_plain():
    message = Message("<1@x>", "Blocked", "Because.")
    assert (message.html, dict(message.headers)) == ("", {})
    with pytest.raises(AttributeError):
        message.subject = "Allowed"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, r"send\(\) is missing"),
        ({"send": lambda self, message: None}, r"send.*must take"),
        ({"key": "Not A Key", "send": lambda self, address, message: None}, "must be words in lower case"),
        ({"__doc__": "", "send": lambda self, address, message: None}, "docstring is missing"),
    ],
)
def test_a_broken_notifier_is_refused_when_it_is_defined(body, fault):
    with pytest.raises(ContractError, match=fault):
        type("Broken", (Notifier,), {"key": "broken", "__doc__": "Broken."} | body)
