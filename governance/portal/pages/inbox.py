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

TABS = {
    "open": "To decide",
    "waiting": "Waiver requested",
    "waived": "Waived",
    "resolved": "Resolved",
    "all": "All",
}
OUTCOMES = [str(one) for one in sorted(Outcome, reverse=True) if one.breaches]


def found(*, tab: str, q: str = "", outcome: str = "", now: datetime) -> QuerySet[Violation]:
    rows = _annotated(now).filter(_TAB[tab])
    if q:
        place = Q(subject__deployment__slug__icontains=q) | Q(
            subject__deployment__model__repo_id__icontains=q
        )
        rows = rows.filter(place | Q(subject__model__repo_id__icontains=q) | Q(policy__icontains=q))
    rows = rows.filter(outcome=outcome) if outcome else rows
    places = ("subject__deployment__model", "subject__deployment__product", "subject__model")
    return rows.select_related(*places).defer("verdict__findings").order_by("-opened_at", "-id")


def counts(now: datetime) -> dict[str, int]:
    """How many each tab holds, in one query."""
    totals = {tab: Count("pk", filter=_TAB[tab]) for tab in TABS}
    return dict(_annotated(now).aggregate(**totals))


def _annotated(now: datetime) -> QuerySet[Violation]:
    waivers = Waiver.objects.filter(violation=OuterRef("pk"), until__gt=now)
    return Violation.objects.annotate(
        waiting=Exists(waivers.filter(status=Waiver.Status.REQUESTED)),
        waived=Exists(waivers.filter(status=Waiver.Status.APPROVED)),
    )


_OPEN = Q(status=Violation.Status.OPEN)
_TAB = {
    "open": _OPEN & Q(waiting=False, waived=False),
    "waiting": _OPEN & Q(waiting=True),
    "waived": _OPEN & Q(waived=True),
    "resolved": Q(status=Violation.Status.RESOLVED),
    "all": Q(),
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
