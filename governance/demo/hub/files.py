"""The contents of files: resolve, its redirects to storage, and ranges."""

from __future__ import annotations

import re
from urllib.parse import quote

from governance.demo.hub import wire
from governance.demo.hub.models import found_commit
from governance.demo.hub.repository import Commit, File, Repository, sha1
from governance.demo.hub.state import Hub
from governance.demo.hub.wire import Answer, Request

OPEN_WHEN_GATED = ("README.md", ".gitattributes")
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def resolve(
    hub: Hub, request: Request, repository: Repository, user: str, revision: str, path: str
) -> Answer:
    """HEAD or GET /{id}/resolve/{revision}/{path}: small files here, large ones from storage."""
    commit, file = _found(hub, repository, user, revision, path)
    if file.lfs and hub.lfs_at != "directly":
        origin = hub.files_address if hub.lfs_at == "other origin" else f"http://{request.host}"
        place = f"{origin}/lfs/{repository.hub_id}/{file.sha256}?X-Amz-Signature={_signature(file)}"
        return Answer(302, {**_headers(commit, file), "Location": place})
    if hub.resolve_cache:
        place = f"/api/resolve-cache/models/{repository.id}/{commit.id}/{quote(path)}"
        return Answer(307, {**_headers(commit, file), "Location": place})
    return content(request, file).with_headers(_headers(commit, file))


def cached(hub: Hub, request: Request, repository: Repository, user: str, revision: str, path: str) -> Answer:
    """Where small files may be redirected to, on the same origin."""
    commit, file = _found(hub, repository, user, revision, path)
    return content(request, file).with_headers(_headers(commit, file))


def signed(hub: Hub, request: Request) -> Answer:
    """Storage: no token, only a signature; and nothing of the Hub in its headers."""
    _, _, hub_id, sha256 = request.path.split("/", 3)
    held = (
        file
        for repository in hub.repositories.values()
        if repository.hub_id == hub_id
        for commit in repository.commits.values()
        for file in commit.files
    )
    file = next((file for file in held if file.lfs and file.sha256 == sha256), None)
    if file is None or request.value("X-Amz-Signature") != _signature(file):
        return Answer(403, {"Content-Type": "application/xml"}, b"<Error><Code>AccessDenied</Code></Error>")
    return content(request, file).with_headers({"ETag": f'"{sha256}"'})


def _found(hub: Hub, repository: Repository, user: str, revision: str, path: str) -> tuple[Commit, File]:
    commit = found_commit(repository, revision)
    if path not in OPEN_WHEN_GATED and not hub.may_read(repository, user):
        raise wire.gated(repository.id, anonymous=not user)
    file = commit.file(path)
    if file is None:
        raise wire.entry_not_found(path, commit.id)
    return commit, file


def _headers(commit: Commit, file: File) -> dict[str, str]:
    common = {"X-Repo-Commit": commit.id, "Accept-Ranges": "bytes", "ETag": f'"{file.etag}"'}
    return (
        {**common, "X-Linked-ETag": f'"{file.etag}"', "X-Linked-Size": str(file.size)} if file.lfs else common
    )


def _signature(file: File) -> str:
    return sha1(f"signed {file.sha256}")


def content(request: Request, file: File) -> Answer:
    """The whole file, or the range that was asked for."""
    wanted = RANGE.fullmatch(request.headers.get("range", ""))
    kind = {"Content-Type": "application/octet-stream" if file.lfs else "text/plain; charset=utf-8"}
    if wanted is None or wanted.groups() == ("", ""):
        return Answer(200, kind, stream=lambda: file.read(0, file.size), length=file.size)
    start, end = _span(wanted[1], wanted[2], file.size)
    if start >= end:
        return Answer(416, {"Content-Range": f"bytes */{file.size}"})
    told = {**kind, "Content-Range": f"bytes {start}-{end - 1}/{file.size}"}
    return Answer(206, told, stream=lambda: file.read(start, end), length=end - start)


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    """Half-open; without `first` the last bytes are meant."""
    if not first:
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size
