"""Which policies are asked where, in which mode, with which parameters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from governance.audit.services import append
from governance.compliance import services as compliance
from governance.compliance.models import Assignment, Subject
from governance.pipeline.queueing import judge_again


def assign_policy(
    *,
    policy: str,
    params: Mapping[str, Any] | None = None,
    mode: str = "observe",
    environments: Collection[str] = (),
    products: Collection[str] = (),
    actor: str,
) -> Assignment:
    now = timezone.now()
    with transaction.atomic():
        assignment = compliance.assign(
            policy=policy,
            params=params or {},
            mode=mode,
            environments=environments,
            products=products,
            actor=actor,
            now=now,
        )
        _assigned(assignment, "assignment.added", actor, now)
    return assignment


def change_assignment(
    *, assignment: Assignment, mode: str | None = None, params: Mapping[str, Any] | None = None, actor: str
) -> Assignment:
    now = timezone.now()
    with transaction.atomic():
        if params is not None:
            assignment.params = compliance.checked_params(assignment.policy, params)
        if mode is not None:
            assignment.mode = compliance.checked_mode(mode)
        assignment.save(update_fields=["params", "mode"])
        _assigned(assignment, "assignment.changed", actor, now)
    return assignment


def remove_assignment(*, assignment: Assignment, actor: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        assignment.removed_at = now
        assignment.save(update_fields=["removed_at"])
        _assigned(assignment, "assignment.removed", actor, now)


def _assigned(one: Assignment, action: str, actor: str, now: datetime) -> None:
    detail = {
        "mode": one.mode,
        "params": one.params,
        "environments": one.environments,
        "products": one.products,
    }
    append(at=now, actor=actor, action=action, object=one.policy, detail=detail)
    subjects = Subject.objects.filter(deployment__retired_at=None)
    judge_again(subjects, f"assignment:{one.pk}:{now.timestamp()}")
