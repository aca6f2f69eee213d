"""What the API says of a repository, in the shapes of the Hub."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from governance.demo.hub import wire
from governance.demo.hub.repository import Commit, File, Repository, sha1
from governance.demo.hub.state import Hub

EXPAND_ONLY = frozenset({"baseModels", "childrenModelCount", "downloadsAllTime", "securityRepoStatus"})
LISTED = frozenset(
    {
        "_id",
        "id",
        "modelId",
        "likes",
        "private",
        "downloads",
        "tags",
        "pipeline_tag",
        "library_name",
        "createdAt",
    }
)
CONFIG_KEYS = ("architectures", "model_type", "auto_map")


def stamp(moment: datetime) -> str:
    """The only form of a date that the client reads."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def texts(value: Any) -> list[str]:
    """A card field that may be one text or a list of them."""
    found = value if isinstance(value, list) else [value]
    return [text for text in found if isinstance(text, str)]


def bases(hub: Hub, card: Mapping[str, Any]) -> list[Repository]:
    """The base models that the card names, under the names that they have now."""
    named = ((hub.named(base) or hub.renamed(base)) for base in texts(card.get("base_model")))
    return [repository for repository in named if repository is not None]


def base_names(hub: Hub, card: Mapping[str, Any]) -> list[str]:
    current = {base: hub.renamed(base) for base in texts(card.get("base_model"))}
    return [repository.id if repository else base for base, repository in current.items()]


def relation(repository: Repository, card: Mapping[str, Any]) -> str:
    return str(card.get("base_model_relation") or repository.facts.get("relation") or "finetune")


def tags(hub: Hub, repository: Repository, commit: Commit) -> list[str]:
    names = base_names(hub, commit.card)
    return [
        *repository.labels,
        *(f"base_model:{name}" for name in names),
        *(f"base_model:{relation(repository, commit.card)}:{name}" for name in names),
        *(f"license:{name}" for name in texts(commit.card.get("license"))),
        "region:us",
    ]


def lfs(file: File) -> dict[str, Any]:
    return {"sha256": file.sha256, "size": file.size, "pointerSize": len(file.pointer)}


def sibling(file: File, blobs: bool) -> dict[str, Any]:
    if not blobs:
        return {"rfilename": file.path}
    detail = {"rfilename": file.path, "size": file.size, "blobId": file.oid}
    return {**detail, "lfs": lfs(file)} if file.lfs else detail


def used_storage(repository: Repository) -> int:
    return sum(
        {file.oid: file.size for commit in repository.commits.values() for file in commit.files}.values()
    )


def base_models(hub: Hub, repository: Repository, commit: Commit) -> dict[str, Any] | None:
    models = [{"_id": base.hub_id, "id": base.id} for base in bases(hub, commit.card)]
    return {"relation": relation(repository, commit.card), "models": models} if models else None


def children(hub: Hub, repository: Repository) -> dict[str, int]:
    count = dict.fromkeys(("adapter", "merge", "quantized", "finetune"), 0)
    for other in hub.repositories.values():
        head = other.commit("main")
        if head and repository in bases(hub, head.card):
            count[relation(other, head.card)] = count.get(relation(other, head.card), 0) + 1
    return count


def every_key(hub: Hub, repository: Repository, commit: Commit, blobs: bool = False) -> dict[str, Any]:
    facts = {key: value for key, value in repository.facts.items() if key != "relation"}
    head = repository.commit("main") or commit
    known = {
        "_id": repository.hub_id,
        "id": repository.id,
        "modelId": repository.id,
        "author": repository.author,
        "sha": commit.id,
        "lastModified": stamp(head.date),
        "createdAt": stamp(min(c.date for c in repository.commits.values())),
        "private": repository.private,
        "gated": repository.gated or False,
        "disabled": repository.disabled,
        "downloads": 0,
        "likes": 0,
        "tags": tags(hub, repository, commit),
        "cardData": dict(commit.card),
        "siblings": [sibling(file, blobs) for file in commit.files],
        "spaces": [],
        "usedStorage": used_storage(repository),
        "baseModels": base_models(hub, repository, commit),
        "childrenModelCount": children(hub, repository),
        "downloadsAllTime": facts.get("downloads", 0),
        "securityRepoStatus": {"scansDone": True, "filesWithIssues": []},
    }
    config = {key: commit.config[key] for key in CONFIG_KEYS if key in commit.config}
    return {**known, **({"config": config} if config else {}), **facts}


def model_info(
    hub: Hub, repository: Repository, commit: Commit, *, blobs: bool, security: bool
) -> dict[str, Any]:
    every = every_key(hub, repository, commit, blobs)
    hidden = EXPAND_ONLY - ({"securityRepoStatus"} if security else set())
    return {key: value for key, value in every.items() if key not in hidden}


def expanded(hub: Hub, repository: Repository, commit: Commit, asked: Iterable[str]) -> dict[str, Any]:
    """Only `_id`, `id` and what was asked for; a key without a value is left out."""
    every = every_key(hub, repository, commit)
    return {key: every[key] for key in ("_id", "id", *asked) if every.get(key) is not None}


def listed(hub: Hub, repository: Repository, *, full: bool, card: bool) -> dict[str, Any]:
    commit = repository.commit("main")
    if commit is None:
        raise wire.revision_not_found("main")
    every = every_key(hub, repository, commit)
    more = {"author", "sha", "lastModified", "gated", "disabled", "siblings"} if full else set()
    wanted = LISTED | more | ({"cardData"} if card else set())
    return {key: value for key, value in every.items() if key in wanted}


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
