"""Opens one page of the web for people without being led anywhere else.

The name is resolved once, every address that it stands for must be public, and one of these is connected to;
no redirect is followed, no proxy asked, no cookie kept. Size and time are bounded as a whole.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from typing import Any

import httpcore2

from governance.core.web_address import is_public

MOST_BYTES = 2 * 2**20
SECONDS = 15.0
_STEP = 5.0
_HEADERS = {"User-Agent": "Modelsteward", "Accept": "text/html, text/plain", "Accept-Encoding": "identity"}
_HIDDEN = frozenset({"script", "style", "template", "noscript"})

Allowed = Callable[[str], bool]


class PageError(Exception):
    """The page could not be seen; the message is a sentence for people."""


def open_page(address: str, allowed: Allowed = is_public, seconds: float = SECONDS) -> str:
    """What a reader sees on the page, as text. `allowed` says which IP addresses may be connected to."""
    backend = _Guarded(allowed, time.monotonic() + seconds)
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), _STEP)
    try:
        with (
            httpcore2.ConnectionPool(network_backend=backend) as pool,
            pool.stream("GET", address, headers=_HEADERS, extensions={"timeout": timeout}) as response,
        ):
            return _text(response)
    except PageError:
        raise
    except Exception as fault:  # what a server sends can fail in any way
        cause = f"{type(fault).__name__}: {str(fault)[:200]}"
        raise PageError(f"The page could not be opened ({cause}).") from fault


def _text(response: httpcore2.Response) -> str:
    headers = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in response.headers}
    if 300 <= response.status < 400:
        where = headers.get("location", "elsewhere")[:200]
        raise PageError(f"The page redirects to {where}, which is not followed: give its address itself.")
    if response.status != 200:
        raise PageError(f"The page answered {response.status}.")
    kind = headers.get("content-type", "text/plain").lower()
    if not kind.startswith(("text/html", "text/plain", "application/xhtml+xml")):
        raise PageError(f"The page is of type {kind[:80]}, not text or HTML.")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise PageError("The page came compressed though plain text was asked for.")
    body = _bounded(response.iter_stream())
    text = body.decode(_charset(kind), errors="replace")
    return text if kind.startswith("text/plain") else _visible(text)


def _bounded(parts: Iterable[bytes]) -> bytes:
    body = b""
    for part in parts:
        body += part
        if len(body) > MOST_BYTES:
            raise PageError(f"The page is longer than {MOST_BYTES // 2**20} MiB.")
    return body


def _charset(kind: str) -> str:
    name = kind.partition("charset=")[2].strip("\"' ;") or "utf-8"
    try:
        "".encode(name)
    except (LookupError, ValueError):
        return "utf-8"
    return name


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in _HIDDEN

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in _HIDDEN and self.hidden > 0

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def _visible(html: str) -> str:
    parser = _Visible()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts)


class _Guarded(httpcore2.NetworkBackend):
    """Connects to nothing but addresses that are allowed, and until a deadline."""

    def __init__(self, allowed: Allowed, deadline: float) -> None:
        self.allowed, self.deadline = allowed, deadline
        self.real = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.NetworkStream:
        found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        for one in found:
            if not self.allowed(one):
                raise PageError(f"{host} stands for {one}, which is no public address: it is not opened.")
        real = self.real.connect_tcp(found[0], port, timeout, local_address, socket_options)
        return _Timed(real, self.deadline)

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore2.NetworkStream:
        raise PageError("No local socket is opened.")

    def sleep(self, seconds: float) -> None:
        self.real.sleep(seconds)


class _Timed(httpcore2.NetworkStream):
    """A server that sends a byte now and then cannot hold the worker beyond the deadline."""

    def __init__(self, real: httpcore2.NetworkStream, deadline: float) -> None:
        self.real, self.deadline = real, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if time.monotonic() > self.deadline:
            raise PageError("The page did not come in time.")
        return self.real.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.real.write(buffer, timeout)

    def close(self) -> None:
        self.real.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Timed(self.real.start_tls(ssl_context, server_hostname, timeout), self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.real.get_extra_info(info)
