"""Models that people ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from governance.audit.services import append
from governance.pipeline.syncing import queue_sync
from governance.registry import services as registry
from governance.registry.models import Model

COMMIT = re.compile(r"^[0-9a-f]{40}([0-9a-f]{24})?$")
"""A commit does not move, so a model that is asked for at one is tracked at its main branch as well."""


def add_model(
    *, source: str, repo_id: str, revision: str = "", declaration: Mapping[str, Any] | None = None, actor: str
) -> tuple[Model, bool]:
    """Track a model and look at it soon, with its ancestors."""
    now = timezone.now()
    with transaction.atomic():
        tracked = "main" if not revision or COMMIT.match(revision) else revision
        model, created = registry.register_model(
            source=source, repo_id=repo_id, ref=tracked, declaration=declaration, now=now
        )
        if created or declaration is not None:
            registry.check_declared(model=model, revision=revision, declaration=declaration)
        for ref in dict.fromkeys((model.ref, revision or model.ref)):
            told = declaration is not None or model.repo_id.lower() != repo_id.lower()
            if created or told or registry.resolve_revision(model, ref) is None:
                queue_sync(model, ref, name=repo_id)
        if created:
            append(at=now, actor=actor, action="model.added", object=model.repo_id, detail={"source": source})
    return model, created


def sync_model(*, model: Model, actor: str) -> None:
    with transaction.atomic():
        queue_sync(model, model.ref)
        append(at=timezone.now(), actor=actor, action="model.sync_asked", object=model.repo_id)
