"""What can go wrong between a client and a Hub; each is given to `Hub.fail`.

hub.fail(faults.status(503), "/api/models/*", times=2)
hub.fail(faults.edited(lambda info: {**info, "siblings": None}), "/api/models/acme/m*")
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from governance.demo.hub.traffic import Fault, Traffic
from governance.demo.hub.wire import Answer, Manner, Request, json_answer

MEGABYTE = 1 << 20
HTML = b"<!doctype html><html><body><h1>Gateway</h1></body></html>"


def answered(status: int = 200, body: bytes = b"", **headers: str) -> Fault:
    """Another answer altogether. Keyword names become header names: `Retry_After`."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return lambda request, answer: Answer(status, {"Content-Type": "application/json", **named}, body)


def status(code: int, **headers: str) -> Fault:
    """An error of the server, with a JSON body and no error code."""
    return lambda request, answer: json_answer({"error": f"Error {code}"}, code, **headers)


def too_many_requests(
    retry_after: str | None = None, reset: int | None = None, resource: str = "api"
) -> Fault:
    """429 with Retry-After as given (seconds, a date, nonsense), with seconds in RateLimit, or neither."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    if reset is not None:
        headers["RateLimit"] = f'"{resource}";r=0;t={reset}'
        headers["RateLimit-Policy"] = f'"fixed window";"{resource}";q=500;w=300'

    def limit(request: Request, answer: Answer) -> Answer:
        kept = {n: v for n, v in answer.headers.items() if not n.startswith("RateLimit")}
        error = json_answer({"error": "Too Many Requests"}, 429)
        return error.but(headers={**kept, **error.headers, **headers})

    return limit


def edited(change: Callable[[Any], Any]) -> Fault:
    """The right answer with other JSON: keys missing, null, hostile, of another type. Errors stay."""

    def edit(request: Request, answer: Answer) -> Answer:
        return answer.but(body=json.dumps(change(answer.json())).encode()) if answer.status == 200 else answer

    return edit


def with_headers(**headers: str) -> Fault:
    """More headers, or others: `Link='<http://elsewhere/>; rel="next"'`."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return lambda request, answer: answer.with_headers(named)


def without_headers(*names: str) -> Fault:
    """The answer lacks these headers, as behind a proxy that drops them."""
    dropped = {name.lower() for name in names}

    def drop(request: Request, answer: Answer) -> Answer:
        return answer.but(headers={n: v for n, v in answer.headers.items() if n.lower() not in dropped})

    return drop


def redirected(location: str, code: int = 307) -> Fault:
    """To another place; a location that is the asked one makes a loop."""
    return lambda request, answer: Answer(code, {"Location": location})


def redirect_loop(request: Request, answer: Answer) -> Answer:
    return Answer(307, {"Location": request.path})


def html(request: Request, answer: Answer) -> Answer:
    """A proxy's page with status 200."""
    return Answer(200, {"Content-Type": "text/html"}, HTML)


def not_json(request: Request, answer: Answer) -> Answer:
    return answer.but(body=b'{"id": ')


def not_utf8(request: Request, answer: Answer) -> Answer:
    return answer.but(body=b'{"id": "acme/\xff\xfe\x80"}')


def deeply_nested(levels: int = 100_000) -> Fault:
    """JSON that exhausts a parser's stack."""
    return lambda request, answer: answer.but(body=b'{"id":' + b"[" * levels + b"]" * levels + b"}")


def truncated(sent: int = 400, claimed: int | None = None) -> Fault:
    """The connection closes after `sent` bytes of the body; `claimed` is the Content-Length."""
    return lambda request, answer: answer.but(length=claimed, manner=Manner(cut_after=sent))


def dripping(seconds: float) -> Fault:
    """One byte of the body at a time."""
    return lambda request, answer: answer.but(manner=Manner(drip_seconds=seconds))


def hanging(request: Request, answer: Answer) -> Answer:
    """The request is read and never answered."""
    return answer.but(manner=Manner(hang=True))


def resetting(request: Request, answer: Answer) -> Answer:
    """The connection is reset."""
    return answer.but(manner=Manner(reset=True))


def huge(megabytes: int = 100, *, announced: bool = True) -> Fault:
    """A JSON text of that size, streamed; without `announced` its length is not told before."""
    head, tail = b'{"id": "acme/huge", "text": "', b'"}'

    def body() -> Iterator[bytes]:
        yield head
        for _ in range(megabytes):
            yield b"x" * MEGABYTE
        yield tail

    length = len(head) + megabytes * MEGABYTE + len(tail) if announced else None
    return lambda request, answer: answer.but(stream=body, length=length)


def gzip_bomb(megabytes: int = 100) -> Fault:
    """A small body that unpacks to that size, though nobody asked for it."""

    def body() -> Iterator[bytes]:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        for _ in range(megabytes):
            yield packer.compress(bytes(MEGABYTE))
        yield packer.flush()

    return lambda request, answer: answer.but(stream=body).with_headers({"Content-Encoding": "gzip"})


def gzipped(request: Request, answer: Answer) -> Answer:
    """An honest compressed answer."""
    return answer.but(body=gzip.compress(answer.body)).with_headers({"Content-Encoding": "gzip"})


def scripted(route: Mapping[str, Any]) -> Fault:
    """One step of a script in JSON: `status`, `headers`, `json`, `body_bytes` of filling, `close`, `drip_s`.

    A Content-Length among the headers is what is claimed, true or not.
    """
    headers = dict(route.get("headers", {}))
    claimed = headers.pop("Content-Length", None)
    body = json.dumps(route["json"]).encode() if "json" in route else b"x" * route.get("body_bytes", 0)
    cut = len(body) if route.get("close") else None
    manner = Manner(cut_after=cut, drip_seconds=route.get("drip_s"))
    length = int(claimed) if claimed is not None else None
    return lambda request, answer: Answer(
        route["status"], {"Content-Type": "application/json", **headers}, body, None, length, manner
    )


def plan(hub: Traffic, routes: Sequence[Mapping[str, Any]], path: str = "/api/models/*") -> None:
    """Answer by the script, each step `times` times (once if it does not say), the last one for ever."""
    for route in routes[:-1]:
        hub.fail(scripted(route), path, times=route.get("times", 1))
    hub.fail(scripted(routes[-1]), path, times=routes[-1].get("times"))
