"""Which verdict counts now, of each assignment on each case, and which limits came near with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from governance.compliance.cases import members
from governance.compliance.models import Assignment, Case, Evaluation, Mode, Standing
from governance.compliance.rows import update_rows
from governance.compliance.transitions import Judged, Told, Transition, Turn

Limit = tuple[int, int, str, str]
"""Case, assignment, license and threshold."""
CERTAIN = ("not_applicable", "below", "approaching", "exceeded", "cleared")


def move_standings(judged: Sequence[Judged], now: datetime) -> Told:
    """Bring standings and history up to date, and tell of limits that came near."""
    rows = Standing.objects.filter(case__in=[one.case for one in judged])
    left = {(row.case_id, row.assignment_id): row for row in rows}
    new: list[Standing] = []
    moved: list[Standing] = []
    for one in judged:
        for assignment, verdict in one.verdicts:
            old = left.pop((one.case.pk, assignment.pk), None)
            if old is None:
                new.append(Standing(case=one.case, assignment=assignment, verdict=verdict))
            elif old.verdict_id != verdict.pk:
                old.case, old.assignment, old.verdict = one.case, assignment, verdict
                moved.append(old)
    told = _approaching([*new, *moved])
    _write(new, moved, list(left.values()), now)
    return Told(told, {row.case_id for row in (*new, *moved, *left.values())})


def _write(new: list[Standing], moved: list[Standing], gone: list[Standing], now: datetime) -> None:
    history = [
        Evaluation(case=row.case, assignment=row.assignment, verdict=row.verdict, at=now)
        for row in (*new, *moved)
    ]
    if gone:
        Standing.objects.filter(pk__in=[row.pk for row in gone]).delete()
    Standing.objects.bulk_create(new, batch_size=500)
    update_rows(moved, ["verdict"])
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
        Transition(Turn.APPROACHING, row.assignment.policy, _ids(row.case), [finding])
        for row, finding in near
        if before.get(_limit(row.case, row.assignment, finding)) not in ("approaching", "exceeded")
    ]


def _ids(case: Case) -> list[int]:
    return list(members([case]).order_by("pk").values_list("pk", flat=True))


def _last_known(rows: Sequence[Standing]) -> dict[Limit, str]:
    """Where each limit stood when that was last certain."""
    history = Evaluation.objects.filter(
        case__in=[row.case for row in rows], assignment__in=[row.assignment for row in rows]
    )
    found: dict[Limit, str] = {}
    for one in history.order_by("id").select_related("case", "assignment", "verdict"):
        for finding in one.verdict.findings:
            if finding["evidence"].get("standing") in CERTAIN:
                found[_limit(one.case, one.assignment, finding)] = finding["evidence"]["standing"]
    return found


def _nears(finding: Mapping[str, Any]) -> bool:
    """A limit that was measured once cannot be approached any more."""
    evidence = finding["evidence"]
    return bool(
        evidence.get("standing") == "approaching" and evidence.get("anchor") != "before_version_release"
    )


def _limit(case: Case, assignment: Assignment, finding: Mapping[str, Any]) -> Limit:
    threshold = str(finding["evidence"].get("threshold"))
    return case.pk, assignment.pk, finding["license"], threshold
