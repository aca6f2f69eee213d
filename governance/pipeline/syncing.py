"""Work of kind sync: one look at one model, and everything that follows from what was seen."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from governance.audit.services import append
from governance.compliance.models import Subject
from governance.compliance.services import mark_changed, subject_of
from governance.core.reading import Reading, SourceError
from governance.deployments.services import follow
from governance.licensing.services import conclude
from governance.pipeline import outbox
from governance.pipeline.announcing import announce_changes
from governance.pipeline.chaos import maybe_die
from governance.pipeline.models import Kind, Work
from governance.pipeline.queueing import queue_judging
from governance.registry.models import Change, Model
from governance.registry.services import apply_failure, apply_reading, known, register_model, source_of


def queue_sync(model: Model, ref: str, depth: int = 0) -> None:
    """Look at the model soon. `depth` counts how far it is from the model that somebody asked for."""
    outbox.put(Kind.SYNC, f"{model.pk}:{ref}", {"model": model.pk, "ref": ref, "depth": depth})


def sync(work: Work) -> None:
    model = Model.objects.filter(pk=work.payload["model"]).first()
    if model is None:
        outbox.finish(work)
        return
    ref = work.payload["ref"]
    try:
        source = source_of(model)
        reading = source.read(model.repo_id, ref, known(model, ref))
        history = source.history(model.repo_id, ref) if _moved(model, ref, reading) else ()
    except SourceError as fault:
        _record_failure(work, model, fault)
        return
    maybe_die("sync_read")
    with transaction.atomic():
        _record(work, model, reading, ref, history)
        outbox.finish(work)
        maybe_die("sync_before_commit")
    maybe_die("sync_committed")


def _moved(model: Model, ref: str, reading: Reading) -> bool:
    """Only a branch that moved raises the question whether its history was rewritten."""
    return not reading.unchanged and model.refs.filter(name=ref).exists()


def _record(work: Work, model: Model, reading: Reading, ref: str, history: Sequence[str]) -> None:
    now = timezone.now()
    synced = apply_reading(model=model, reading=reading, ref=ref, now=now, history=history)
    changes = list(synced.changes)
    changes += conclude(snapshot=synced.snapshot, now=now).changes
    depth = work.payload.get("depth", 0)
    if depth < settings.ANCESTOR_DEPTH:
        for repo_id in dict.fromkeys(parent for parent, _ in synced.parents):
            parent, created = register_model(source=synced.model.source, repo_id=repo_id, now=now)
            if created:
                queue_sync(parent, parent.ref, depth + 1)
    detail = {"revision": synced.snapshot.revision, "changes": [change.sentence for change in changes]}
    append(at=now, actor="worker", action="model.synced", object=synced.model.repo_id, detail=detail)
    _judge_again(synced.model, changes, f"sync:{work.pk}")
    announce_changes(synced.model, changes, now)


def _record_failure(work: Work, model: Model, fault: SourceError) -> None:
    """The state is recorded in any case; what may pass by itself is tried again without counting."""
    now = timezone.now()
    with transaction.atomic():
        changes = apply_failure(model=model, error=fault, now=now)
        _judge_again(model, changes, f"sync:{work.pk}")
        announce_changes(model, changes, now)
        if fault.transient:
            outbox.again(work, str(fault), fault.retry_after)
        else:
            outbox.finish(work)
        maybe_die("sync_before_commit")


def _judge_again(model: Model, changes: Sequence[Change], cause: str) -> None:
    """The model, its deployments, and those of every model that descends from it."""
    follow(model=model, now=timezone.now())
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
