"""Which policies are asked where, in which mode, with which parameters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from governance.audit.services import append
from governance.compliance import services as compliance
from governance.compliance.cases import in_use
from governance.compliance.models import Assignment, Case, Mode
from governance.locking import change_rules
from governance.pipeline.queueing import judge_again, queue_judging


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
        change_rules()
        assignment = compliance.assign(
            policy=policy,
            params=params or {},
            mode=mode,
            environments=environments,
            products=products,
            actor=actor,
            now=now,
        )
        _assigned(assignment, "assignment.added", [mode], actor, now)
    return assignment


def change_assignment(
    *,
    assignment: Assignment,
    mode: str | None = None,
    params: Mapping[str, Any] | None = None,
    actor: str,
) -> Assignment:
    """Raises ValidationError, also for an assignment that was removed."""
    now = timezone.now()
    with transaction.atomic():
        change_rules()
        one = _held(assignment)
        if one.removed_at is not None:
            raise ValidationError({"assignment": ["it was removed: assign the policy again"]})
        modes = [one.mode, one.mode if mode is None else compliance.checked_mode(mode)]
        if params is not None:
            one.params = compliance.checked_params(one.policy, params)
        one.mode = modes[-1]
        one.save(update_fields=["params", "mode"])
        _assigned(one, "assignment.changed", modes, actor, now)
    assignment.refresh_from_db()
    return assignment


def remove_assignment(*, assignment: Assignment, actor: str) -> None:
    """Doing it twice changes nothing."""
    now = timezone.now()
    with transaction.atomic():
        change_rules()
        one = _held(assignment)
        if one.removed_at is None:
            one.removed_at = now
            one.save(update_fields=["removed_at"])
            _assigned(one, "assignment.removed", [one.mode], actor, now)
    assignment.refresh_from_db()


def _held(assignment: Assignment) -> Assignment:
    """The row as it is now; two people who change it at once follow each other."""
    return Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)


def _assigned(one: Assignment, action: str, modes: Collection[str], actor: str, now: datetime) -> None:
    """Decisions are stale only where the assignment decides, before or after."""
    cause = f"assignment:{one.pk}"
    if Mode.ENFORCE in modes:
        judge_again(Case.objects.all(), cause, one)
    else:
        queue_judging(in_use(Case.objects.all()), cause)
    detail = {
        "mode": one.mode,
        "params": one.params,
        "environments": one.environments,
        "products": one.products,
    }
    append(at=now, actor=actor, action=action, object=one.policy, detail=detail)
