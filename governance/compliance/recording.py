"""Writes down what was judged: only what changed. Call it inside one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Model, Q

from governance.compliance import reads
from governance.compliance.cases import members
from governance.compliance.decisions import acceptances, nearest_limit, reasons, rule
from governance.compliance.kept import Standings
from governance.compliance.models import Case, Subject
from governance.compliance.standings import move_standings
from governance.compliance.transitions import Judged, Transition
from governance.compliance.violations import move_violations
from governance.core.periods import instant_text
from governance.core.values import digest
from governance.core.verdicts import soonest
from governance.rows import grouped, update_rows

RULED = ("decision", "reasons", "nearest", "facets", "breaches", "ruled_from")
HELD = ("judge_again_at", "judged_changes", "judged_at")


class OutrunError(RuntimeError):
    """Somebody judged a case while we did; ours may be the older view, so it is not written."""


def record(
    judged: Sequence[Judged], held: Standings, inexact: Collection[int], now: datetime
) -> list[Transition]:
    """Bring standings, history, violations and decisions up to date; answer what people must hear of.

    `held`: what counted until now. `inexact`: cases whose usage reads are not on record as they are.
    """
    _hold(judged)
    standings = move_standings(judged, held, now)
    violations = move_violations(judged, now)
    moved = reads.update([one for one in judged if one.case.pk in inexact])
    _decide_cases(judged, standings.touched | violations.touched | moved, now)
    _decide_subjects(judged, now)
    return [*standings.transitions, *violations.transitions]


def _hold(judged: Sequence[Judged]) -> None:
    ids = [one.case.pk for one in judged]
    rows = Case.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    judged_at = dict(rows.values_list("pk", "judged_at"))
    for one in judged:
        if one.case.pk not in judged_at or judged_at[one.case.pk] != one.case.judged_at:
            raise OutrunError(f"case {one.case.pk} was judged meanwhile")


def _decide_cases(judged: Sequence[Judged], touched: Collection[int], now: datetime) -> None:
    """`judged_at` moves with every write, as others are outrun by it, and with nothing else."""
    ruled, held = [], []
    for one in judged:
        case, basis = one.case, _basis(one)
        before = case.judge_again_at, case.judged_changes
        case.judge_again_at = soonest(*(verdict.holds_until for _, verdict in one.verdicts))
        case.judged_changes = case.changes
        if case.judged_at is None or case.pk in touched or case.ruled_from != basis:
            _rule(one, basis, now)
            ruled.append(case)
        elif before != (case.judge_again_at, case.judged_changes):
            held.append(case)
    for case in (*ruled, *held):
        case.judged_at = now
    _update(ruled, (*RULED, *HELD))
    _update(held, HELD)


def _update(rows: Sequence[Model], fields: Sequence[str]) -> None:
    if rows:
        update_rows(type(rows[0]), fields, [[getattr(row, name) for name in (*fields, "pk")] for row in rows])


def _basis(one: Judged) -> str:
    """What the decision follows from: with the same verdicts, modes and facts it is the same."""
    verdicts = [[assignment.pk, assignment.mode, verdict.pk] for assignment, verdict in one.verdicts]
    return digest([verdicts, sorted(one.digests.items())])


def _rule(one: Judged, basis: str, now: datetime) -> None:
    case = one.case
    case.decision = str(rule(one.verdicts, {}, now).decision)
    case.reasons = reasons(one.verdicts)
    case.nearest = nearest_limit(
        finding for _, verdict in one.verdicts if verdict.mentions("limit") for finding in verdict.findings
    )
    case.facets = dict(one.digests)
    case.ruled_from = basis


def _decide_subjects(judged: Sequence[Judged], now: datetime) -> None:
    """Those with waivers one by one, all others with their cases."""
    verdicts = {one.case.pk: one.verdicts for one in judged}
    accepted = acceptances(members(list(verdicts)))
    waived = []
    for subject in Subject.objects.filter(pk__in=accepted):
        before = (subject.decision, subject.settled, subject.waived)
        ruling = rule(verdicts[subject.case_id], accepted[subject.pk], now)
        subject.decision = str(ruling.decision)
        subject.settled = subject.decided = True
        subject.waived = {policy: instant_text(until) for policy, until in ruling.waived.items()}
        subject.waived_until = min(ruling.waived.values(), default=None)
        if before != (subject.decision, subject.settled, subject.waived):
            waived.append(subject)
    _update(waived, ("decision", "settled", "decided", "waived", "waived_until"))
    for decision, cases in grouped((one.case.decision, one.case.pk) for one in judged).items():
        differs = ~Q(decision=decision) | Q(settled=False) | Q(waived_until__isnull=False)
        rows = Subject.objects.filter(differs, case__in=cases).exclude(pk__in=accepted)
        if rows.exists():  # usually none: a write that changes nothing still takes the writer's lock
            rows.update(decision=decision, settled=True, decided=True, waived={}, waived_until=None)
