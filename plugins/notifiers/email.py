"""E-mail by SMTP, or as files where no mail server is set."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
import tempfile
from contextlib import suppress
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import formatdate, parseaddr
from pathlib import Path
from typing import Any

from governance.core.fields import text as limited
from governance.core.notifier import Message, Notifier, NotifierError
from governance.core.sentences import shown

IMPLICIT_TLS_PORT = 465
MOST_CHARACTERS = 254
"""Of an address (RFC 5321)."""
_ADDRESS = re.compile(r"[^@\s<>()\[\],;:\\\"]+@[^@\s<>()\[\],;:\\\"]+")
_VERBATIM = frozenset(
    {"message-id", "references", "in-reply-to", "list-unsubscribe", "list-unsubscribe-post"}
)


class _Policy(EmailPolicy):
    """The standard library folds by encoding, which breaks ids and addresses that programs read."""

    def fold(self, name: str, value: Any) -> str:
        if name.lower() in _VERBATIM and str(value).isascii():
            return f"{name}: {value}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in _VERBATIM and str(value).isascii():
            return self.fold(name, value).encode("ascii")
        return bytes(super().fold_binary(name, value))


_POLICY = _Policy(linesep="\r\n")


class Email(Notifier):
    """Sends e-mail through an SMTP server; without one, keeps each message as a file.

    Options: `host`, `port`, `user`, `password`, `tls`, `timeout` (seconds), `sender`, and `folder` for files.
    A refusal of the recipient or the message with 5xx is final. Everything else, also a server that refuses
    us (password, sender, encryption), may be mended and is worth another attempt: no message is given up.
    """

    key = "email"

    def send(self, address: str, message: Message) -> None:
        mail = self._composed(address, message)
        if self.options.get("host"):
            self._post(address, mail)
        else:
            self._keep(mail)

    def read_address(self, text: str) -> str:
        limited(MOST_CHARACTERS)(text)
        try:
            Address(addr_spec=text)
        except (ValueError, IndexError, HeaderParseError):
            raise ValueError(f"{shown(text)} is no e-mail address") from None
        if not _ADDRESS.fullmatch(text):
            raise ValueError(f"{shown(text)} is no e-mail address")
        return text

    def _composed(self, address: str, message: Message) -> EmailMessage:
        if not _ADDRESS.fullmatch(address):
            raise NotifierError(f"{shown(address)} is no e-mail address.", permanent=True)
        mail = EmailMessage(policy=_POLICY)
        mail["From"] = self._sender()
        try:
            mail["To"] = Address(addr_spec=address)
            mail["Subject"], mail["Message-ID"] = message.subject, message.message_id
            mail["Date"] = formatdate(localtime=False)
            for name, value in message.headers.items():
                mail[name] = value
        except (ValueError, IndexError) as fault:  # a line break in a header, half an address
            sentence = f"The message has a header that cannot be sent: {shown(fault)[1:-1]}."
            raise NotifierError(sentence, permanent=True) from None
        mail.set_content(message.text, cte="quoted-printable")
        if message.html:
            mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
        return mail

    def _sender(self) -> Address:
        """`name <address>` or an address alone."""
        given = str(self.options.get("sender") or "modelsteward@localhost")
        name, address = parseaddr(given)
        try:
            return Address(name or "Modelsteward", addr_spec=address)
        except (ValueError, IndexError, HeaderParseError):
            raise NotifierError(f"The sender {shown(given)} is no e-mail address (EMAIL_FROM).") from None

    def _keep(self, mail: EmailMessage) -> None:
        """One file for each Message-ID: a repeat takes the place of the message that it repeats."""
        name = re.sub(r"[^A-Za-z0-9._-]+", "_", str(mail["Message-ID"]).strip("<>"))[:150]
        folder = Path(self.options["folder"])
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(folder / f"{name}.eml", mail.as_bytes())
        except OSError as fault:
            raise NotifierError(f"The message could not be written to a file: {fault.strerror}.") from fault

    def _post(self, address: str, mail: EmailMessage) -> None:
        try:
            server = self._connected()
        except (smtplib.SMTPException, OSError) as fault:
            raise NotifierError(f"The mail server {self._where} was not ready: {_cause(fault)}") from None
        try:
            server.send_message(mail, to_addrs=[address])
        except (smtplib.SMTPException, OSError) as fault:
            server.close()
            permanent = _final(fault)
            raise NotifierError(
                f"{self._where} did not take it: {_cause(fault)}", permanent=permanent
            ) from None
        # Once taken, a message is sent, however the conversation ends.
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()

    def _connected(self) -> smtplib.SMTP:
        """Raises SMTPException or OSError; leaves no connection behind when it does."""
        host, port = str(self.options["host"]), int(self.options.get("port") or 25)
        timeout, name = float(self.options.get("timeout") or 10), self._sender().domain
        if port == IMPLICIT_TLS_PORT:
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, name, timeout=timeout, context=context)
        else:
            server = smtplib.SMTP(host, port, name, timeout=timeout)
        try:
            if self.options.get("tls") and port != IMPLICIT_TLS_PORT:
                server.starttls(context=ssl.create_default_context())
            if self.options.get("user"):
                server.login(str(self.options["user"]), str(self.options.get("password") or ""))
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
        return server

    @property
    def _where(self) -> str:
        return f"{self.options['host']}:{self.options.get('port') or 25}"


def _final(fault: Exception) -> bool:
    """Whether it is this recipient or this message that is refused, and for good."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in fault.recipients.values())
    if isinstance(fault, smtplib.SMTPNotSupportedError):
        return True  # an address beyond ASCII, and a server that knows none
    return isinstance(fault, smtplib.SMTPDataError) and fault.smtp_code >= 500


def _cause(fault: Exception) -> str:
    """What the server said, or what happened; of a refused sign-in only the code, as it may echo secrets."""
    if isinstance(fault, smtplib.SMTPAuthenticationError):
        return f"it refuses the user name or password ({fault.smtp_code})."
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(fault.recipients.values()))
        return _said(code, said)
    if isinstance(fault, smtplib.SMTPResponseException):
        return _said(fault.smtp_code, fault.smtp_error)
    if isinstance(fault, TimeoutError) or isinstance(fault.__context__, TimeoutError):
        return "it did not answer in time."
    if isinstance(fault, smtplib.SMTPServerDisconnected):
        return "it closed the connection."
    return f"{shown(fault)[1:-1]}." if str(fault) else f"{type(fault).__name__}."


def _said(code: int, said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"it answered {code} {shown(text, limit=200)[1:-1]}."


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and readable by nobody else."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError:
        with suppress(OSError):
            os.unlink(draft)
        raise
