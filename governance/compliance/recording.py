"""Writes down what was judged: only what changed. Call it inside one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from governance.compliance.decisions import nearest_limit, rule
from governance.compliance.models import (
    Assignment,
    Evaluation,
    Mode,
    Standing,
    Subject,
    UsageRead,
    Verdict,
    Violation,
    Waiver,
)
from governance.core.outcomes import Outcome
from governance.core.reconciliation import Acceptance, Step, reconcile


class Turn(StrEnum):
    """What people are told of."""

    OPENED = "violation_opened"
    WORSENED = "violation_worsened"
    RESOLVED = "violation_resolved"
    APPROACHING = "limit_approaching"


@dataclass(frozen=True)
class Transition:
    turn: Turn
    subject: Subject
    policy: str
    findings: Sequence[Mapping[str, Any]]
    violation: Violation | None = None
    previous: str = ""
    """The outcome before, for a violation that got worse."""


@dataclass(frozen=True)
class Judged:
    """One subject with the verdicts that count now, and the facts that they were derived from."""

    subject: Subject
    verdicts: Sequence[tuple[Assignment, Verdict]]
    digests: Mapping[str, str]
    reads: frozenset[tuple[str, str, str]]
    """(company, metric, period) of every usage figure that its facts look up."""


def record(judged: Sequence[Judged], now: datetime) -> list[Transition]:
    """Bring standings, history, violations and decisions up to date; answer what people must hear of."""
    _refuse_outrun(judged)
    before = _standings(judged)
    told = _move_standings(judged, before, now)
    told += _move_violations(judged, now)
    _decide(judged, now)
    _index_reads(judged)
    return told


class OutrunError(RuntimeError):
    """Somebody judged a subject while we did; ours may be the older view, so it is not written."""


def _refuse_outrun(judged: Sequence[Judged]) -> None:
    ids = [one.subject.pk for one in judged]
    rows = Subject.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    judged_at = dict(rows.values_list("pk", "judged_at"))
    for one in judged:
        if judged_at.get(one.subject.pk) != one.subject.judged_at:
            raise OutrunError(f"subject {one.subject.pk} was judged meanwhile")


def _standings(judged: Sequence[Judged]) -> dict[tuple[int, int], Standing]:
    rows = Standing.objects.filter(subject__in=[one.subject for one in judged]).select_related("verdict")
    return {(row.subject_id, row.assignment_id): row for row in rows}


def _move_standings(
    judged: Sequence[Judged], before: dict[tuple[int, int], Standing], now: datetime
) -> list[Transition]:
    new, moved, history, told = [], [], [], []
    left = dict(before)
    for one in judged:
        for assignment, verdict in one.verdicts:
            old = left.pop((one.subject.pk, assignment.pk), None)
            if old is not None and old.verdict_id == verdict.pk:
                continue
            told += _approaching(one.subject, assignment, verdict, old.verdict if old else None)
            history.append(Evaluation(subject=one.subject, assignment=assignment, verdict=verdict, at=now))
            if old is None:
                new.append(Standing(subject=one.subject, assignment=assignment, verdict=verdict))
            else:
                old.verdict = verdict
                moved.append(old)
    Standing.objects.filter(pk__in=[row.pk for row in left.values()]).delete()
    Standing.objects.bulk_create(new, batch_size=500)
    Standing.objects.bulk_update(moved, ["verdict"], batch_size=500)
    Evaluation.objects.bulk_create(history, batch_size=500)
    return told


def _approaching(
    subject: Subject, assignment: Assignment, verdict: Verdict, old: Verdict | None
) -> list[Transition]:
    """Limits that were not approaching before. One that was measured once cannot be approached any more."""
    if assignment.mode == Mode.OBSERVE:
        return []
    seen = {_limit(finding) for finding in old.findings if _nears(finding)} if old else set()
    fresh = [f for f in verdict.findings if _nears(f) and _limit(f) not in seen]
    return [Transition(Turn.APPROACHING, subject, assignment.policy, [finding]) for finding in fresh]


def _nears(finding: Mapping[str, Any]) -> bool:
    evidence = finding["evidence"]
    return bool(
        evidence.get("standing") == "approaching" and evidence.get("anchor") != "before_version_release"
    )


def _limit(finding: Mapping[str, Any]) -> tuple[Any, ...]:
    return (finding["license"], finding["evidence"].get("threshold"))


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


def _move_violations(judged: Sequence[Judged], now: datetime) -> list[Transition]:
    subjects = [one.subject for one in judged]
    open_ = {
        (row.subject_id, row.policy): row
        for row in Violation.objects.filter(subject__in=subjects, status=Violation.Status.OPEN)
    }
    changed: list[Violation] = []
    opened: list[Violation] = []
    told: list[Transition] = []
    for one in judged:
        for policy, (mode, verdict) in worst_by_policy(one.verdicts).items():
            row = open_.pop((one.subject.pk, policy), None)
            step, outcome = reconcile(Outcome(row.outcome) if row else None, Outcome(verdict.outcome))
            if step is Step.OPEN:
                opened.append(_open(one.subject, policy, mode, verdict, now))
                told.append(_tell(Turn.OPENED, one.subject, opened[-1]))
            elif row is not None:
                told += _advance(row, step, outcome, mode, verdict, now, one.subject)
                changed.append(row)
    for row in open_.values():
        _resolve(row, "the policy is no longer assigned here", now)
        changed.append(row)
        subject = next(one.subject for one in judged if one.subject.pk == row.subject_id)
        told.append(_tell(Turn.RESOLVED, subject, row))
    _number(opened)
    Violation.objects.bulk_create(opened, batch_size=500)
    fields = ["status", "mode", "outcome", "findings", "verdict", "worsened_at", "resolved_at", "resolution"]
    Violation.objects.bulk_update(changed, fields, batch_size=500)
    return told


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
    for row in Violation.objects.filter(subject__in=[one.subject for one in opened]).order_by("episode"):
        earlier[row.subject_id, row.policy] = row.episode
    for row in opened:
        row.episode = earlier.get((row.subject.pk, row.policy), 0) + 1


def acceptances(subjects: Iterable[Subject]) -> dict[int, dict[str, Acceptance]]:
    """Subject id -> policy -> the approved waiver that reaches furthest, on violations that are open."""
    rows = Waiver.objects.filter(
        violation__subject__in=list(subjects),
        violation__status=Violation.Status.OPEN,
        status=Waiver.Status.APPROVED,
    ).select_related("violation")
    found: dict[int, dict[str, Acceptance]] = {}
    for row in rows.order_by("until"):
        accepted = Acceptance(Outcome(row.outcome), row.until)
        found.setdefault(row.violation.subject_id, {})[row.violation.policy] = accepted
    return found


def _decide(judged: Sequence[Judged], now: datetime) -> None:
    accepted = acceptances(one.subject for one in judged)
    fields = ["decision", "reasons", "nearest", "facets", "judged_at", "judge_again_at", "judged_changes"]
    changed = []
    for one in judged:
        subject = one.subject
        ruling = rule(one.verdicts, accepted.get(subject.pk, {}), now)
        nearest = nearest_limit(f for _, verdict in one.verdicts for f in verdict.findings)
        subject.decision, subject.reasons, subject.nearest = ruling.decision, ruling.reasons, nearest
        subject.facets, subject.judge_again_at = dict(one.digests), ruling.again_at
        subject.judged_at, subject.judged_changes = now, subject.changes
        changed.append(subject)
    Subject.objects.bulk_update(changed, fields, batch_size=500)


def _index_reads(judged: Sequence[Judged]) -> None:
    """Keep the way back from a figure to the subjects that read it."""
    held: dict[int, dict[tuple[str, str, str], int]] = {}
    for row in UsageRead.objects.filter(subject__in=[one.subject for one in judged]):
        held.setdefault(row.subject_id, {})[row.company, row.metric, row.period] = row.pk
    new, gone = [], []
    for one in judged:
        old = held.get(one.subject.pk, {})
        gone += [pk for key, pk in old.items() if key not in one.reads]
        for company, metric, period in sorted(one.reads - old.keys()):
            new.append(UsageRead(subject=one.subject, company=company, metric=metric, period=period))
    UsageRead.objects.filter(pk__in=gone).delete()
    UsageRead.objects.bulk_create(new, batch_size=500)
