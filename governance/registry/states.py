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
    if model.state != state:
        model.state, model.state_since = state, now
    model.state_reason = reason
    before = State(model.lasting_state)
    if state in TRANSIENT or state == before:
        return []
    model.lasting_state = state
    if before == State.PENDING:
        return []
    sentence = f"{model.repo_id}: {reason}" if reason else f"{model.repo_id} can be read now."
    return [change(model, ChangeKind.STATE_CHANGED, before, state, sentence, now)]


def change(model: Model, kind: ChangeKind, before: str, after: str, sentence: str, now: datetime) -> Change:
    """One row of what was noticed upstream."""
    return Change.objects.create(
        model=model, kind=kind, before=before[:300], after=after[:300], sentence=sentence, seen_at=now
    )


def enter_failure(model: Model, error: SourceError, ref: str, now: datetime) -> list[Change]:
    """The state that a failed look leaves the model in, unsaved. The last good snapshot is kept."""
    if error.state == SourceState.GATED:
        model.has_access = False
    known_commit = Snapshot.objects.filter(model=model, revision=ref).exists()
    lost = error.state == SourceState.REVISION_NOT_FOUND and known_commit
    if lost and model.lasting_state != State.REVISION_NOT_FOUND:
        sentence = f"{model.repo_id} no longer has the commit {ref[:12]}: its history was rewritten."
        enter_state(model, State.REVISION_NOT_FOUND, sentence, now)
        return [change(model, ChangeKind.HISTORY_REWRITTEN, ref, "", sentence, now)]
    return enter_state(model, State(error.state.value), str(error), now)
