"""Edges of the lineage that a person adds, or calls wrong, with who says so and where it is known from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from governance.body import Body
from governance.core import fields
from governance.core.reading import Relation
from governance.core.sentences import shown
from governance.registry.models import CuratedEdge, Edge, Model
from governance.registry.names import is_repo_id

FIELDS = ("parent", "relation", "source", "wrong")


@transaction.atomic
def curate_edge(
    *, model: Model, data: Any, author: str, track: Callable[[str], Model], now: datetime
) -> CuratedEdge:
    """`model` was made from `parent` by `relation`; or, with `wrong`, it was not, though it says so.

    `track` gives the model that a name means. Raises ValidationError before anything is written.
    """
    body = Body(data, *FIELDS)
    parent = body.required("parent", _repo_id)
    wrong = body.optional("wrong", fields.boolean) or False
    source = body.required("source", fields.named(500))
    relation = body.optional("relation", _relation)
    if not wrong and "relation" not in body.faults and relation is None:
        body.refuse("relation", f"is needed: one of {', '.join(Relation)}")
    Model.objects.select_for_update(no_key=True).get(pk=model.pk)
    if parent and not body.faults:
        _check_parent(body, model, parent, wrong)
    body.check()
    return CuratedEdge.objects.create(
        model=model,
        parent_repo_id=parent,
        parent=track(parent or ""),
        relation=relation or "",
        wrong=wrong,
        source=source,
        author=author,
        recorded_at=now,
    )


def retract_edge(*, edge: CuratedEdge, author: str, now: datetime) -> None:
    """From now on it says nothing; it stays on record. Raises ValidationError if it was before."""
    held = CuratedEdge.objects.filter(pk=edge.pk, retracted_at=None)
    if not held.update(retracted_at=now, retracted_by=author):
        raise ValidationError({"edge": ["It was retracted already."]})
    edge.refresh_from_db()


def _repo_id(value: Any) -> str:
    if not isinstance(value, str) or not is_repo_id(value):
        raise ValueError(f"{shown(value)} is no repository id: use the form org/name")
    return value


def _relation(value: Any) -> str:
    if value not in list(Relation):
        raise ValueError(f"{shown(value)} is no relation: one of {', '.join(Relation)}")
    return str(value)


def _check_parent(body: Body, model: Model, parent: str, wrong: bool) -> None:
    if parent.lower() == model.repo_id.lower():
        body.refuse("parent", "is the model itself")
    same = Q(parent_repo_id__iexact=parent)
    if wrong and not Edge.objects.filter(same, snapshot__model=model).exists():
        body.refuse("parent", f"is not stated by {model.repo_id}, so nothing is wrong")
    if model.curated_edges.filter(same, wrong=wrong, retracted_at=None).exists():
        body.refuse("parent", "is on record already: retract that first")
