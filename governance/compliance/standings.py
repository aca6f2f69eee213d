"""Which verdict counts now, of each assignment on each case, and which limits came near with it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from governance.compliance.cases import members
from governance.compliance.kept import Kept, Standings, text
from governance.compliance.models import Assignment, Case, Evaluation, Mode, Standing
from governance.compliance.transitions import Judged, Told, Transition, Turn
from governance.rows import grouped, insert_rows, update_rows

Limit = tuple[int, int, str, str]
"""Case, assignment, license and threshold."""
CERTAIN = ("not_applicable", "below", "approaching", "exceeded", "cleared")


class _Move(NamedTuple):
    """A verdict that counts from now on. `pk`: of the standing that another verdict had; None: it is new."""

    case: Case
    assignment: Assignment
    verdict: Kept
    pk: int | None

    @property
    def pair(self) -> tuple[int, int]:
        return self.case.pk, self.assignment.pk


def move_standings(judged: Sequence[Judged], held: Standings, now: datetime) -> Told:
    """Bring standings and history up to date, and tell of limits that came near.

    `held`: what counted until now.
    """
    left = dict(held)
    moves: list[_Move] = []
    for one in judged:
        for assignment, verdict in one.verdicts:
            old = left.pop((one.case.pk, assignment.pk), None)
            if old is None or old.verdict.pk != verdict.pk:
                moves.append(_Move(one.case, assignment, verdict, old.pk if old else None))
    told = _approaching(moves)
    _write(moves, [row.pk for row in left.values()], now)
    return Told(told, {move.case.pk for move in moves} | {case for case, _ in left})


def _write(moves: Sequence[_Move], gone: Sequence[int], now: datetime) -> None:
    if gone:
        Standing.objects.filter(pk__in=gone).delete()
    new = [(*one.pair, one.verdict.pk) for one in moves if one.pk is None]
    insert_rows(Standing, ("case", "assignment", "verdict"), new)
    update_rows(Standing, ("verdict",), [(one.verdict.pk, one.pk) for one in moves if one.pk is not None])
    told = [(*one.pair, one.verdict.pk, now) for one in moves]
    insert_rows(Evaluation, ("case", "assignment", "verdict", "at"), told)


def _approaching(moves: Sequence[_Move]) -> list[Transition]:
    """Limits that are near and that were below before: a month without figures in between tells nothing."""
    near = [
        (move, finding)
        for move in moves
        if move.assignment.mode != Mode.OBSERVE
        for finding in move.verdict.findings
        if _nears(finding)
    ]
    before = _last_known({move.pair for move, _ in near})
    new = [
        (move, finding)
        for move, finding in near
        if before.get(_limit(move.pair, finding)) not in ("approaching", "exceeded")
    ]
    cases = {move.case.pk for move, _ in new}
    rows = members(cases).order_by("pk").values_list("case", "pk") if cases else ()
    subjects = grouped(rows)
    return [
        Transition(Turn.APPROACHING, move.assignment.policy, subjects.get(move.case.pk, []), [finding])
        for move, finding in new
    ]


def _last_known(pairs: Collection[tuple[int, int]]) -> dict[Limit, str]:
    """Where each limit of these cases and assignments stood when that was last certain."""
    if not pairs:
        return {}
    cases, assignments = zip(*pairs, strict=True)
    history = Evaluation.objects.filter(case__in=set(cases), assignment__in=set(assignments))
    rows = history.annotate(body=text("verdict__findings")).order_by("id")
    found: dict[Limit, str] = {}
    for case, assignment, body in rows.values_list("case", "assignment", "body"):
        for finding in json.loads(body):
            if finding["evidence"].get("standing") in CERTAIN:
                found[_limit((case, assignment), finding)] = finding["evidence"]["standing"]
    return found


def _nears(finding: Mapping[str, Any]) -> bool:
    """A limit that was measured once cannot be approached any more."""
    evidence = finding["evidence"]
    return bool(
        evidence.get("standing") == "approaching" and evidence.get("anchor") != "before_version_release"
    )


def _limit(pair: tuple[int, int], finding: Mapping[str, Any]) -> Limit:
    return *pair, finding["license"], str(finding["evidence"].get("threshold"))
