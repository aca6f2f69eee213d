"""Messages as signed JSON to an address of the web: for chat programs and systems of one's own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from http.client import responses
from urllib.parse import urlsplit

from governance.core.guarded_web import Headers, WebError, answer_of, header
from governance.core.http_date import http_date
from governance.core.notifier import Message, Notifier, NotifierError
from governance.core.web_address import is_public, web_address

SECRET_PREFIX = "whsec_"  # noqa: S105  how a secret of this scheme begins
SHOWN_WHOLE = 12
"""Characters of a part of a path up to which it is no token."""
_LATER = frozenset({401, 403, 407, 408, 409, 423, 425, 429})
"""Refusals that may be mended by people, or pass."""


class Webhook(Notifier):
    """Posts each message as JSON to an https address, signed as Standard Webhooks.

    Options: `timeout` (seconds), and `private_targets` (http, any port and hosts of the own network as well).
    The headers `webhook-id` (the same however often it is sent), `webhook-timestamp` and `webhook-signature`
    let the receiver see who sent it, when, and whether it came before. An answer of 2xx is success. Other
    answers of 4xx are final, and so are 301 and 308, but for those that people can mend (401, 403, 407) or
    that pass (408, 409, 423, 425, 429). Everything else is worth another attempt. No redirect is followed.
    """

    key = "webhook"
    signs = True

    def send(self, address: str, message: Message) -> None:
        try:
            self.read_address(address)
        except ValueError as fault:
            raise NotifierError(f"The address {fault}.", permanent=True) from None
        body = json.dumps(message.data, ensure_ascii=False, separators=(",", ":")).encode()
        headers = _headers(message, body, int(time.time()))
        allowed = (lambda _: True) if self._private else is_public
        seconds = float(self.options.get("timeout") or 10)
        host = urlsplit(address).hostname
        try:
            with answer_of("POST", address, headers, body, allowed=allowed, seconds=seconds) as answer:
                status, after = answer.status, header(answer, "retry-after")
        except WebError as fault:
            raise NotifierError(f"{host} did not take it. {fault}") from None
        if not 200 <= status < 300:
            raise _refusal(f"{host}", status, after)

    def read_address(self, text: str) -> str:
        address = web_address(text, private=self._private)
        parts = urlsplit(address)
        if parts.scheme != "https" and not self._private:
            raise ValueError("must begin with https://, so that nobody else reads what is sent")
        if "." not in f"{parts.hostname}".strip(".") and ":" not in f"{parts.hostname}" and not self._private:
            raise ValueError(f"names {parts.hostname}, which is no host of the public internet")
        return address

    def shown_address(self, address: str) -> str:
        """Without what may be a token: the query, and long parts of the path."""
        parts = urlsplit(address)
        path = "/".join(one if len(one) <= SHOWN_WHOLE else f"{one[:4]}…" for one in parts.path.split("/"))
        return f"{parts.scheme}://{parts.netloc}{path}{'?…' if parts.query else ''}"

    @property
    def _private(self) -> bool:
        return bool(self.options.get("private_targets"))


def _headers(message: Message, body: bytes, now: int) -> Headers:
    """With a signature for each secret that may be known on the other side."""
    name = message.message_id.strip("<>").partition("@")[0]
    content = f"{name}.{now}.".encode() + body
    signatures = " ".join(f"v1,{_signature(secret, content)}" for secret in message.secrets)
    return {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(now),
        "webhook-signature": signatures,
        **{key: value for key, value in message.headers.items() if key.startswith("X-")},
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def _refusal(host: str, status: int, after: str) -> NotifierError:
    sentence = f"{host} answered {status} {responses.get(status, '')}".rstrip()
    if 300 <= status < 400:
        permanent = status in (301, 308)
        return NotifierError(f"{sentence}: no redirect is followed.", permanent=permanent)
    permanent = 400 <= status < 500 and status not in _LATER
    return NotifierError(f"{sentence}.", permanent=permanent, after=_seconds(after))


def _seconds(after: str) -> float | None:
    """A Retry-After, which is a number of seconds or a date; None for anything else."""
    if after.isascii() and after.isdigit():
        return float(after[:9])
    then = http_date(after)
    return max(0.0, (then - datetime.now(UTC)).total_seconds()) if then else None
