"""A real mail server in a thread of the test: it keeps messages, logs dialogues, and misbehaves as told.

with smtp.server() as mail:
    mail.answer(Answer.REFUSE, to="gone@example.org")            # at RCPT TO
    mail.answer(Answer.TRY_LATER, at=Moment.DATA)                # everybody, after the final dot
    mail.answer(Answer.CLOSE)                                    # takes the message, hangs up before the 250
"""

import asyncio
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy

import aiosmtpd
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.mailbox import Answer, Kept, MailServer, Moment

__all__ = ["Answer", "Kept", "MailServer", "Moment", "describe", "server"]

HOST = "127.0.0.1"
HANG_SECONDS = 60  # longer than any client waits, yet no test session hangs on it


class _Dialogue(SMTP):
    """aiosmtpd's protocol, writing down what is said."""

    _count = itertools.count(1)

    def __init__(self, mail: MailServer) -> None:
        super().__init__(_Handler(mail), hostname="mail.test", loop=asyncio.get_running_loop())
        self.mail, self.number = mail, next(self._count)
        self.message_id: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.mail.log(self.number, "CONNECT")
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.mail.log(self.number, "CLOSED", str(error or ""), self.message_id)
        super().connection_lost(error)

    async def push(self, status: str | bytes) -> None:
        text = status if isinstance(status, str) else status.decode()
        self.mail.log(self.number, "REPLY", text, self.message_id)
        await super().push(status)

    def hang_up(self) -> None:
        if self.transport:
            self.transport.close()


class _Handler:
    """Decides each reply by what the test told."""

    def __init__(self, mail: MailServer) -> None:
        self.mail = mail

    async def handle_EHLO(
        self, server: _Dialogue, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.mail.log(server.number, "EHLO", hostname)
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: _Dialogue, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        server.message_id = None
        self.mail.log(server.number, "MAIL", address)
        envelope.mail_from = address
        return self._reply(server, self.mail.planned(Moment.MAIL))

    async def handle_RCPT(
        self, server: _Dialogue, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.mail.log(server.number, "RCPT", address)
        answer = self.mail.planned(Moment.RCPT, address)
        if answer is Answer.ACCEPT:
            envelope.rcpt_tos.append(address)
        return self._reply(server, answer)

    async def handle_DATA(self, server: _Dialogue, session: Session, envelope: Envelope) -> str:
        kept = _read(envelope)
        server.message_id = kept.message_id
        self.mail.log(server.number, "DATA", f"{len(envelope.content or b'')} bytes")
        self.mail.name_transaction(server.number, kept.message_id)
        answer = self.mail.planned(Moment.DATA, *kept.recipients)
        if answer is Answer.HANG:
            await asyncio.sleep(self.mail.hang_seconds)
        if answer in (Answer.ACCEPT, Answer.CLOSE):
            self.mail.keep(kept)
        return self._reply(server, answer)

    def _reply(self, server: _Dialogue, answer: Answer) -> str:
        if answer in (Answer.HANG, Answer.CLOSE):
            server.hang_up()
            raise asyncio.CancelledError  # ends the dialogue without a word
        if answer is Answer.UNAVAILABLE:
            asyncio.get_running_loop().call_soon(server.hang_up)  # once the reply is written
        return answer.value


def _read(envelope: Envelope) -> Kept:
    content = envelope.original_content or b""
    message = message_from_bytes(content, policy=policy.default)
    return Kept(envelope.mail_from or "", tuple(envelope.rcpt_tos), message)


@contextmanager
def server(*, port: int = 0, hang_seconds: float = HANG_SECONDS, host: str = HOST) -> Iterator[MailServer]:
    """A mail server on `port` (0: a free one), gone at the end whatever its dialogues are doing."""
    mail, loop = MailServer(hang_seconds), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="smtp-server", daemon=True)
    thread.start()
    try:
        listening = asyncio.run_coroutine_threadsafe(_listen(mail, host, port), loop).result(10)
        try:
            mail.port = listening.sockets[0].getsockname()[1]
            yield mail
        finally:
            asyncio.run_coroutine_threadsafe(_close(listening), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _listen(mail: MailServer, host: str, port: int) -> asyncio.Server:
    return await asyncio.get_running_loop().create_server(lambda: _Dialogue(mail), host, port)


async def _close(listening: asyncio.Server) -> None:
    """Close the port, then cancel every dialogue, the one that hangs too."""
    listening.close()
    dialogues = asyncio.all_tasks() - {asyncio.current_task()}
    for dialogue in dialogues:
        dialogue.cancel()
    await asyncio.gather(*dialogues, return_exceptions=True)


def describe() -> str:
    return f"SMTP: aiosmtpd {aiosmtpd.__version__}, in a thread of each test"
