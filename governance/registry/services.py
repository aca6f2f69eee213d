"""The verbs of the registry. Invalid input raises ValidationError before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from governance.core.reading import Known, SourceError, SourceState
from governance.core.sentences import shown
from governance.core.source import Source
from governance.discovery import catalog
from governance.registry.curating import curate_edge, retract_edge
from governance.registry.figures import record_figure, retract_figure
from governance.registry.likeness import note_likeness
from governance.registry.lineage import Ancestor, lineage, lineages
from governance.registry.looking import Look, look
from governance.registry.models import Change, ChangeKind, Model
from governance.registry.names import check_ref, check_repo_id, connect_children, model_named, models_named
from governance.registry.reading import Synced, apply_failure, apply_reading
from governance.registry.revisions import known, previous_snapshot, resolve_revision
from governance.registry.states import change

__all__ = [
    "Ancestor",
    "Look",
    "Synced",
    "apply_failure",
    "apply_reading",
    "check_declared",
    "curate_edge",
    "find_model",
    "known",
    "lineage",
    "lineages",
    "look_at",
    "models_named",
    "previous_snapshot",
    "record_figure",
    "record_license_change",
    "register_model",
    "resolve_revision",
    "retract_edge",
    "retract_figure",
    "source_of",
]


def register_model(
    *,
    source: str,
    repo_id: str,
    ref: str = "main",
    declaration: Mapping[str, Any] | None = None,
    now: datetime,
) -> tuple[Model, bool]:
    """The model of that name, and whether it is new. A name in other case or an earlier name finds it too.

    `declaration` is what a person says of a model that no network tells of; a new one replaces the old.
    """
    endpoint = _endpoint(source)
    check_repo_id(repo_id), check_ref(ref)
    found = model_named(source, endpoint, repo_id)
    if found:
        return _declared(found, declaration), False
    new = Model(
        source=source,
        endpoint=endpoint,
        repo_id=repo_id,
        ref=ref,
        declaration=dict(declaration or {}),
        state_since=now,
    )
    return _insert(new)


def find_model(*, source: str, repo_id: str) -> Model | None:
    """The model that the name means now."""
    return model_named(source, _endpoint(source), repo_id)


def source_of(model: Model) -> Source:
    """The source, with its options, that reads the model."""
    options = {**settings.SOURCE_OPTIONS, "declaration": model.declaration}
    return _source(model.source)(options)


def check_declared(*, model: Model, revision: str, declaration: Mapping[str, Any] | None) -> None:
    """What a person declares is read at once, as no network can excuse it. Raises ValidationError."""
    source = source_of(model)
    if source.network:
        if declaration:
            cause = f"Models of {model.source} are read over the network: nothing is declared of them."
            raise ValidationError({"declaration": [cause]})
        return
    try:
        source.read(model.repo_id, revision, Known())
    except SourceError as fault:
        field = "revision" if fault.state is SourceState.REVISION_NOT_FOUND else "declaration"
        raise ValidationError({field: [str(fault)]}) from fault


def look_at(model: Model, ref: str = "", *, name: str = "") -> Look:
    """What the source of the model says now; see `looking.look`. Raises SourceError. Writes nothing."""
    return look(source_of(model), model, ref or model.ref, name=name)


def record_license_change(*, model: Model, before: str, after: str, sentence: str, now: datetime) -> Change:
    """What is concluded of the model's license is another than before."""
    return change(model, ChangeKind.LICENSE_CHANGED, before, after, sentence, now)


def _source(key: str) -> type[Source]:
    sources = catalog().sources
    if key not in sources:
        cause = f"There is no source {shown(key)}: there are {', '.join(sources)}."
        raise ValidationError({"source": [cause]})
    return sources[key]


def _endpoint(source: str) -> str:
    return settings.SOURCE_OPTIONS["endpoint"] if _source(source).network else ""


def _declared(model: Model, declaration: Mapping[str, Any] | None) -> Model:
    """A version that was read is never declared anew: its snapshot says what it was judged by."""
    if declaration is None or declaration == model.declaration:
        return model
    version = declaration.get("version")
    if version and model.snapshots.filter(revision=version).exists():
        cause = f"Version {shown(version)} was declared already, with other words: declare another version."
        raise ValidationError({"declaration": [cause]})
    model.declaration = dict(declaration)
    model.save(update_fields=["declaration"])
    return model


def _insert(new: Model) -> tuple[Model, bool]:
    """Two requests may register one name at the same time: the second finds what the first made."""
    note_likeness(new)
    try:
        with transaction.atomic():
            new.save()
            connect_children(new, new.repo_id)
    except IntegrityError:
        found = model_named(new.source, new.endpoint, new.repo_id)
        if found is None:
            raise
        return found, False
    return new, True
