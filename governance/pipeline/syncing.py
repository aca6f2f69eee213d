"""Work of kind sync: one look at one model, and everything that follows from what was seen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from governance.audit.services import append
from governance.compliance.cases import of_models, of_snapshot, place_deployments, place_models
from governance.compliance.models import Case
from governance.core.reading import SourceError
from governance.deployments.models import Deployment
from governance.deployments.services import follow, repoint
from governance.licensing.services import conclude, notice_license_change
from governance.locking import rely_on_rules
from governance.pipeline import outbox
from governance.pipeline.announcing import announce_changes
from governance.pipeline.budgets import note_asked
from governance.pipeline.chaos import maybe_die
from governance.pipeline.models import Kind, Work
from governance.pipeline.queueing import judge_again
from governance.registry.looking import Look
from governance.registry.models import Change, CuratedEdge, Model, Snapshot, State
from governance.registry.services import (
    Synced,
    apply_failure,
    apply_reading,
    look_at,
    register_model,
)


def queue_sync(model: Model, ref: str, depth: int = 0, name: str = "") -> None:
    """Look at the model soon, under `name` where that is not its own: somebody else may have taken it over.

    `depth` counts how far it is from the model that somebody asked for.
    """
    name = "" if name.lower() == model.repo_id.lower() else name
    outbox.put(*sync_of(model, ref, depth, name))


def sync_of(model: Model, ref: str, depth: int = 0, name: str = "") -> tuple[str, str, dict[str, Any]]:
    """Kind, key and payload of the work."""
    payload = {"model": model.pk, "ref": ref, "depth": depth, "name": name}
    return Kind.SYNC, f"{model.pk}:{ref}:{name}", payload


def sync(work: Work) -> None:
    model = Model.objects.filter(pk=work.payload["model"]).first()
    if model is None or model.state == State.REPLACED:
        outbox.finish(work)
        return
    ref = work.payload["ref"]
    try:
        look = look_at(model, ref, name=work.payload.get("name", ""))
    except SourceError as fault:
        note_asked(model.source, 1, fault.allowances)
        _record_failure(work, model, ref, fault)
        return
    note_asked(model.source, look.reading.requests, look.reading.allowances)
    maybe_die("sync_read")
    with transaction.atomic():
        rely_on_rules()
        _record(work, model, look, ref)
        outbox.finish(work)
        maybe_die("sync_before_commit")
    maybe_die("sync_committed")


def _record(work: Work, model: Model, look: Look, ref: str) -> None:
    now = timezone.now()
    before = _of_every_revision(Model.objects.select_for_update(no_key=True).get(pk=model.pk))
    synced = apply_reading(
        model=model, reading=look.reading, ref=ref, now=now, history=look.history, access=look.access
    )
    changes = [*synced.changes, *_conclude(synced, now)]
    _queue_parents(synced, work.payload.get("depth", 0), now)
    if synced.incomplete:
        queue_sync(synced.model, synced.model.ref)
    repoint(duplicates=synced.duplicates, model=synced.model, now=now)
    touched = {one.pk: one for one in (synced.model, model, *synced.duplicates)}
    if not look.reading.unchanged or changes or len(touched) > 1:
        alike = len(touched) == 1 and before == _of_every_revision(synced.model)
        _judge_again(list(touched.values()), f"sync:{work.pk}", now, only=synced.snapshot if alike else None)
    announce_changes(synced.model, changes, now)
    revision = synced.snapshot.revision if synced.snapshot else ""
    detail = {"revision": revision, "changes": [change.sentence for change in changes]}
    append(at=now, actor="worker", action="model.synced", object=synced.model.repo_id, detail=detail)


def _of_every_revision(model: Model) -> tuple[Any, ...]:
    """What is judged of whatever revision of the model runs."""
    return (model.repo_id, model.lasting_state, model.gated, tuple(model.resembles))


def _conclude(synced: Synced, now: datetime) -> list[Change]:
    if synced.snapshot is None:
        return []
    conclude(snapshot=synced.snapshot, now=now)
    changed = notice_license_change(snapshot=synced.snapshot, now=now)
    return [changed] if changed else []


def _queue_parents(synced: Synced, depth: int, now: datetime) -> None:
    """Ancestors are models like any other, pulled to a set depth."""
    if depth >= settings.ANCESTOR_DEPTH:
        return
    for repo_id in dict.fromkeys(parent for parent, _ in synced.parents):
        parent, created = register_model(source=synced.model.source, repo_id=repo_id, now=now)
        if created or parent.state == State.PENDING or parent.repo_id.lower() != repo_id.lower():
            queue_sync(parent, parent.ref, depth + 1, repo_id)


def _record_failure(work: Work, model: Model, ref: str, fault: SourceError) -> None:
    """The state is recorded in any case; what may pass by itself is tried again without counting."""
    now = timezone.now()
    with transaction.atomic():
        rely_on_rules()
        changes = apply_failure(model=model, error=fault, now=now, ref=ref)
        if changes or model.latest_snapshot_id is None:
            _judge_again([model], f"sync:{work.pk}", now)
        announce_changes(model, changes, now)
        if fault.transient:
            outbox.again(work, str(fault), fault.retry_after)
        else:
            outbox.finish(work)
        maybe_die("sync_before_commit")


def _judge_again(models: Sequence[Model], cause: str, now: datetime, only: Snapshot | None = None) -> None:
    """The models, their deployments, and those of every model that descends from them.

    `only`: what runs other revisions than this one is left alone, as nothing changed that is seen of it.
    """
    for model in models:
        follow(model=model, now=now)
    place_models(models, now)
    running = Deployment.objects.filter(model__in=models, retired_at=None)
    place_deployments(list(running.select_related("company", "product")), now)
    judge_again(of_kin(models, only), cause)


def of_kin(models: Collection[Model], only: Snapshot | None = None) -> QuerySet[Case]:
    """What is judged of the models (of one snapshot `only`) and of every model that descends from them."""
    own = {model.pk for model in models}
    kin = of_models(descendants(own))
    return kin | (of_snapshot(only) if only else of_models(own))


def descendants(models: Collection[int]) -> set[int]:
    """Ids of models that descend from one of these, as any of their snapshots states or as was curated."""
    found: set[int] = set()
    ahead = set(models)
    while ahead:
        stated = Snapshot.objects.filter(edges__parent__in=ahead).values_list("model", flat=True)
        curated = CuratedEdge.objects.filter(parent__in=ahead, retracted_at=None)
        ahead = {*stated, *curated.values_list("model", flat=True)} - found - set(models)
        found |= ahead
    return found
