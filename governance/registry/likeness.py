"""Which tracked models and known publishers a model is easily taken for, by its name."""

from __future__ import annotations

from django.db.models import Q

from governance.core.look_alikes import resembled, skeleton, split
from governance.discovery import catalog
from governance.registry.models import Model, State

MOST = 20


def note_likeness(model: Model) -> None:
    """Set what the name looks like; not saved. Who was tracked before is the one that others resemble."""
    owner, name = split(model.repo_id)
    model.owner_shape, model.name_shape = skeleton(owner), skeleton(name)
    earlier = Model.objects.filter(source=model.source, endpoint=model.endpoint).exclude(state=State.REPLACED)
    if model.pk:
        earlier = earlier.filter(pk__lt=model.pk)
    alike = earlier.filter(Q(owner_shape=model.owner_shape) | Q(name_shape=model.name_shape))
    names = alike.order_by("id").values_list("repo_id", flat=True)
    model.resembles = resembled(model.repo_id, names.iterator(), publishers())[:MOST]


def publishers() -> frozenset[str]:
    """Owners whose repositories the license catalog names."""
    patterns = (one for terms in catalog().licenses.values() for one in terms.recognition.repositories)
    owners = (pattern.partition("/")[0] for pattern in patterns if "/" in pattern)
    return frozenset(owner for owner in owners if not set(owner) & set("*?["))
