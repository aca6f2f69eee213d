"""Which model a reading speaks of. The hub's own id tells; names move from one repository to another."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from governance.core.reading import Reading
from governance.registry.models import Alias, Change, ChangeKind, Edge, Model, State
from governance.registry.names import connect_children
from governance.registry.states import change


@dataclass
class Identity:
    """`duplicates` were registered under another name of the same repository, and never read."""

    model: Model
    changes: list[Change] = field(default_factory=list)
    duplicates: list[Model] = field(default_factory=list)


def settle_identity(model: Model, reading: Reading, now: datetime) -> Identity:
    """The model that the reading is of, under the name that it bears now; others give way to it."""
    owner = _owner(model, reading)
    identity = Identity(owner or _newcomer(model, reading, now))
    identity.model.hub_id = reading.hub_id or identity.model.hub_id
    names = {identity.model.repo_id, reading.asked_id, reading.repo_id}
    if identity.model.pk != model.pk and reading.asked_id.lower() == model.repo_id.lower():
        _give_way(model, identity, now)
    elif identity.model.pk != model.pk:
        _lose_former_name(model, reading.asked_id, identity, now)
    _take_name(identity, reading.repo_id, now)
    _remember(identity.model, names, now)
    return identity


def _owner(model: Model, reading: Reading) -> Model | None:
    if not reading.hub_id or model.hub_id == reading.hub_id:
        return model
    bearers = Model.objects.select_for_update(no_key=True).filter(
        source=model.source, endpoint=model.endpoint
    )
    owner = bearers.filter(hub_id=reading.hub_id).first()
    return owner or (None if model.hub_id else model)


def _newcomer(model: Model, reading: Reading, now: datetime) -> Model:
    """Not saved: the name may still have to be freed."""
    return Model(
        source=model.source,
        endpoint=model.endpoint,
        repo_id=reading.repo_id,
        ref=model.ref,
        state_since=now,
    )


def _give_way(model: Model, identity: Identity, now: datetime) -> None:
    """The name of `model` belongs to the model of `identity`; what hangs on it stays there."""
    if model.state == State.REPLACED:
        return
    if not model.hub_id:
        identity.duplicates.append(model)
        reason = "It is another tracked model under an earlier name."
    else:
        reason = f"Another repository took the name {model.repo_id}."
        sentence = f"{reason} What was judged under it is not what the hub serves now."
        kind, own, other = ChangeKind.REPLACED, model.hub_id, identity.model.hub_id
        identity.changes.append(change(model, kind, own, other, sentence, now))
    model.state = model.lasting_state = State.REPLACED
    model.state_reason, model.state_since = reason, now
    model.save()


def _lose_former_name(model: Model, name: str, identity: Identity, now: datetime) -> None:
    """A name that `model` bore before was taken by another repository: it no longer leads to `model`."""
    model.aliases.filter(repo_id__iexact=name).delete()
    sentence = f"Another repository took the name {name}, which {model.repo_id} bore before."
    own, other = model.hub_id, identity.model.hub_id
    identity.changes.append(change(model, ChangeKind.REPLACED, own, other, sentence, now))


def _take_name(identity: Identity, repo_id: str, now: datetime) -> None:
    model, before = identity.model, identity.model.repo_id
    bearers = Model.objects.select_for_update(no_key=True).filter(
        source=model.source, endpoint=model.endpoint
    )
    for other in bearers.filter(repo_id__iexact=repo_id).exclude(state=State.REPLACED).exclude(pk=model.pk):
        _give_way(other, identity, now)
    model.repo_id = repo_id
    model.save()
    _inherit(identity)
    if before.lower() != repo_id.lower():
        sentence = f"{before} is now called {repo_id}."
        identity.changes.append(change(model, ChangeKind.RENAMED, before, repo_id, sentence, now))


def _inherit(identity: Identity) -> None:
    Edge.objects.filter(parent__in=identity.duplicates).update(parent=identity.model)


def _remember(model: Model, names: set[str], now: datetime) -> None:
    for name in sorted(names - {model.repo_id, ""}):
        Alias.objects.get_or_create(model=model, repo_id=name, defaults={"since": now})
    connect_children(model, *names)
