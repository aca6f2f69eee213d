"""What a log line looks like: readable on a terminal, JSON for programs, and never with a secret in it.

Every record of the process passes here, those of Django, Celery and the web server too. What `context` binds
(a request, a piece of work) stands in each line that is written meanwhile. Text of strangers cannot end a
line or look like another one.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import structlog

SHAPES = ("TEXT", "JSON")
LONGEST_EVENT, LONGEST_TRACE = 4_000, 16_000
"""Characters."""
SHORTEST_SECRET = 6
"""Hiding shorter ones would make holes everywhere and hide nothing."""
HIDDEN = "[secret]"
LOUD = {
    "httpx2": "WARNING",
    "httpcore2": "WARNING",
    "celery.worker": "WARNING",
    "celery.app": "WARNING",
    "django.security.DisallowedHost": "CRITICAL",
    "waitress.queue": "ERROR",
}
"""The HTTP client notes each address, and those of files carry signatures; Celery notes each doorbell and
waitress each request that waits for a thread; and each stranger who tries names of hosts would be worth a
traceback to Django.
"""
REQUEST = "request"

_PATTERNS = re.compile(
    r"""
    (?P<token>\bmst_|\bhf_)[\w-]{12,}
    | (?P<hook>\bwhsec_)[\w+/=-]{12,}
    | (?P<bearer>\bbearer\s+)[\w.~+/=-]{12,}
    | (?P<user>://[^\s/@:"'\\]*:)[^\s/@"'\\]+(?=@)
    | (?P<query>\b(?:password|passwd|secret|token|api_key|signature|x-amz-[a-z-]+)=)[^\s&"',;\\]+
    | (?P<signed>(?<![\w-])[\w-]{4,}:)[\w-]{6}:[\w-]{43}(?![\w-])
    """,
    re.VERBOSE | re.IGNORECASE,
)


@contextmanager
def context(**ids: object) -> Iterator[None]:
    """What stands in every line that this thread writes in the block."""
    tokens = structlog.contextvars.bind_contextvars(**ids)
    try:
        yield
    finally:
        structlog.contextvars.reset_contextvars(**tokens)


def request_id() -> str:
    """Of the request that is being answered, or that the work being done came from; else empty."""
    return str(structlog.contextvars.get_contextvars().get(REQUEST, ""))


def logging_config(shape: str, level: str, secrets: Iterable[str] = ()) -> dict[str, Any]:
    """For Django's LOGGING. `secrets`: texts that no line may hold, wherever they come from."""
    line = {"()": "governance.logs.Formatter", "shape": shape, "secrets": list(secrets)}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "filters": {"raised": {"()": "governance.logs.Raised"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {
            **{name: {"level": least} for name, least in LOUD.items()},
            "django": {"handlers": []},  # its own handlers would say everything twice
            "django.request": {"filters": ["raised"]},  # each answer is told of where it is counted
        },
        "root": {"handlers": ["console"], "level": level},
    }


def passwords_in(*urls: str) -> list[str]:
    """The passwords that URLs carry, as written and as meant."""
    written = [password for url in urls if (password := urlsplit(url).password)]
    return [form for one in written for form in (one, unquote(one))]


class Raised(logging.Filter):
    """Only errors that come with an exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        return bool(record.exc_info) and record.levelno >= logging.ERROR


class Formatter(structlog.stdlib.ProcessorFormatter):
    """One record as one line of `shape` TEXT or JSON (of a traceback: with lines that are set in)."""

    def __init__(self, shape: str = "TEXT", secrets: Iterable[str] = ()) -> None:
        self._hide = _Hiding(secrets)
        chain = [
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ]
        render = structlog.processors.JSONRenderer() if shape == "JSON" else _readable
        last = [self.remove_processors_meta, structlog.processors.format_exc_info, self._cleaned, render]
        super().__init__(foreign_pre_chain=chain, processors=last)

    def _cleaned(self, _logger: Any, _name: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """Bounded texts without secrets, and numbers."""
        return {
            name: value if isinstance(value, int | float | None) else self._told(str(value), _room(name))
            for name, value in event.items()
        }

    def _told(self, text: str, room: int) -> str:
        """Secrets go before the middle does: half a secret would not be known for one."""
        return _cut(self._hide(text), room)


def of_environment() -> Formatter:
    """For the web server's own lines, which come before there are settings (web_log.json)."""
    return Formatter(os.environ.get("LOG_FORMAT", "").strip().upper() or "JSON")


class _Hiding:
    """Text with all that is, or looks like, a secret left out."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {form for one in secrets if len(one) >= SHORTEST_SECRET for form in _forms(one)}
        longest_first = sorted(known, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if known else None

    def __call__(self, line: str) -> str:
        if self._known:
            line = self._known.sub(HIDDEN, line)
        return _PATTERNS.sub(lambda found: (found[found.lastgroup or 0] or "") + HIDDEN, line)


def _forms(secret: str) -> set[str]:
    """As it is, as in JSON or a repr, and as in a URL."""
    return {secret, json.dumps(secret)[1:-1], repr(secret)[1:-1], quote(secret), quote(secret, safe="")}


def _room(name: str) -> int:
    return LONGEST_TRACE if name == "exception" else LONGEST_EVENT


def _cut(text: str, most: int) -> str:
    """The end of a traceback says what happened, so what is long loses its middle."""
    return text if len(text) <= most else f"{text[: most // 2]} [...] {text[-most // 2 :]}"


def _readable(_logger: Any, _name: str, event: Mapping[str, Any]) -> str:
    """Time, level, logger and what happened; then what is bound, and a traceback set in by a bar."""
    said = dict(event)
    head = [said.pop("timestamp", ""), said.pop("level", "").upper(), said.pop("logger", "")]
    happened, trace = said.pop("event", ""), said.pop("exception", "")
    bound = [f"{name}={_one_line(value)}" for name, value in sorted(said.items())]
    line = " ".join([*map(str, head), _one_line(happened), *bound])
    return line + "".join(f"\n  | {_one_line(part)}" for part in trace.splitlines())


def _one_line(value: object) -> str:
    text = str(value)
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
