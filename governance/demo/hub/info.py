"""What the API says of a model, in the shapes of the Hub."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from governance.demo.hub import wire
from governance.demo.hub.repository import Commit, File, Repository
from governance.demo.hub.state import Hub
from governance.demo.hub.trees import stamp

_EXPANDABLE = """
author baseModels cardData childrenModelCount config createdAt disabled downloads downloadsAllTime evalResults
gated gguf inference inferenceProviderMapping lastModified library_name likes mask_token model-index
pipeline_tag private resourceGroup safetensors sha siblings spaces tags transformersInfo trendingScore
usedStorage widgetData xetEnabled"""
_LISTED = "_id id modelId likes private downloads tags pipeline_tag library_name createdAt"
EXPANDABLE = frozenset(_EXPANDABLE.split())
LISTED = frozenset(_LISTED.split())
FULLY_LISTED = LISTED | {"author", "sha", "lastModified", "gated", "disabled", "siblings"}
CONFIG_KEYS = ("architectures", "model_type", "auto_map")


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
    return str(card.get("base_model_relation") or repository.relation)


def tags(hub: Hub, repository: Repository, commit: Commit) -> list[str]:
    """The Hub adds to the labels what follows from the card."""
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


def children(hub: Hub, repository: Repository, commit: Commit) -> dict[str, int]:
    count = dict.fromkeys(("adapter", "merge", "quantized", "finetune"), 0)
    for other in hub.repositories.values():
        head = other.commit("main")
        if head and repository in bases(hub, head.card):
            count[relation(other, head.card)] = count.get(relation(other, head.card), 0) + 1
    return count


EXPAND_ONLY: dict[str, Callable[[Hub, Repository, Commit], Any]] = {
    "baseModels": base_models,
    "childrenModelCount": children,
    "downloadsAllTime": lambda hub, repository, commit: repository.facts.get("downloads", 0),
}


def usual(hub: Hub, repository: Repository, commit: Commit, blobs: bool = False) -> dict[str, Any]:
    """All keys that need not be asked for; `facts` may replace them."""
    head = repository.commit("main") or commit
    config = {key: commit.config[key] for key in CONFIG_KEYS if key in commit.config}
    return {
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
        **({"config": config} if config else {}),
        **repository.facts,
    }


def model_info(
    hub: Hub, repository: Repository, commit: Commit, *, blobs: bool, security: bool
) -> dict[str, Any]:
    scans = {"securityRepoStatus": {"scansDone": True, "filesWithIssues": []}} if security else {}
    return {**usual(hub, repository, commit, blobs), **scans}


def expanded(hub: Hub, repository: Repository, commit: Commit, asked: Sequence[str]) -> dict[str, Any]:
    """Only `_id`, `id` and what was asked for; a key without a value is left out."""
    found = usual(hub, repository, commit)
    for key in EXPAND_ONLY.keys() & set(asked):
        found[key] = EXPAND_ONLY[key](hub, repository, commit)
    return {key: found[key] for key in ("_id", "id", *asked) if found.get(key) is not None}


def listed(hub: Hub, repository: Repository, *, full: bool, card: bool) -> dict[str, Any]:
    commit = repository.commit("main")
    if commit is None:
        raise wire.revision_not_found("main")
    wanted = (FULLY_LISTED if full else LISTED) | ({"cardData"} if card else set())
    return {key: value for key, value in usual(hub, repository, commit).items() if key in wanted}
