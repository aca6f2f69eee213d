"""Work of kind sync: one look at one model, and everything that follows from what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from governance.audit.services import append
from governance.compliance.models import Subject
from governance.compliance.services import mark_changed, subject_of
from governance.core.reading import Reading, SourceError
from governance.deployments.services import follow
from governance.licensing.services import conclude, notice_license_change
from governance.pipeline import outbox
from governance.pipeline.announcing import announce_changes
from governance.pipeline.chaos import maybe_die
from governance.pipeline.models import Kind, Work
from governance.pipeline.queueing import queue_judging
from governance.registry.models import Model, State
from governance.registry.services import (
    Synced,
    apply_failure,
    apply_reading,
    known,
    register_model,
    source_of,
)


def queue_sync(model: Model, ref: str, depth: int = 0) -> None:
    """Look at the model soon. `depth` counts how far it is from the model that somebody asked for."""
    outbox.put(Kind.SYNC, f"{model.pk}:{ref}", {"model": model.pk, "ref": ref, "depth": depth})


def sync(work: Work) -> None:
    model = Model.objects.filter(pk=work.payload["model"]).first()
    if model is None or model.state == State.REPLACED:
        outbox.finish(work)
        return
    ref = work.payload["ref"]
    try:
        seen = _look(model, ref)
    except SourceError as fault:
        _record_failure(work, model, ref, fault)
        return
    maybe_die("sync_read")
    with transaction.atomic():
        _record(work, model, seen, ref)
        outbox.finish(work)
        maybe_die("sync_before_commit")
    maybe_die("sync_committed")


@dataclass(frozen=True)
class Seen:
    """One look: the reading, and what was asked beside it because the reading gave reason to."""

    reading: Reading
    history: Sequence[str] | None
    access: bool | None


def _look(model: Model, ref: str) -> Seen:
    source = source_of(model)
    reading = source.read(model.repo_id, ref, known(model, ref))
    # Only a branch that moved raises the question whether its history was rewritten.
    moved = not reading.unchanged and model.refs.filter(name=ref).exists()
    history = source.history(model.repo_id, ref) if moved else None
    access = source.has_access(model.repo_id) if reading.gated in ("auto", "manual") else None
    return Seen(reading, history, access)


def _record(work: Work, model: Model, seen: Seen, ref: str) -> None:
    now = timezone.now()
    synced = apply_reading(
        model=model, reading=seen.reading, ref=ref, now=now, history=seen.history, access=seen.access
    )
    changes = list(synced.changes)
    if synced.snapshot is not None:
        conclude(snapshot=synced.snapshot, now=now)
        changed = notice_license_change(snapshot=synced.snapshot, now=now)
        changes += [changed] if changed else []
    _queue_parents(synced, work.payload.get("depth", 0), now)
    if synced.incomplete:
        queue_sync(synced.model, synced.model.ref)
    revision = synced.snapshot.revision if synced.snapshot else ""
    detail = {"revision": revision, "changes": [change.sentence for change in changes]}
    append(at=now, actor="worker", action="model.synced", object=synced.model.repo_id, detail=detail)
    if synced.created or changes or synced.model.pk != model.pk:
        _judge_again(synced.model, f"sync:{work.pk}", now)
    announce_changes(synced.model, changes, now)


def _queue_parents(synced: Synced, depth: int, now: datetime) -> None:
    """Ancestors are models like any other, pulled to a set depth."""
    if depth >= settings.ANCESTOR_DEPTH:
        return
    for repo_id in dict.fromkeys(parent for parent, _ in synced.parents):
        parent, created = register_model(source=synced.model.source, repo_id=repo_id, now=now)
        if created:
            queue_sync(parent, parent.ref, depth + 1)


def _record_failure(work: Work, model: Model, ref: str, fault: SourceError) -> None:
    """The state is recorded in any case; what may pass by itself is tried again without counting."""
    now = timezone.now()
    with transaction.atomic():
        changes = apply_failure(model=model, error=fault, now=now, ref=ref)
        if changes or model.latest_snapshot_id is None:
            _judge_again(model, f"sync:{work.pk}", now)
        announce_changes(model, changes, now)
        if fault.transient:
            outbox.again(work, str(fault), fault.retry_after)
        else:
            outbox.finish(work)
        maybe_die("sync_before_commit")


def _judge_again(model: Model, cause: str, now: datetime) -> None:
    """The model, its deployments, and those of every model that descends from it."""
    follow(model=model, now=now)
    subject_of(model=model)
    kin = {model.pk} | descendants(model)
    subjects = Subject.objects.filter(deployment__model__in=kin) | Subject.objects.filter(model__in=kin)
    queue_judging(mark_changed(subjects), cause)


def descendants(model: Model) -> set[int]:
    """Ids of models whose current snapshot names this one, or a descendant of it, as an ancestor."""
    found: set[int] = set()
    ahead = {model.pk}
    while ahead:
        rows = Model.objects.filter(latest_snapshot__edges__parent__in=ahead)
        ahead = set(rows.values_list("pk", flat=True)) - found - {model.pk}
        found |= ahead
    return found
