"""Takes in what a source said of a model: one reading, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from governance.core.reading import Reading, SourceError, SourceState
from governance.registry.identity import settle_identity
from governance.registry.likeness import note_likeness
from governance.registry.models import Change, ChangeKind, Model, Ref, Snapshot, State
from governance.registry.revisions import snapshot_at
from governance.registry.states import change, enter_failure, enter_state
from governance.registry.storing import complete, parents_of, take_snapshot

MAX_REVISION = 64
NOT_READABLE = "Its description can be read, its files cannot: the token in use was not given access."


@dataclass
class Synced:
    """What came of one reading.

    `model` is the one that the reading is of: another than the one asked for when that was replaced, or was
    registered under a second name (then it is among `duplicates`, and what points at it belongs to `model`).
    `snapshot` is None when nothing usable was said.
    """

    model: Model
    snapshot: Snapshot | None = None
    created: bool = False
    changes: list[Change] = field(default_factory=list)
    parents: list[tuple[str, str]] = field(default_factory=list)
    duplicates: list[Model] = field(default_factory=list)

    @property
    def incomplete(self) -> bool:
        """Another repository stands under the name, and it must be read in full: look at `model` again."""
        return self.snapshot is None and self.model.state == State.PENDING


@transaction.atomic
def apply_reading(
    *,
    model: Model,
    reading: Reading,
    ref: str,
    now: datetime,
    history: Sequence[str] | None = None,
    access: bool | None = None,
) -> Synced:
    """Keep what the reading says, and notice what changed since the last one.

    `history` holds the commits that `ref` reaches now, newest first, where the source was asked;
    `access` says whether the files of a gated model can be read, where the source was asked.
    """
    model = Model.objects.select_for_update(no_key=True).get(pk=model.pk)
    if fault := _fault(model, reading):
        return Synced(model, changes=_fail(model, SourceError(SourceState.INVALID, fault), ref, now))
    identity = settle_identity(model, reading, now)
    synced = Synced(identity.model, changes=identity.changes, duplicates=identity.duplicates)
    _keep_snapshot(synced, reading, now)
    if synced.snapshot:
        synced.changes += _move_ref(synced.model, ref, synced.snapshot, history, now)
        synced.changes += _look_at_gate(synced.model, reading, access, now)
        synced.changes += enter_state(synced.model, *_state(synced.model, reading), now)
        synced.parents = parents_of(synced.snapshot)
        synced.model.synced_at = now
    note_likeness(synced.model)
    synced.model.save()
    return synced


@transaction.atomic
def apply_failure(*, model: Model, error: SourceError, now: datetime, ref: str = "") -> list[Change]:
    """Record why there is no reading. The last good snapshot is kept, and rate limits are no news."""
    return _fail(Model.objects.select_for_update(no_key=True).get(pk=model.pk), error, ref or model.ref, now)


def _fail(model: Model, error: SourceError, ref: str, now: datetime) -> list[Change]:
    if model.state == State.REPLACED:
        return []
    changes = enter_failure(model, error, ref, now)
    model.save()
    return changes


def _fault(model: Model, reading: Reading) -> str:
    """Why the reading cannot be taken in; empty when it can."""
    if not 0 < len(reading.revision) <= MAX_REVISION:
        return "The source names no commit that could be kept."
    if model.hub_id and not reading.hub_id:
        return "The source no longer says which repository this is, so another one may stand under its name."
    return ""


def _keep_snapshot(synced: Synced, reading: Reading, now: datetime) -> None:
    """The snapshot of the revision: as held, or a new one.

    An `unchanged` reading of a model that holds no such snapshot (another repository with the same commits
    under a name that we knew) says too little to make one.
    """
    held = Snapshot.objects.filter(model=synced.model, revision=reading.revision).first()
    if held and not reading.unchanged:
        complete(held, reading)
    elif not held and not reading.unchanged:
        held, synced.created = take_snapshot(synced.model, reading, now), True
    synced.snapshot = held


def _move_ref(
    model: Model, ref: str, snapshot: Snapshot, history: Sequence[str] | None, now: datetime
) -> list[Change]:
    before = snapshot_at(model, ref)
    if ref == model.ref:
        model.latest_snapshot = snapshot
    if ref != snapshot.revision:
        Ref.objects.update_or_create(model=model, name=ref, defaults={"snapshot": snapshot, "seen_at": now})
    if before is None or before == snapshot:
        return []
    return [_moved(model, ref, before.revision, snapshot.revision, history, now)]


def _moved(
    model: Model, ref: str, before: str, after: str, history: Sequence[str] | None, now: datetime
) -> Change:
    step = f"{model.repo_id}: {ref} moved from {before[:12]} to {after[:12]}"
    if history and before not in history:
        sentence = f"{step}, whose history no longer holds the earlier commit: it was rewritten."
        return change(model, ChangeKind.HISTORY_REWRITTEN, before, after, sentence, now)
    return change(model, ChangeKind.BRANCH_MOVED, before, after, f"{step}.", now)


_GATES = {"": "open", "auto": "gated, with access on request", "manual": "gated, with access by approval"}


def _look_at_gate(model: Model, reading: Reading, access: bool | None, now: datetime) -> list[Change]:
    """A gate that was not stated says nothing; a first look changes nothing."""
    if not reading.gated:
        model.has_access = True
    elif access is not None:
        model.has_access = access
    before, after = model.gated, reading.gated
    if after == "unstated" and model.synced_at:
        return []
    model.gated = after
    if before in (after, "unstated") or model.synced_at is None:
        return []
    sentence = f"{model.repo_id} is now {_GATES.get(after, after)}; it was {_GATES.get(before, before)}."
    return [change(model, ChangeKind.GATED_CHANGED, before or "open", after or "open", sentence, now)]


def _state(model: Model, reading: Reading) -> tuple[State, str]:
    if reading.disabled:
        return State.DISABLED, "The hub has disabled access to the model."
    if model.has_access is False:
        return State.GATED, NOT_READABLE
    return State.AVAILABLE, ""
