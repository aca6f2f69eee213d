"""One look at a model through its source: network only, nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from governance.core.reading import Reading, SourceError
from governance.core.source import Source
from governance.registry.models import Model
from governance.registry.revisions import known, snapshot_at

Value = TypeVar("Value")


@dataclass(frozen=True)
class Look:
    """A reading with what else was asked. None: not asked, or not answered."""

    reading: Reading
    history: tuple[str, ...] | None = None
    access: bool | None = None


def look(source: Source, model: Model, ref: str, *, name: str = "") -> Look:
    """What `source` says of `model` at `ref`, asked under `name` (empty: its own). Raises SourceError.

    The history is asked only when the branch moved, access only where there is a gate and no file behind
    it was read.
    """
    held = snapshot_at(model, ref)
    reading = source.read(name or model.repo_id, ref, known(model, ref))
    moved = held is not None and held.revision != reading.revision
    repo_id = reading.repo_id
    history = _optional(lambda: source.history(repo_id, reading.revision)) if moved else None
    access = reading.access
    if access is None and reading.gated:
        access = _optional(lambda: source.has_access(repo_id))
    return Look(reading, history, access)


def _optional(ask: Callable[[], Value]) -> Value | None:
    """A hub that cannot answer a question beside the reading spoils nothing; a busy one is asked later."""
    try:
        return ask()
    except SourceError as error:
        if error.transient:
            raise
        return None
