"""The API of models: one, and the list of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

from governance.demo.hub import info, trees, wire
from governance.demo.hub.repository import Commit, Repository
from governance.demo.hub.state import Hub
from governance.demo.hub.wire import Answer, Request, json_answer


def model(hub: Hub, request: Request, repository: Repository, user: str, verb: str, rest: str) -> Answer:
    """GET /api/models/{id}[/verb[/rest]]."""
    if verb == "refs":
        return json_answer(trees.refs(repository, request.wants("include_prs")))
    if verb == "auth-check":
        if not hub.may_read(repository, user):
            raise wire.gated(repository.id, anonymous=not user)
        return json_answer({})
    if verb in ("", "revision"):
        return _info(hub, request, repository, found_commit(repository, rest or "main"))
    return OF_COMMIT[verb](hub, request, repository, rest)


def _info(hub: Hub, request: Request, repository: Repository, commit: Commit) -> Answer:
    asked = _expanded(hub, request)
    if asked:
        return json_answer(info.expanded(hub, repository, commit, asked))
    blobs, security = request.wants("blobs"), request.wants("securityStatus")
    return json_answer(info.model_info(hub, repository, commit, blobs=blobs, security=security))


def _expanded(hub: Hub, request: Request) -> list[str]:
    """The keys asked for; one that the Hub does not have is refused."""
    asked = [] if hub.expand_ignored else request.values("expand")
    if not info.EXPANDABLE.issuperset(asked):
        raise wire.refusal(400, '"expand" must be one of ' + ", ".join(sorted(info.EXPANDABLE)))
    return asked


def found_commit(repository: Repository, revision: str) -> Commit:
    commit = repository.commit(revision)
    if commit is None:
        raise wire.revision_not_found(revision)
    return commit


def _commits(hub: Hub, request: Request, repository: Repository, revision: str) -> Answer:
    found_commit(repository, revision)
    entries = [trees.commit_entry(commit, repository.author) for commit in repository.history(revision)]
    return paged(hub, request, entries)


def _tree(hub: Hub, request: Request, repository: Repository, rest: str) -> Answer:
    """The revision is one quoted segment, so what follows the first slash as sent is the folder."""
    raw = request.path.split("/tree/", 1)[1]
    revision, _, folder = raw.partition("/")
    commit = found_commit(repository, unquote(revision))
    folder = unquote(folder).strip("/")
    recursive, expand = request.wants("recursive"), request.wants("expand")
    entries = trees.tree(commit, folder, recursive=recursive, expand=expand)
    if folder and not entries:
        raise wire.entry_not_found(folder, commit.id)
    return paged(hub, request, entries)


def _paths_info(hub: Hub, request: Request, repository: Repository, revision: str) -> Answer:
    """Paths that are not there are left out."""
    commit = found_commit(repository, revision)
    form = parse_qs(request.body.decode("utf-8", errors="replace"))
    expand = form.get("expand", ["False"])[0].lower() == "true"
    entries = {entry["path"]: entry for entry in trees.tree(commit, "", recursive=True, expand=expand)}
    return json_answer([entries[path] for path in form.get("paths", []) if path in entries])


OF_COMMIT: dict[str, Callable[[Hub, Request, Repository, str], Answer]] = {
    "commits": _commits,
    "tree": _tree,
    "paths-info": _paths_info,
}


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
    asked = _expanded(hub, request)
    if asked:
        return info.expanded(hub, repository, found_commit(repository, "main"), asked)
    return info.listed(hub, repository, full=request.wants("full"), card=request.wants("cardData"))
