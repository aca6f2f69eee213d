"""Which verdict counts now, of each assignment on each subject, and which limits came near with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from governance.compliance.models import Assignment, Evaluation, Mode, Standing, Subject
from governance.compliance.transitions import Judged, Told, Transition, Turn

Limit = tuple[int, int, str, str]
"""Subject, assignment, license and threshold."""
CERTAIN = ("not_applicable", "below", "approaching", "exceeded", "cleared")


def move_standings(judged: Sequence[Judged], now: datetime) -> Told:
    """Bring standings and history up to date, and tell of limits that came near."""
    rows = Standing.objects.filter(subject__in=[one.subject for one in judged])
    left = {(row.subject_id, row.assignment_id): row for row in rows}
    new: list[Standing] = []
    moved: list[Standing] = []
    for one in judged:
        for assignment, verdict in one.verdicts:
            old = left.pop((one.subject.pk, assignment.pk), None)
            if old is None:
                new.append(Standing(subject=one.subject, assignment=assignment, verdict=verdict))
            elif old.verdict_id != verdict.pk:
                old.subject, old.assignment, old.verdict = one.subject, assignment, verdict
                moved.append(old)
    told = _approaching([*new, *moved])
    _write(new, moved, list(left.values()), now)
    return Told(told, {row.subject_id for row in (*new, *moved, *left.values())})


def _write(new: list[Standing], moved: list[Standing], gone: list[Standing], now: datetime) -> None:
    history = [
        Evaluation(subject=row.subject, assignment=row.assignment, verdict=row.verdict, at=now)
        for row in (*new, *moved)
    ]
    if gone:
        Standing.objects.filter(pk__in=[row.pk for row in gone]).delete()
    Standing.objects.bulk_create(new, batch_size=500)
    Standing.objects.bulk_update(moved, ["verdict"], batch_size=500)
    Evaluation.objects.bulk_create(history, batch_size=500)


def _approaching(rows: Sequence[Standing]) -> list[Transition]:
    """Limits that are near and that were below before: a month without figures in between tells nothing."""
    near = [
        (row, finding)
        for row in rows
        if row.assignment.mode != Mode.OBSERVE
        for finding in row.verdict.findings
        if _nears(finding)
    ]
    before = _last_known([row for row, _ in near]) if near else {}
    return [
        Transition(Turn.APPROACHING, row.subject, row.assignment.policy, [finding])
        for row, finding in near
        if before.get(_limit(row.subject, row.assignment, finding)) not in ("approaching", "exceeded")
    ]


def _last_known(rows: Sequence[Standing]) -> dict[Limit, str]:
    """Where each limit stood when that was last certain."""
    history = Evaluation.objects.filter(
        subject__in=[row.subject for row in rows], assignment__in=[row.assignment for row in rows]
    )
    found: dict[Limit, str] = {}
    for one in history.order_by("id").select_related("subject", "assignment", "verdict"):
        for finding in one.verdict.findings:
            if finding["evidence"].get("standing") in CERTAIN:
                found[_limit(one.subject, one.assignment, finding)] = finding["evidence"]["standing"]
    return found


def _nears(finding: Mapping[str, Any]) -> bool:
    """A limit that was measured once cannot be approached any more."""
    evidence = finding["evidence"]
    return bool(
        evidence.get("standing") == "approaching" and evidence.get("anchor") != "before_version_release"
    )


def _limit(subject: Subject, assignment: Assignment, finding: Mapping[str, Any]) -> Limit:
    threshold = str(finding["evidence"].get("threshold"))
    return subject.pk, assignment.pk, finding["license"], threshold
