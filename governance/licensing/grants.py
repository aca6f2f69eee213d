"""Licenses negotiated with the licensor, in the words of the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from governance.body import Body
from governance.core import fields
from governance.core.grant_steps import CHANGEABLE, GrantStatus, after
from governance.core.sentences import shown
from governance.discovery import catalog
from governance.licensing.models import Grant, GrantStep
from governance.licensing.terms import no_terms
from governance.registry.names import is_repo_id

SCOPE = ("covers_affiliates", "models", "from", "until", "cap", "territories", "reference")
"""What a grant covers, and how its document is called."""
FIELDS = ("company", "license", "status", *SCOPE)
MOST_ATTACHMENTS = 50


def record_grant(*, data: Any, actor: str, now: datetime) -> Grant:
    """A new grant. `from` and `until` are days (their first instant, UTC) or times; `until` is excluded.

    Whether the company is known is for the caller to see to: grants know it by its slug only.
    """
    body = Body(data, *FIELDS)
    values = {
        "company": body.required("company", fields.slug()),
        "license": body.required("license", _license),
        "status": body.optional("status", fields.one_of(*Grant.Status.values)) or Grant.Status.GRANTED,
    }
    scope = _scope(body, Grant())
    body.check()
    return Grant.objects.create(**values, **scope, recorded_by=actor, recorded_at=now)


@transaction.atomic
def change_grant(*, grant: Grant, data: Any) -> Grant:
    """What is still a wish says something else. What is left out stays."""
    grant = _locked(grant)
    if grant.status not in CHANGEABLE:
        raise ValidationError({"grant": [f"is {grant.status}: what was granted is retired, not changed"]})
    _rewrite(grant, Body(data, *SCOPE))
    return grant


@transaction.atomic
def move_grant(*, grant: Grant, step: str, data: Any, actor: str, now: datetime) -> Grant:
    """Take one step, with a reason; what the licensor grants may differ from what was asked.

    A grant that names no beginning holds from this instant on, not from ever.
    """
    grant = _locked(grant)
    body = Body(data, "reason", *(SCOPE if step == "grant" else ()))
    reason = body.required("reason", fields.named(2000))
    try:
        status = after(step, grant.status)
    except ValueError as refused:
        raise ValidationError({"grant": [str(refused)]}) from refused
    before, grant.status = grant.status, status
    if status is GrantStatus.GRANTED and grant.start is None and not body.data.get("from"):
        grant.start = now
    _rewrite(grant, body, ignore=("reason",))
    GrantStep.objects.create(grant=grant, before=before, after=status, reason=reason, by=actor, at=now)
    return grant


@transaction.atomic
def attach(*, grant: Grant, name: str, sha256: str, actor: str, now: datetime) -> Grant:
    """Note a document by its digest: the document itself is kept elsewhere."""
    grant = _locked(grant)
    held = list(grant.attachments or [])
    if any(one["sha256"] == sha256 for one in held):
        raise ValidationError({"sha256": ["is attached already"]})
    if len(held) >= MOST_ATTACHMENTS:
        raise ValidationError({"sha256": [f"is one too many: a grant holds at most {MOST_ATTACHMENTS}"]})
    grant.attachments = [*held, {"name": name, "sha256": sha256, "by": actor, "at": now.isoformat()}]
    grant.save(update_fields=["attachments"])
    return grant


def retire_grant(*, grant: Grant, now: datetime) -> Grant:
    """Take a grant back as never to be used again; what was judged by it before stays explained."""
    if grant.retired_at is None:
        grant.retired_at = now
        grant.save(update_fields=["retired_at"])
    return grant


def in_force(grant: Grant, known_at: datetime | None) -> tuple[bool, datetime | None]:
    """Whether it was granted as far as was known then (None: now), and since when it is revoked."""
    steps = sorted(grant.steps.all(), key=lambda step: (step.at, step.pk))
    known = [step for step in steps if known_at is None or step.at <= known_at]
    status = known[-1].after if known else steps[0].before if steps else grant.status
    if status == Grant.Status.REVOKED:
        ended = next((step.at for step in known if step.before == Grant.Status.GRANTED), None)
        return ended is not None, ended
    return status == Grant.Status.GRANTED, None


def _locked(grant: Grant) -> Grant:
    held = Grant.objects.select_for_update(no_key=True).get(pk=grant.pk)
    if held.retired_at:
        raise ValidationError({"grant": ["is retired: record the grant anew"]})
    return held


def _rewrite(grant: Grant, body: Body, ignore: tuple[str, ...] = ()) -> None:
    scope = _scope(body, grant)
    if not set(body.data) - set(ignore) and not ignore:
        body.refuse("body", f"names nothing to change: there are {', '.join(SCOPE)}")
    body.check()
    for name, value in scope.items():
        setattr(grant, name, value)
    grant.save()


def _scope(body: Body, held: Grant) -> Mapping[str, Any]:
    """What the body says of the scope; what it leaves out is as held."""
    said = {
        "covers_affiliates": _said(body, "covers_affiliates", fields.boolean, held.covers_affiliates),
        "models": _said(body, "models", _models, held.models),
        "start": _said(body, "from", fields.instant, held.start),
        "end": _said(body, "until", fields.instant, held.end),
        "territories": _said(body, "territories", fields.regions, held.territories),
        "reference": _said(body, "reference", fields.text(200), held.reference),
    }
    cap = _said(body, "cap", _cap, (held.cap_metric, held.cap_limit))
    if said["start"] and said["end"] and said["end"] <= said["start"]:
        body.refuse("until", "must be after from")
    return {**said, "cap_metric": cap[0], "cap_limit": cap[1]}


_NOTHING: dict[str, Any] = {
    "covers_affiliates": False,
    "models": [],
    "territories": [],
    "reference": "",
    "cap": ("", None),
}


def _said(body: Body, name: str, parse: Callable[[Any], Any], held: Any) -> Any:
    """As the body says; null takes away what was said before."""
    if name not in body.data:
        return held
    value = body.optional(name, parse)
    return _NOTHING.get(name) if value is None else value


def _license(value: Any) -> str:
    key = fields.named(100)(value)
    if key not in catalog().licenses:
        raise ValueError(no_terms(key))
    return key


def _models(value: Any) -> list[str]:
    found = fields.texts(200)(value)
    if strange := [name for name in found if not is_repo_id(name)]:
        raise ValueError(f"{shown(strange[0])} is no repository id: use the form org/name")
    return found


def _cap(value: Any) -> tuple[str, Decimal]:
    """`{"metric", "limit"}`: the figure up to which the grant covers."""
    if not isinstance(value, dict) or set(value) != {"metric", "limit"}:
        raise ValueError('must be {"metric": ..., "limit": ...}')
    return fields.metric(value["metric"]), fields.number(4, Decimal(10) ** 25)(value["limit"])
