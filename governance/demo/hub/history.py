"""How a repository becomes another one by commits: pure, from value to value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from governance.demo.hub.cards import card_of, readme
from governance.demo.hub.repository import EPOCH, Commit, File, Repository, sha1

Changes = Mapping[str, bytes | int | None]
"""Path to bytes, a size (weights), or None (deleted)."""


def committed(
    repository: Repository,
    changes: Changes,
    *,
    card: Mapping[str, Any] | None = None,
    branch: str = "main",
    commit_id: str = "",
    title: str = "Update",
    date: datetime | None = None,
) -> Repository:
    """With one commit more. `card` writes README.md; a README.md among the changes sets the card."""
    head = repository.commit(branch)
    if card is not None:
        changes = {"README.md": readme(repository.id, card), **changes}
    files = merged(head.files if head else (), changes)
    commit = Commit(
        commit_id or sha1(f"{repository.id}{head and head.id}{[(f.path, f.oid) for f in files]}{title}"),
        title,
        date or (head.date + timedelta(hours=1) if head else EPOCH),
        files,
        card if card is not None else card_after(changes, head),
        head.id if head else "",
    )
    return replace(
        repository,
        commits={**repository.commits, commit.id: commit},
        branches={**repository.branches, branch: commit.id},
    )


def amended(repository: Repository, changes: Changes, branch: str = "main") -> Repository:
    """With other files in the head commit, which keeps its id."""
    head = existing(repository, branch)
    other = replace(head, files=merged(head.files, changes), card=card_after(changes, head))
    return replace(repository, commits={**repository.commits, head.id: other})


def squashed(repository: Repository, branch: str = "main", commit_id: str = "") -> Repository:
    """With one new commit that has the files of the head, and none of the old ones."""
    head = existing(repository, branch)
    new = replace(head, id=commit_id or sha1(f"squash {head.id}"), parent="", title="Squash")
    return replace(repository, commits={new.id: new}, branches={branch: new.id}, tags={})


def existing(repository: Repository, revision: str) -> Commit:
    commit = repository.commit(revision)
    if commit is None:
        raise KeyError(f"{repository.id} has no revision {revision}")
    return commit


def merged(files: tuple[File, ...], changes: Changes) -> tuple[File, ...]:
    kept = {file.path: file for file in files if file.path not in changes}
    for path, content in changes.items():
        if content is not None:
            kept[path] = File.of(path, content) if isinstance(content, bytes) else File(path, content)
    return tuple(kept[path] for path in sorted(kept))


def card_after(changes: Changes, head: Commit | None) -> Mapping[str, Any]:
    body = changes.get("README.md")
    if isinstance(body, bytes):
        return card_of(body)
    return head.card if head and "README.md" not in changes else {}
