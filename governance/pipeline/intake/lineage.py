"""What people say of where models come from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from governance.audit.services import append
from governance.locking import change_rules
from governance.pipeline.queueing import judge_again
from governance.pipeline.syncing import of_kin, queue_sync
from governance.registry import services as registry
from governance.registry.models import CuratedEdge, Model, State


def curate_edge(*, model: Model, data: Any, actor: str) -> CuratedEdge:
    """A parent that the repository does not name, or one that it names wrongly. The parent is read soon."""
    now = timezone.now()
    with transaction.atomic():
        change_rules()
        edge = registry.curate_edge(
            model=model, data=data, author=actor, track=lambda name: _tracked(model, name, now), now=now
        )
        _changed(edge, "lineage.curated", actor, now)
    return edge


def retract_edge(*, edge: CuratedEdge, actor: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        change_rules()
        registry.retract_edge(edge=edge, author=actor, now=now)
        _changed(edge, "lineage.retracted", actor, now)


def _tracked(model: Model, repo_id: str, now: datetime) -> Model:
    """Where the model itself lies; models that are declared by hand come from those of a hub."""
    source = model.source if registry.source_of(model).network else settings.DEFAULT_SOURCE
    found = registry.find_model(source=model.source, repo_id=repo_id)
    parent = found or registry.register_model(source=source, repo_id=repo_id, now=now)[0]
    if parent.state == State.PENDING:
        queue_sync(parent, parent.ref, depth=1)
    return parent


def _changed(edge: CuratedEdge, action: str, actor: str, now: datetime) -> None:
    """All that hangs on the lineage of the model is judged again."""
    judge_again(of_kin([edge.model]), f"lineage:{edge.pk}:{action}")
    names = ("parent_repo_id", "relation", "wrong", "source")
    detail = {name: getattr(edge, name) for name in names}
    append(at=now, actor=actor, action=action, object=edge.model.repo_id, detail=detail)
