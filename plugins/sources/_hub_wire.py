"""One conversation with a hub over HTTP: bounded in size and time, counted, never sent twice, never asleep.

The requests go through the session of huggingface_hub, so that proxies and certificates are set up as for
any other use of it. Its own calls are not used: they have no time limit, retry and sleep, follow a next page
to any host with the token, and break on hostile answers.
"""

from __future__ import annotations

import json
import math
import re
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx2
from huggingface_hub import get_session

from governance.core.reading import Allowance, SourceError, SourceState
from plugins.sources._hub_addresses import joined, may_follow, renamed, same_origin
from plugins.sources._hub_allowance import allowance
from plugins.sources._hub_errors import error_of

MAX_JSON = 32 * 1024 * 1024
MAX_HOPS = 4
CHUNK = 64 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})

Value = TypeVar("Value")
Query = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class HubWire:
    """Asks `endpoint` with `token` (empty: anonymous, no header at all) and counts each request sent.

    `timeout` is the seconds of silence allowed, `total` the seconds of one request from start to end.
    """

    def __init__(self, endpoint: str, token: str, *, timeout: float, total: float) -> None:
        self.endpoint = endpoint
        self.token = token
        self.timeout = timeout
        self.total = total
        self.requests = 0
        self._allowances: dict[str, Allowance] = {}

    @property
    def allowances(self) -> tuple[Allowance, ...]:
        """What the endpoint said last of how often it may be asked."""
        return tuple(self._allowances.values())

    def json(self, path: str, query: Query = ()) -> Any:
        """The JSON value at `path` below the endpoint."""
        return parsed(self._get(self._url(path, query), MAX_JSON))

    def pages(self, path: str, query: Query, most: int) -> Iterator[tuple[Any, bool]]:
        """The JSON values of at most `most` pages, each with whether another page follows it."""
        url = self._url(path, query)
        for _ in range(most):
            answer = self._get(url, MAX_JSON)
            url = self._next_page(answer)
            yield parsed(answer), bool(url)
            if not url:
                return

    def file(self, path: str, limit: int) -> bytes:
        """The bytes at `path`; more than `limit` are refused. Another host is asked without the token."""
        return self._get(self._url(path), limit, elsewhere=True).body

    def ask(self, path: str) -> None:
        """Only whether `path` answers; raises what it refuses."""
        self._get(self._url(path), CHUNK)

    def _url(self, path: str, query: Query = ()) -> str:
        return self.endpoint + path + ("?" + urlencode(query) if query else "")

    def _get(self, url: str, limit: int, *, elsewhere: bool = False) -> Answer:
        """The answer after redirects; anything but success raises its SourceError."""
        for _ in range(MAX_HOPS):
            answer = self._once(url, limit)
            if answer.status not in REDIRECTS:
                break
            url = self._redirect(answer, elsewhere)
        authenticated = bool(self.token) and same_origin(answer.url, self.endpoint)
        error = error_of(answer.status, answer.headers, authenticated=authenticated)
        if error:
            error.allowances = self.allowances
            raise error
        return answer

    def _redirect(self, answer: Answer, elsewhere: bool) -> str:
        target = joined(answer.url, answer.headers.get("location", ""))
        if not may_follow(self.endpoint, target, elsewhere=elsewhere):
            raise SourceError(SourceState.INVALID, "The hub redirects to an address that is not followed.")
        return target if elsewhere else renamed(answer.url, target)

    def _next_page(self, answer: Answer) -> str:
        found = re.search(r'<([^<>]{1,4000})>\s*;\s*rel="?next"?', answer.headers.get("link", "")[:8000])
        if not found:
            return ""
        url = joined(answer.url, found[1])
        if not same_origin(url, self.endpoint):
            raise SourceError(SourceState.INVALID, "The hub names a next page on another host: not asked.")
        return url

    def _once(self, url: str, limit: int) -> Answer:
        self.requests += 1
        try:
            answer = within(self.total, lambda: self._exchange(url, limit))
            self._note(answer)
            return answer
        except SourceError:
            raise
        except TimeoutError:
            raise unreachable(f"did not finish its answer within {self.total:g} seconds") from None
        except httpx2.TimeoutException:
            raise unreachable(f"was silent for {self.timeout:g} seconds") from None
        except (
            httpx2.HTTPError,
            httpx2.InvalidURL,
            httpx2.StreamError,
            OSError,
            ValueError,
            zlib.error,
        ) as error:
            raise unreachable(f"could not be asked ({type(error).__name__})") from None

    def _note(self, answer: Answer) -> None:
        """Other hosts, to which files are handed on, count for themselves."""
        said = allowance(answer.headers) if same_origin(answer.url, self.endpoint) else None
        if said:
            self._allowances[said.name] = said

    def _exchange(self, url: str, limit: int) -> Answer:
        deadline = time.monotonic() + self.total
        with get_session().stream(
            "GET", url, headers=self._headers(url), timeout=self.timeout, follow_redirects=False
        ) as response:
            body = _body(response, limit, deadline) if response.is_success else b""
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(url, response.status_code, headers, body)

    def _headers(self, url: str) -> dict[str, str]:
        """The token goes to the endpoint's own origin and nowhere else."""
        headers = {"user-agent": "modelsteward", "accept-encoding": "identity"}
        if self.token and same_origin(url, self.endpoint):
            headers["authorization"] = f"Bearer {self.token}"
        return headers


def within(seconds: float, call: Callable[[], Value]) -> Value:
    """The value of `call`, or TimeoutError.

    A server may send its headers one byte at a time, and each starts the client's own time limit anew;
    only somebody who waits outside can end that. The thread left behind ends with the connection.
    """
    done: list[Callable[[], Value]] = []

    def run() -> None:
        try:
            value = call()
            done.append(lambda: value)
        except BaseException as error:
            done.append(_raiser(error))

    thread = threading.Thread(target=run, name="hub-request", daemon=True)
    thread.start()
    thread.join(seconds)
    if not done:
        raise TimeoutError
    return done[0]()


def _raiser(error: BaseException) -> Callable[[], Any]:
    def again() -> Any:
        raise error

    return again


def _body(response: httpx2.Response, limit: int, deadline: float) -> bytes:
    """The decoded bytes, refused beyond `limit`. Compression was not asked for; gzip is read all the same."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise SourceError(SourceState.INVALID, "The hub's answer is compressed in a way that is not read.")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if encoding == "gzip" else None
    body = bytearray()
    for chunk in response.iter_raw(CHUNK):
        body += unpack.decompress(chunk, limit + 1 - len(body)) if unpack else chunk
        if len(body) > limit:
            raise SourceError(SourceState.INVALID, f"The hub's answer has more than {limit:,} bytes.")
        if time.monotonic() > deadline:
            raise TimeoutError
    if unpack and not unpack.eof:
        raise unreachable("broke off its answer")
    return bytes(body)


def parsed(answer: Answer) -> Any:
    """The JSON of an answer, with every text fit for a database: no NUL, no half of a surrogate pair."""
    try:
        value = json.loads(answer.body, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError):
        raise SourceError(SourceState.INVALID, "The hub's answer is not JSON that can be read.") from None
    awkward = re.search(rb"\\u(0000|[dD][89a-fA-F])", answer.body)
    return clean(value) if awkward else value


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def clean(value: Any) -> Any:
    """The same JSON value with U+FFFD in place of NUL and of lone surrogates."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    return value


def unreachable(what: str) -> SourceError:
    return SourceError(SourceState.UNREACHABLE, f"The hub {what}.")
