"""From a request to an answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from urllib.parse import unquote

from governance.demo.hub import files, models, wire
from governance.demo.hub.state import Hub
from governance.demo.hub.traffic import Logged
from governance.demo.hub.wire import Answer, Refused, Request, json_answer

VERBS = "revision|refs|commits|tree|paths-info|auth-check"
NAME = rf"[^/]+(?:/(?!(?:{VERBS}|resolve)(?:/|$))[^/]+)?"
MODEL = re.compile(rf"/api/models/(?P<repo>{NAME})(?:/(?P<verb>{VERBS})(?:/(?P<rest>.*))?)?/?")
RESOLVE = re.compile(rf"/(?P<repo>{NAME})/resolve/(?P<revision>[^/]+)/(?P<path>.+)")
CACHED = re.compile(rf"/api/resolve-cache/models/(?P<repo>{NAME})/(?P<revision>[^/]+)/(?P<path>.+)")


def respond(hub: Hub, request: Request) -> Answer:
    """The answer as it goes out, with its faults; the request is written down with its status."""
    with hub.lock:
        answer = hub.spoil(request, _within_limits(hub, request))
        hub.log.append(Logged(request, answer.status, hub.clock()))
        number = len(hub.log)
    return answer.with_headers({"X-Request-Id": f"Root=1-{number:08x}"})


def _within_limits(hub: Hub, request: Request) -> Answer:
    """RateLimit headers are on every answer, on errors too."""
    api = request.path.startswith("/api/") and not request.path.startswith("/api/resolve-cache/")
    window = hub.windows["api" if api else "resolvers"]
    within, headers = window.take(request.authorization, hub.clock())
    if not within:
        waits = {"Retry-After": headers["RateLimit"].split("t=")[1]} if headers else {}
        return json_answer({"error": "Too Many Requests"}, 429).with_headers({**headers, **waits})
    try:
        answer = _route(hub, request)
    except Refused as refused:
        answer = refused.answer
    return _conditional(request, answer).with_headers(headers)


def _conditional(request: Request, answer: Answer) -> Answer:
    """A weak ETag on JSON answers, and 304 for one who has it."""
    if answer.status != 200 or answer.stream or "ETag" in answer.headers:
        return answer
    etag = f'W/"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == etag:
        return Answer(304, {"ETag": etag})
    return answer.with_headers({"ETag": etag})


def _route(hub: Hub, request: Request) -> Answer:
    if request.path.startswith("/lfs/"):
        return files.signed(hub, request)
    user = hub.user(request)
    fixed = FIXED.get(request.path)
    if fixed:
        return fixed(hub, request, user)
    for pattern, serve in ((MODEL, models.model), (CACHED, files.cached), (RESOLVE, files.resolve)):
        match = pattern.fullmatch(request.path)
        if match:
            return _repository_call(hub, request, user, match, serve)
    if request.path.startswith("/api/telemetry/"):
        return Answer(200)
    raise wire.refusal(404, "Sorry, we can't find the page you are looking for.")


def _repository_call(
    hub: Hub, request: Request, user: str, match: re.Match[str], serve: Callable[..., Answer]
) -> Answer:
    """Who may see the repository at all, and where it is now, come before anything else."""
    parts = {name: unquote(text) if text else "" for name, text in match.groupdict().items()}
    name = parts.pop("repo")
    repository = hub.named(name) or hub.renamed(name)
    if repository is None or (repository.private and not hub.may_read(repository, user)):
        raise wire.repository_not_found(anonymous=not user)
    if repository.disabled:
        raise wire.disabled()
    if repository.id != name:
        return _moved(hub, request, match.span("repo"), repository.id)
    return serve(hub, request, repository, user, **parts)


def _moved(hub: Hub, request: Request, span: tuple[int, int], new: str) -> Answer:
    location = request.path[: span[0]] + new + request.path[span[1] :]
    query = f"?{request.query}" if request.query and hub.renames_keep_query else ""
    return Answer(307, {"Location": location + query})


def whoami(hub: Hub, request: Request, user: str) -> Answer:
    if not user:
        raise wire.refusal(401, "Invalid username or password.")
    token = {"displayName": "token", "role": "read"}
    return json_answer(
        {"type": "user", "name": user, "fullname": user, "orgs": [], "auth": {"accessToken": token}}
    )


def telemetry(hub: Hub, request: Request, user: str) -> Answer:
    return json_answer([])


FIXED: dict[str, Callable[[Hub, Request, str], Answer]] = {
    "/api/models": models.listing,
    "/api/whoami-v2": whoami,
    "/api/agent-harnesses": telemetry,
}
