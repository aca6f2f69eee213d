"""Opens, keeps and resolves violations, as the verdicts that count now say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from governance.compliance.models import Assignment, Mode, Subject, Verdict, Violation
from governance.compliance.transitions import Judged, Told, Transition, Turn
from governance.core.outcomes import Outcome
from governance.core.reconciliation import Step, reconcile

FIELDS = ("status", "mode", "outcome", "findings", "verdict", "worsened_at", "resolved_at", "resolution")
COMPARED = ("status", "mode", "outcome", "verdict_id")
"""Where these are as before, nothing is to be written."""


def move_violations(judged: Sequence[Judged], now: datetime) -> Told:
    """One violation at most is open for each subject and policy."""
    rows = Violation.objects.filter(subject__in=[one.subject for one in judged], status=Violation.Status.OPEN)
    held: dict[int, dict[str, Violation]] = {}
    for row in rows:
        held.setdefault(row.subject_id, {})[row.policy] = row
    before = {row.pk: _compared(row) for by in held.values() for row in by.values()}
    told = [one for each in judged for one in _move(each, held.get(each.subject.pk, {}), now)]
    opened = [one.violation for one in told if one.turn is Turn.OPENED and one.violation]
    changed = [row for by in held.values() for row in by.values() if _compared(row) != before[row.pk]]
    _number(opened)
    Violation.objects.bulk_create(opened, batch_size=500)
    Violation.objects.bulk_update(changed, FIELDS, batch_size=500)
    return Told(told, {row.subject_id for row in (*opened, *changed)})


def _compared(row: Violation) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in COMPARED)


def _move(one: Judged, held: dict[str, Violation], now: datetime) -> list[Transition]:
    told = []
    worst = worst_by_policy(one.verdicts)
    for policy, (mode, verdict) in worst.items():
        row = held.get(policy)
        step, outcome = reconcile(Outcome(row.outcome) if row else None, Outcome(verdict.outcome))
        if step is Step.OPEN:
            told.append(_tell(Turn.OPENED, one.subject, _open(one.subject, policy, mode, verdict, now)))
        elif row is not None:
            told += _advance(row, step, outcome, mode, verdict, now, one.subject)
    observed = {assignment.policy for assignment, _ in one.verdicts}
    for policy in held.keys() - worst.keys():
        why = "only observed" if policy in observed else "no longer assigned"
        _resolve(held[policy], f"the policy is {why} here", now)
        told.append(_tell(Turn.RESOLVED, one.subject, held[policy]))
    return told


def worst_by_policy(verdicts: Iterable[tuple[Assignment, Verdict]]) -> dict[str, tuple[str, Verdict]]:
    """Policy -> (mode, verdict) of the worst verdict that opens violations; an enforced one goes first."""
    found: dict[str, tuple[str, Verdict]] = {}
    for assignment, verdict in verdicts:
        if assignment.mode == Mode.OBSERVE:
            continue
        held = found.get(assignment.policy)
        if held is None or _weight(assignment.mode, verdict) > _weight(*held):
            found[assignment.policy] = (assignment.mode, verdict)
    return found


def _weight(mode: str, verdict: Verdict) -> tuple[Outcome, bool]:
    return Outcome(verdict.outcome), mode == Mode.ENFORCE


def _open(subject: Subject, policy: str, mode: str, verdict: Verdict, now: datetime) -> Violation:
    return Violation(
        subject=subject,
        policy=policy,
        mode=mode,
        outcome=verdict.outcome,
        findings=breaches(verdict),
        verdict=verdict,
        opened_at=now,
    )


def _advance(
    row: Violation,
    step: Step,
    outcome: Outcome,
    mode: str,
    verdict: Verdict,
    now: datetime,
    subject: Subject,
) -> list[Transition]:
    previous, row.mode, row.verdict = row.outcome, mode, verdict
    if step is Step.RESOLVE:
        _resolve(row, "the policy passes", now)
        return [_tell(Turn.RESOLVED, subject, row)]
    row.outcome, row.findings = str(outcome), breaches(verdict)
    if step is Step.WORSEN:
        row.worsened_at = now
        return [_tell(Turn.WORSENED, subject, row, previous)]
    return []


def _resolve(row: Violation, reason: str, now: datetime) -> None:
    row.status, row.resolved_at, row.resolution = Violation.Status.RESOLVED, now, reason


def _tell(turn: Turn, subject: Subject, row: Violation, previous: str = "") -> Transition:
    return Transition(turn, subject, row.policy, row.findings, row, previous)


def breaches(verdict: Verdict) -> list[dict[str, Any]]:
    return [finding for finding in verdict.findings if Outcome(finding["outcome"]).breaches]


def _number(opened: Sequence[Violation]) -> None:
    """Episodes of one subject and policy are counted on, so that history keeps them apart."""
    earlier: dict[tuple[int, str], int] = {}
    rows = Violation.objects.filter(subject__in=[one.subject for one in opened]).order_by("episode")
    for subject, policy, episode in rows.values_list("subject", "policy", "episode"):
        earlier[subject, policy] = episode
    for row in opened:
        row.episode = earlier.get((row.subject.pk, row.policy), 0) + 1
