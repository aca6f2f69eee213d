"""From standing verdicts and waivers to a decision and its reasons."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from governance.compliance.kept import Kept
from governance.compliance.models import Assignment, Mode, Subject, Violation, Waiver
from governance.core.outcomes import Decision, Outcome, decide
from governance.core.periods import day_of, midnight
from governance.core.reconciliation import Acceptance

REASONS = 20


Judgment = tuple[Assignment, Kept]


@dataclass(frozen=True)
class Ruling:
    """The decision, and the waivers that it counts in: policy -> the instant at which each ends."""

    decision: Decision
    waived: Mapping[str, datetime]


def rule(judged: Iterable[Judgment], accepted: Mapping[str, Acceptance], now: datetime) -> Ruling:
    """Decide over the enforced assignments; `accepted` are the approved waivers by policy."""
    outcomes: list[Outcome] = []
    waived: dict[str, datetime] = {}
    for assignment, verdict in judged:
        if assignment.mode != Mode.ENFORCE:
            continue
        outcome, waiver = verdict.outcome, accepted.get(assignment.policy)
        if waiver is not None and outcome.breaches and waiver.covers(outcome, now):
            waived[assignment.policy] = waiver.until
            outcome = Outcome.PASS
        outcomes.append(outcome)
    return Ruling(decide(outcomes), waived)


def reasons(judged: Iterable[Judgment]) -> list[dict[str, Any]]:
    """What keeps the decision from being simply allowed, worst first."""
    shown = ("policy", "outcome", "license", "section", "reason", "how_to_fix", "missing")
    found = [
        {name: finding[name] for name in shown}
        for assignment, verdict in judged
        if assignment.mode == Mode.ENFORCE and verdict.outcome > Outcome.PASS
        for finding in verdict.findings
        if Outcome(finding["outcome"]) > Outcome.PASS
    ]
    found.sort(key=lambda reason: Outcome(reason["outcome"]), reverse=True)
    return found[:REASONS]


def nearest_limit(findings: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The evidence of the limit that is closest, with `share` of the limit, its sentence and section."""
    limits = [_share(finding) for finding in findings]
    return max((one for one in limits if one), key=lambda one: one["share"], default=None)


def _share(finding: Mapping[str, Any]) -> dict[str, Any] | None:
    evidence = finding["evidence"]
    try:
        share = float(evidence["high"]) / float(evidence["limit"])
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return None
    if not math.isfinite(share):
        return None
    named = {name: finding[name] for name in ("license", "section", "reason", "outcome")}
    return {**evidence, **named, "share": round(share, 4)}


def acceptances(
    subjects: Collection[Subject] | QuerySet[Subject], as_of: datetime | None = None
) -> dict[int, dict[str, Acceptance]]:
    """Subject id -> policy -> the approved waiver that reaches furthest, on violations that are open.

    Asked for a past date, a waiver counts from the day on which it was approved.
    """
    rows = Waiver.objects.filter(status=Waiver.Status.APPROVED)
    # From the waivers, which are few, to subjects and to what is open: SQLite would go the other way.
    if isinstance(subjects, QuerySet):
        rows = rows.filter(Exists(subjects.filter(pk=OuterRef("violation__subject"))))
    else:
        rows = rows.filter(violation__subject__in=subjects)
    rows = rows.select_related("violation")
    if as_of is not None:
        rows = rows.filter(decided_at__lt=midnight(day_of(as_of) + timedelta(days=1)))
    found: dict[int, dict[str, Acceptance]] = {}
    for row in rows.order_by("until", "id"):
        if row.violation.status != Violation.Status.OPEN:
            continue
        accepted = Acceptance(Outcome(row.outcome), row.until)
        found.setdefault(row.violation.subject_id, {})[row.violation.policy] = accepted
    return found
