"""Assignments and waivers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from governance.accounts.models import User
from governance.accounts.services import can
from governance.compliance.models import Assignment, Mode, Subject, Violation, Waiver
from governance.core.policy import ParamsError
from governance.deployments.models import Deployment
from governance.discovery import catalog
from governance.locking import hold
from governance.usage.models import Product


def assign(
    *,
    policy: str,
    params: Mapping[str, Any],
    mode: str,
    environments: Collection[str] = (),
    products: Collection[str] = (),
    actor: str,
    now: datetime,
) -> Assignment:
    """A new assignment. Raises ValidationError for an unknown policy, mode, parameter or scope."""
    _check_scope(environments, products)
    return Assignment.objects.create(
        policy=policy,
        params=checked_params(policy, params),
        mode=checked_mode(mode),
        environments=sorted(set(environments)),
        products=sorted(set(products)),
        created_by=actor,
        created_at=now,
    )


def checked_params(policy: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with defaults filled in. Raises ValidationError naming each field."""
    found = catalog().policies.get(policy)
    if found is None:
        raise ValidationError({"policy": [f"there is no policy {policy!r}"]})
    if not isinstance(params, Mapping):
        raise ValidationError({"params": ["must be an object with named fields"]})
    try:
        return dict(found.parse_params(dict(params)).model_dump(mode="json"))
    except ParamsError as fault:
        raise ValidationError({f"params.{name}": [cause] for name, cause in fault.faults.items()}) from fault


def _check_scope(environments: Collection[str], products: Collection[str]) -> None:
    """A scope that names what is not there would apply nowhere, and nobody would notice."""
    faults: dict[str, list[str]] = {}
    for field, names in (("environments", environments), ("products", products)):
        listed = isinstance(names, list | tuple | set | frozenset)
        if not listed or not all(isinstance(name, str) and name for name in names):
            faults[field] = ["must be a list of names"]
    if not faults:
        missing = set(products) - set(
            Product.objects.filter(slug__in=products).values_list("slug", flat=True)
        )
        if missing:
            faults["products"] = [f"there is no product {', '.join(sorted(missing))}"]
    if faults:
        raise ValidationError(faults)


def checked_mode(mode: str) -> str:
    if mode not in Mode.values:
        raise ValidationError({"mode": [f"{mode!r} is no mode: use {', '.join(Mode.values)}"]})
    return mode


def request_waiver(
    *, violation: Violation, reason: str, until: datetime, user: User, now: datetime
) -> Waiver:
    """Ask for an open breach to be accepted until an instant. Raises ValidationError."""
    faults = {}
    if violation.status != Violation.Status.OPEN:
        faults["violation"] = ["it is resolved, so there is nothing to accept"]
    if not reason.strip():
        faults["reason"] = ["a reason is needed: auditors will read it"]
    if until.tzinfo is None:
        faults["until"] = ["it names no time zone"]
    elif until <= now:
        faults["until"] = ["it must lie in the future"]
    if faults:
        raise ValidationError(faults)
    return Waiver.objects.create(
        violation=violation,
        outcome=violation.outcome,
        reason=reason.strip(),
        until=until,
        requested_by=user,
        requested_at=now,
    )


def decide_waiver(*, waiver: Waiver, approve: bool, reason: str, user: User, now: datetime) -> Waiver:
    """Approve or decline. Never by the requester; exactly one decision counts, however many race."""
    if waiver.requested_by_id == user.pk:
        raise ValidationError({"user": ["who asked for a waiver may not decide on it"]})
    if not can(user, "approve"):
        raise ValidationError({"user": ["the role of an approver is needed"]})
    if approve and waiver.until <= now:
        raise ValidationError({"until": ["it has already passed"]})
    status = Waiver.Status.APPROVED if approve else Waiver.Status.DECLINED
    taken = Waiver.objects.filter(pk=waiver.pk, status=Waiver.Status.REQUESTED).update(
        status=status, decided_by=user, decided_at=now, decision_reason=reason
    )
    if not taken:
        raise ValidationError({"status": ["it was decided already"]})
    waiver.refresh_from_db()
    return waiver


def revoke_waiver(*, waiver: Waiver, reason: str, user: User, now: datetime) -> Waiver:
    taken = Waiver.objects.filter(
        pk=waiver.pk, status__in=(Waiver.Status.APPROVED, Waiver.Status.REQUESTED)
    ).update(status=Waiver.Status.REVOKED, decided_by=user, decided_at=now, decision_reason=reason)
    if not taken:
        raise ValidationError({"status": ["it is not in force"]})
    waiver.refresh_from_db()
    return waiver


def resolve_retired(*, deployment: Deployment, now: datetime) -> int:
    """A retired deployment breaches nothing any more.

    Holds its subject: a judging that is about to write comes before this, or sees it retired.
    """
    hold(Subject.objects.filter(deployment=deployment))
    open_ = Violation.objects.filter(subject__deployment=deployment, status=Violation.Status.OPEN)
    return open_.update(
        status=Violation.Status.RESOLVED, resolved_at=now, resolution="the deployment was retired"
    )
