"""Repositories from records in the shape of `GET /api/models/{id}`, real or hostile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from governance.demo.hub.cards import readme
from governance.demo.hub.repository import EPOCH, Commit, File, Repository, sha1

IDENTITY = ("id", "_id", "sha", "modelId", "author", "private", "disabled", "lastModified")
DERIVED = ("license:", "base_model:", "region:")


def repository_of(record: Mapping[str, Any]) -> Repository:
    """One commit with the siblings of the record. Other keys are answered as they stand, of whatever type.

    README.md is written from the card data; other files are filled up to their size, or to one byte.
    """
    repo_id = record["id"]
    facts = {key: value for key, value in record.items() if key not in IDENTITY and not key.startswith("_")}
    card = facts.pop("cardData") if isinstance(record.get("cardData"), dict) else {}
    gated = facts.pop("gated", None) or ""
    tags = facts.pop("tags") if _texts(record.get("tags")) else []
    files = _files(repo_id, card, facts.pop("siblings")) if _well_formed(record.get("siblings")) else ()
    date = datetime.fromisoformat(record["lastModified"]) if "lastModified" in record else EPOCH
    commit = Commit(record.get("sha") or sha1(f"{repo_id} head"), "Upload", date, files, card)
    return Repository(
        repo_id,
        record.get("_id") or sha1(repo_id)[:24],
        {commit.id: commit},
        {"main": commit.id},
        gated=gated,
        private=bool(record.get("private")),
        disabled=bool(record.get("disabled")),
        labels=tuple(tag for tag in tags if not tag.startswith(DERIVED)),
        relation=_relation(tags),
        facts=facts,
    )


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _well_formed(siblings: Any) -> bool:
    return isinstance(siblings, list) and all(
        isinstance(sibling, dict) and isinstance(sibling.get("rfilename"), str) for sibling in siblings
    )


def _files(repo_id: str, card: Mapping[str, Any], siblings: list[dict[str, Any]]) -> tuple[File, ...]:
    def file(path: str, size: int | None) -> File:
        return File.of(path, readme(repo_id, card)) if path == "README.md" else File(path, size or 1)

    return tuple(file(sibling["rfilename"], sibling.get("size")) for sibling in siblings)


def _relation(tags: list[str]) -> str:
    """The middle of a tag `base_model:relation:org/name`."""
    told = (tag.split(":")[1] for tag in tags if tag.startswith("base_model:") and tag.count(":") > 1)
    return next(told, "finetune")
