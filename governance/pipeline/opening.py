"""Opens one page of the web for people, and takes from it what a reader sees. Size and time are bounded."""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser

import httpcore2

from governance.core.guarded_web import Allowed, WebError, answer_of, header
from governance.core.web_address import is_public

MOST_BYTES = 2 * 2**20
SECONDS = 15.0
_HEADERS = {"Accept": "text/html, text/plain"}
_HIDDEN = frozenset({"script", "style", "template", "noscript"})


class PageError(WebError):
    """The page could not be seen; the message is a sentence for people."""


def open_page(address: str, allowed: Allowed = is_public, seconds: float = SECONDS) -> str:
    """What a reader sees on the page, as text. `allowed` says which IP addresses may be connected to."""
    try:
        with answer_of("GET", address, _HEADERS, allowed=allowed, seconds=seconds) as response:
            return _text(response)
    except PageError:
        raise
    except WebError as fault:
        raise PageError(f"The page could not be opened. {fault}") from fault


def _text(response: httpcore2.Response) -> str:
    if 300 <= response.status < 400:
        where = (header(response, "location") or "elsewhere")[:200]
        raise PageError(f"The page redirects to {where}, which is not followed: give its address itself.")
    if response.status != 200:
        raise PageError(f"The page answered {response.status}.")
    kind = (header(response, "content-type") or "text/plain").lower()
    if not kind.startswith(("text/html", "text/plain", "application/xhtml+xml")):
        raise PageError(f"The page is of type {kind[:80]}, not text or HTML.")
    if header(response, "content-encoding").lower() not in ("", "identity"):
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
