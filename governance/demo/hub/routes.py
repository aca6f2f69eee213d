"""From a request to an answer: the API of models."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

from governance.demo.hub import files, info, wire
from governance.demo.hub.repository import Commit, Repository
from governance.demo.hub.state import Hub, Logged
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
        hub.log.append(Logged(request, answer.status))
        number = len(hub.log)
    return answer.with_headers({"X-Request-Id": f"Root=1-{number:08x}"})


def _within_limits(hub: Hub, request: Request) -> Answer:
    """RateLimit headers are on every answer, on errors too."""
    name = "api" if request.path.startswith("/api/") else "resolvers"
    window = hub.windows["resolvers" if "/resolve" in request.path else name]
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
    for pattern, serve in ((MODEL, model), (CACHED, files.cached), (RESOLVE, files.resolve)):
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


# -------------------------------------------------------------------- one model


def model(hub: Hub, request: Request, repository: Repository, user: str, verb: str, rest: str) -> Answer:
    """GET /api/models/{id}[/verb[/rest]]."""
    if verb == "refs":
        return json_answer(info.refs(repository, request.wants("include_prs")))
    if verb == "auth-check":
        if not hub.may_read(repository, user):
            raise wire.gated(repository.id, anonymous=not user)
        return json_answer({})
    if verb in ("", "revision"):
        return _info(hub, request, repository, found_commit(repository, rest or "main"))
    return OF_COMMIT[verb](hub, request, repository, rest)


def _info(hub: Hub, request: Request, repository: Repository, commit: Commit) -> Answer:
    asked = request.values("expand")
    if asked and not hub.expand_ignored:
        return json_answer(info.expanded(hub, repository, commit, asked))
    blobs, security = request.wants("blobs"), request.wants("securityStatus")
    return json_answer(info.model_info(hub, repository, commit, blobs=blobs, security=security))


def found_commit(repository: Repository, revision: str) -> Commit:
    commit = repository.commit(revision)
    if commit is None:
        raise wire.revision_not_found(revision)
    return commit


def _commits(hub: Hub, request: Request, repository: Repository, revision: str) -> Answer:
    found_commit(repository, revision)
    entries = [info.commit_entry(commit, repository.author) for commit in repository.history(revision)]
    return paged(hub, request, entries)


def _tree(hub: Hub, request: Request, repository: Repository, rest: str) -> Answer:
    """The revision is one quoted segment, so what follows the first slash as sent is the folder."""
    raw = request.path.split("/tree/", 1)[1]
    revision, _, folder = raw.partition("/")
    commit = found_commit(repository, unquote(revision))
    folder = unquote(folder).strip("/")
    recursive, expand = request.wants("recursive"), request.wants("expand")
    entries = info.tree(commit, folder, recursive=recursive, expand=expand)
    if folder and not entries:
        raise wire.entry_not_found(folder, commit.id)
    return paged(hub, request, entries)


def _paths_info(hub: Hub, request: Request, repository: Repository, revision: str) -> Answer:
    """Paths that are not there are left out."""
    commit = found_commit(repository, revision)
    form = parse_qs(request.body.decode("utf-8", errors="replace"))
    expand = form.get("expand", ["False"])[0].lower() == "true"
    entries = {entry["path"]: entry for entry in info.tree(commit, "", recursive=True, expand=expand)}
    return json_answer([entries[path] for path in form.get("paths", []) if path in entries])


OF_COMMIT: dict[str, Callable[[Hub, Request, Repository, str], Answer]] = {
    "commits": _commits,
    "tree": _tree,
    "paths-info": _paths_info,
}


# ---------------------------------------------------------------------- others


def paged(hub: Hub, request: Request, entries: Sequence[Any]) -> Answer:
    """One page, with an absolute `Link` to the next."""
    limit = request.value("limit")
    size = min(int(limit), hub.page_size) if limit.isdecimal() and int(limit) else hub.page_size
    cursor = request.value("cursor")
    start = int(cursor) if cursor.isdecimal() else 0
    answer = json_answer(entries[start : start + size])
    if start + size >= len(entries):
        return answer
    query = {**parse_qs(request.query), "cursor": [str(start + size)]}
    url = f"http://{request.host}{request.path}?{urlencode(query, doseq=True)}"
    return answer.with_headers({"Link": f'<{url}>; rel="next"'})


def listing(hub: Hub, request: Request, user: str) -> Answer:
    """GET /api/models: what the user may see, filtered."""
    found = [
        repository
        for repository in hub.repositories.values()
        if (not repository.private or hub.may_read(repository, user)) and _wanted(hub, request, repository)
    ]
    return paged(hub, request, [_listed(hub, request, repository) for repository in found])


def _wanted(hub: Hub, request: Request, repository: Repository) -> bool:
    commit = repository.commit("main")
    if commit is None or request.value("author", repository.author) != repository.author:
        return False
    labels = {*info.tags(hub, repository, commit), repository.facts.get("pipeline_tag")}
    gated = request.value("gated")
    return (
        request.value("search").lower() in repository.id.lower()
        and labels.issuperset(request.values("filter") + request.values("pipeline_tag"))
        and (not gated or (gated.lower() == "true") == bool(repository.gated))
    )


def _listed(hub: Hub, request: Request, repository: Repository) -> dict[str, Any]:
    asked = request.values("expand")
    if asked and not hub.expand_ignored:
        return info.expanded(hub, repository, found_commit(repository, "main"), asked)
    return info.listed(hub, repository, full=request.wants("full"), card=request.wants("cardData"))


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
    "/api/models": listing,
    "/api/whoami-v2": whoami,
    "/api/agent-harnesses": telemetry,
}
