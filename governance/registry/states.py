"""How the last look at a model went, and what of it is news."""

from __future__ import annotations

from datetime import datetime

from governance.core.reading import SourceError, SourceState
from governance.registry.models import Change, ChangeKind, Model, Snapshot, State

TRANSIENT = frozenset({State.RATE_LIMITED, State.UNREACHABLE})


def enter_state(model: Model, state: State, reason: str, now: datetime) -> list[Change]:
    """Put the model in `state`, unsaved. A lasting state other than the last lasting one is a change.

    The first look at a model changes nothing: there is no earlier state to differ from.
    """
    before = State(model.lasting_state)
    _set_state(model, state, reason, now)
    if model.lasting_state == before or before == State.PENDING:
        return []
    sentence = f"{model.repo_id}: {reason}" if reason else f"{model.repo_id} can be read now."
    return [change(model, ChangeKind.STATE_CHANGED, before, state, sentence, now)]


def _set_state(model: Model, state: State, reason: str, now: datetime) -> None:
    if model.state != state:
        model.state, model.state_since = state, now
    model.state_reason = reason
    if state not in TRANSIENT:
        model.lasting_state = state


def change(model: Model, kind: ChangeKind, before: str, after: str, sentence: str, now: datetime) -> Change:
    """One row of what was noticed upstream."""
    return Change.objects.create(
        model=model, kind=kind, before=before[:300], after=after[:300], sentence=sentence, seen_at=now
    )


def enter_failure(model: Model, error: SourceError, ref: str, now: datetime) -> list[Change]:
    """The state that a failed look leaves the model in, unsaved. The last good snapshot is kept."""
    if error.state == SourceState.REVISION_NOT_FOUND:
        return _enter_lost_revision(model, error, ref, now)
    if error.state == SourceState.GATED:
        model.has_access = False
    return enter_state(model, State(error.state.value), str(error), now)


def _enter_lost_revision(model: Model, error: SourceError, ref: str, now: datetime) -> list[Change]:
    """A commit that we hold is only gone when the history was rewritten.

    A revision beside the tracked one says nothing of the model, unless it was never read at all.
    """
    if Snapshot.objects.filter(model=model, revision=ref).exists():
        sentence = f"{model.repo_id} no longer has the commit {ref[:12]}: its history was rewritten."
        told = model.changes.filter(kind=ChangeKind.HISTORY_REWRITTEN, before=ref, after="").exists()
        if ref == model.ref:
            _set_state(model, State.REVISION_NOT_FOUND, sentence, now)
        return [] if told else [change(model, ChangeKind.HISTORY_REWRITTEN, ref, "", sentence, now)]
    if ref != model.ref and model.latest_snapshot_id:
        return []
    return enter_state(model, State.REVISION_NOT_FOUND, str(error), now)
