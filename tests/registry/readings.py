"""Readings as sources give them, and a model that was read: what tests of the registry begin with."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from governance.core.reading import (
    AncestorEdge,
    Reading,
    Relation,
    RepositoryFile,
    SourceError,
    SourceState,
    Statement,
    StatementKind,
    TextFile,
)
from governance.registry.models import Model
from governance.registry.services import Synced, apply_failure, apply_reading, register_model

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 3, 12, tzinfo=UTC)
MUCH_LATER = datetime(2026, 11, 9, 12, tzinfo=UTC)
A, B, C = "a" * 40, "b" * 40, "c" * 40


def reading(repo_id: str = "acme/m", **fields: Any) -> Reading:
    """`acme/m` at commit A, under mit, as a hub with the id `id-of-m` says it."""
    said: dict[str, Any] = {
        "source": "huggingface",
        "endpoint": "https://huggingface.co",
        "asked_id": repo_id,
        "repo_id": repo_id,
        "hub_id": "id-of-m",
        "ref": "main",
        "revision": A,
        "custom_code": False,
        "statements": (Statement(StatementKind.TAG, "mit"),),
        "files": (RepositoryFile("model.safetensors", 1000, "e" * 64), RepositoryFile("README.md", 20)),
    }
    return Reading(**{**said, **fields})


def text_file(path: str, text: str, oid: str = "") -> TextFile:
    return TextFile(path, text, hashlib.sha256(text.encode()).hexdigest(), oid)


def parents(*names: str, relation: Relation = Relation.FINETUNE) -> tuple[AncestorEdge, ...]:
    return tuple(AncestorEdge(name, relation, "card") for name in names)


def registered(repo_id: str = "acme/m", **options: Any) -> Model:
    return register_model(source="huggingface", repo_id=repo_id, now=NOON, **options)[0]


def read(model: Model, said: Reading, *, now: datetime = NOON, ref: str = "main", **asked: Any) -> Synced:
    return apply_reading(model=model, reading=said, ref=ref, now=now, **asked)


def fail(model: Model, state: SourceState, *, now: datetime = LATER, **options: Any) -> list[Any]:
    error = SourceError(state, f"The hub says {state.value}.")
    return apply_failure(model=model, error=error, now=now, **options)


def tracked(repo_id: str = "acme/m", **fields: Any) -> Model:
    """A model that was registered and read."""
    fields.setdefault("hub_id", f"id-of-{repo_id.lower().replace('/', '-')}")
    return read(registered(repo_id), reading(repo_id, **fields)).model


def kinds(changes: list[Any]) -> list[str]:
    return [str(change.kind) for change in changes]
