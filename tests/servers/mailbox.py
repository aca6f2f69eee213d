"""What a test tells the mail server, and what it can read from it afterwards."""

import threading
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import Enum


class Answer(Enum):
    """What the server answers, or does instead of answering."""

    ACCEPT = "250 2.0.0 Kept"
    UNAVAILABLE = "421 4.3.2 Closing the connection, try again later"
    TRY_LATER = "451 4.3.0 Try again later"
    REFUSE = "550 5.1.1 Refused"
    HANG = "hang after DATA: no reply, nothing kept"
    CLOSE = "close after the final dot: kept, but the client never hears so"


class Moment(Enum):
    """At which step of the dialogue an answer is given. HANG and CLOSE always come after the final dot."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"


@dataclass
class Step:
    """One step of a dialogue; the Message-ID is filled in for the whole transaction once it is known."""

    connection: int
    verb: str  # CONNECT, EHLO, MAIL, RCPT, DATA, REPLY, CLOSED
    text: str
    message_id: str | None = None
    at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Kept:
    """A message for which the server took responsibility."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


class MailServer:
    """What a test sees of the server. All methods may be called from any thread."""

    def __init__(self, hang_seconds: float) -> None:
        self.port = 0
        self.hang_seconds = hang_seconds
        self.messages: list[Kept] = []
        self.steps: list[Step] = []
        self._answers: dict[str | None, tuple[Answer, Moment]] = {}
        self._changed = threading.Condition()

    def answer(self, answer: Answer, *, to: str | None = None, at: Moment = Moment.RCPT) -> None:
        """From now on give this answer to one recipient, or to everybody (`to=None`)."""
        late = answer in (Answer.HANG, Answer.CLOSE)
        with self._changed:
            self._answers[to and to.lower()] = (answer, Moment.DATA if late else at)

    def planned(self, moment: Moment, *recipients: str) -> Answer:
        """The answer at this moment: what was told for a recipient counts before what was told for all."""
        with self._changed:
            told = [self._answers.get(recipient.lower()) for recipient in recipients] or [None]
            plans = [plan or self._answers.get(None) for plan in told]
        adverse = (plan[0] for plan in plans if plan and plan[1] is moment and plan[0] is not Answer.ACCEPT)
        return next(adverse, Answer.ACCEPT)

    def dialogue(self, message_id: str) -> list[Step]:
        """Every step of every transaction that tried to send this message."""
        with self._changed:
            return [step for step in self.steps if step.message_id == message_id]

    def wait_for(self, count: int, seconds: float = 10) -> list[Kept]:
        """The kept messages, once there are `count` of them; TimeoutError when they do not come."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.messages) >= count, seconds):
                raise TimeoutError(f"{len(self.messages)} of {count} messages after {seconds} s")
            return list(self.messages)

    def keep(self, kept: Kept) -> None:
        with self._changed:
            self.messages.append(kept)
            self._changed.notify_all()

    def log(self, connection: int, verb: str, text: str = "", message_id: str | None = None) -> None:
        with self._changed:
            self.steps.append(Step(connection, verb, text, message_id))

    def name_transaction(self, connection: int, message_id: str) -> None:
        """Write the Message-ID into the steps of the transaction that just delivered its data."""
        with self._changed:
            for step in reversed([step for step in self.steps if step.connection == connection]):
                step.message_id = message_id
                if step.verb == "MAIL":
                    return
