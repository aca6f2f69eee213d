"""The inbox: one row for each subject and policy that breach, and what can be done about one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from governance.accounts.models import User
from governance.accounts.services import can
from governance.compliance.models import Violation, Waiver
from governance.core.outcomes import Outcome
from governance.portal.pages.evidence import finding, worst_first
from governance.portal.pages.search import containing

TABS = {
    "open": "To decide",
    "waiting": "Waiver requested",
    "waived": "Waived",
    "resolved": "Resolved",
    "all": "All",
}
_PLACES = ("subject__deployment__slug", "subject__deployment__model__repo_id", "subject__model__repo_id")
OUTCOMES = [str(one) for one in sorted(Outcome, reverse=True) if one.breaches]


def found(*, tab: str, q: str = "", outcome: str = "", now: datetime) -> QuerySet[Violation]:
    """Newest first; each with whether it is `waived` or `waiting` for a decision on a waiver."""
    rows = Violation.objects.filter(_tabs(now)[tab])
    if q:
        rows = rows.filter(containing(q, "policy", *_PLACES))
    rows = rows.filter(outcome=outcome) if outcome else rows
    held = Waiver.objects.filter(violation=OuterRef("pk"), until__gt=now)
    rows = rows.annotate(
        waiting=Exists(held.filter(status=Waiver.Status.REQUESTED)),
        waived=Exists(held.filter(status=Waiver.Status.APPROVED)),
    )
    places = ("subject__deployment__model", "subject__deployment__product", "subject__model")
    return rows.select_related(*places).order_by("-opened_at", "-id")


def counts(now: datetime) -> dict[str, int]:
    """How many each tab holds, in one query."""
    totals = {tab: Count("pk", filter=fits) for tab, fits in _tabs(now).items()}
    return dict(Violation.objects.aggregate(**totals))


def _tabs(now: datetime) -> dict[str, Q]:
    """What each tab holds. Plain subqueries: aggregates lose the conditions of annotations."""
    held = Waiver.objects.filter(until__gt=now)
    waiting = Q(pk__in=held.filter(status=Waiver.Status.REQUESTED).values("violation"))
    waived = Q(pk__in=held.filter(status=Waiver.Status.APPROVED).values("violation"))
    is_open = Q(status=Violation.Status.OPEN)
    return {
        "open": is_open & ~waiting & ~waived,
        "waiting": is_open & waiting,
        "waived": is_open & waived,
        "resolved": Q(status=Violation.Status.RESOLVED),
        "all": Q(pk__isnull=False),
    }


def one(violation: Violation, reader: User, now: datetime) -> dict[str, Any]:
    waivers = list(violation.waivers.select_related("requested_by", "decided_by").order_by("-requested_at"))
    return {
        "violation": violation,
        "deployment": violation.subject.deployment,
        "model": violation.subject.model or violation.subject.deployment.model,
        "findings": worst_first(map(finding, violation.findings)),
        "waivers": [(waiver, _actions(waiver, reader, now)) for waiver in waivers],
        "in_force": next((w for w in waivers if w.status == Waiver.Status.APPROVED and w.until > now), None),
        "may_request": violation.status == Violation.Status.OPEN and can(reader, "write"),
    }


def _actions(waiver: Waiver, reader: User, now: datetime) -> set[str]:
    """What this reader may do with it: never decide on what they asked for themselves."""
    if not can(reader, "approve"):
        return set()
    if waiver.status == Waiver.Status.REQUESTED:
        return set() if waiver.requested_by_id == reader.pk else {"decide"}
    return {"revoke"} if waiver.status == Waiver.Status.APPROVED and waiver.until > now else set()
