"""What the API says of files, commits and refs, in the shapes of the Hub."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from governance.demo.hub.repository import Commit, File, Repository, sha1


def stamp(moment: datetime) -> str:
    """The only form of a date that the client reads."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def tree_entry(file: File, commit: Commit, expand: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": "file", "oid": file.oid, "size": file.size, "path": file.path}
    if file.lfs:
        entry["lfs"] = {"oid": file.sha256, "size": file.size, "pointerSize": len(file.pointer)}
    if expand:
        entry["lastCommit"] = {"id": commit.id, "title": commit.title, "date": stamp(commit.date)}
        scan = {"status": "unscanned"}
        entry["securityFileStatus"] = {"status": "safe", "avScan": scan, "pickleImportScan": scan}
    return entry


def folder_entry(path: str) -> dict[str, Any]:
    return {"type": "directory", "oid": sha1(path), "size": 0, "path": path}


def tree(commit: Commit, folder: str, *, recursive: bool, expand: bool) -> list[dict[str, Any]]:
    """The entries below `folder` (empty: all), folders before their files."""
    prefix = f"{folder}/" if folder else ""
    found: dict[str, dict[str, Any]] = {}
    for file in commit.files:
        if not file.path.startswith(prefix):
            continue
        parts = file.path.removeprefix(prefix).split("/")
        for depth in range(1, len(parts)) if recursive else range(1, min(len(parts), 2)):
            path = prefix + "/".join(parts[:depth])
            found.setdefault(path, folder_entry(path))
        if recursive or len(parts) == 1:
            found[file.path] = tree_entry(file, commit, expand)
    return list(found.values())


def commit_entry(commit: Commit, author: str) -> dict[str, Any]:
    return {
        "id": commit.id,
        "title": commit.title,
        "message": "",
        "date": stamp(commit.date),
        "authors": [{"user": author}],
    }


def refs(repository: Repository, pull_requests: bool) -> dict[str, Any]:
    def named(names: Mapping[str, str], kind: str) -> list[dict[str, str]]:
        return [{"name": n, "ref": f"refs/{kind}/{n}", "targetCommit": c} for n, c in names.items()]

    found = {
        "tags": named(repository.tags, "tags"),
        "branches": named(repository.branches, "heads"),
        "converts": [],
    }
    return {**found, "pullRequests": []} if pull_requests else found
