"""Models that people ask for, what a person concludes about one, and the license files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from governance.audit.services import append
from governance.compliance.models import Case
from governance.deployments.models import Deployment
from governance.licensing import services as licensing
from governance.pipeline.queueing import judge_again
from governance.pipeline.syncing import of_kin, queue_sync
from governance.registry import services as registry
from governance.registry.models import Model, Snapshot

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


def override_license(*, model: Model, license: str, reason: str, actor: str) -> None:
    """A person concludes the license of the current snapshot; shown as such. It holds for descendants too."""
    now = timezone.now()
    if model.latest_snapshot is None:
        raise ValidationError({"model": [f"{model.repo_id} was not read yet"]})
    with transaction.atomic():
        licensing.override(
            snapshot=model.latest_snapshot, license=license, reason=reason, author=actor, now=now
        )
        judge_again(of_kin([model]), f"override:{model.pk}")
        queue_sync(model, model.ref)
        detail = {"license": license, "reason": reason}
        append(at=now, actor=actor, action="license.overridden", object=model.repo_id, detail=detail)


def load_licenses(*, actor: str) -> list[str]:
    """Take in the license files; what hangs on changed terms is judged again."""
    now = timezone.now()
    with transaction.atomic():
        changed = licensing.load_terms(now=now)
        if changed:
            used = Q(pk__in=Model.objects.values("latest_snapshot")) | Q(
                pk__in=Deployment.objects.values("snapshot")
            )
            licensing.reconclude(snapshots=Snapshot.objects.filter(used), now=now)
            judge_again(Case.objects.all(), "licenses")
            append(
                at=now,
                actor=actor,
                action="licenses.loaded",
                object=f"{len(changed)} licenses",
                detail={"keys": changed},
            )
    return changed
