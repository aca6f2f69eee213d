"""Opens, keeps and resolves the violations of the subjects of judged cases.

Subjects of one case get the same, so rows are written by case and not one by one. Only policies whose
verdict or mode moved since the case was judged before are looked at, and subjects that are new in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from governance.compliance.cases import IN_USE, members
from governance.compliance.kept import Kept
from governance.compliance.models import Assignment, Mode, Subject, Violation
from governance.compliance.transitions import Judged, Told, Transition, Turn
from governance.core.outcomes import Outcome
from governance.core.reconciliation import Step, reconcile
from governance.locking import hold
from governance.rows import grouped, update_alike

MOST = 500
"""Rows in one statement."""
Aim = tuple[str, Kept]
"""Mode and verdict that the violations of one policy are held against."""
Episodes = Mapping[tuple[int, str], int]
"""(subject, policy) -> number of its last violation: history keeps episodes apart."""


def move_violations(judged: Sequence[Judged], now: datetime) -> Told:
    """One violation at most is open for each subject and policy."""
    newcomers = members([one.case.pk for one in judged]).filter(settled=False).values_list("case", "pk")
    fresh = grouped(newcomers)
    courses = [_Course(one, fresh.get(one.case.pk, []), now) for one in judged]
    moving = [course for course in courses if course.moved or course.fresh]
    told = _follow(moving) if moving else []
    for course in moving:
        course.case.breaches = course.held
    return Told(told, {course.case.pk for course in moving})


class _Row(NamedTuple):
    """A violation, as far as the next step needs."""

    pk: int
    subject: int
    case: int
    policy: str
    outcome: str
    episode: int
    status: str


class _Update(NamedTuple):
    """The same values for some violations."""

    fields: tuple[str, ...]
    values: tuple[Any, ...]
    ids: list[int]


_ROW = ("pk", "subject", "subject__case", "policy", "outcome", "episode", "status")


def _follow(courses: Sequence[_Course]) -> list[Transition]:
    """Reads what all of them need at once, then lets each run."""
    cases = [course.case.pk for course in courses]
    opening = members([course.case.pk for course in courses if course.opens])
    everyone = grouped(opening.order_by("pk").values_list("case", "pk"))
    # Open or not is asked of the rows found: SQLite would begin with all violations that are open.
    past = Violation.objects.filter(subject__case__in=cases).order_by("pk").values_list(*_ROW)
    rows = [_Row._make(row) for row in past]
    held = grouped((row.case, row) for row in rows if row.status == Violation.Status.OPEN)
    episodes = {(row.subject, row.policy): row.episode for row in rows}
    told = [
        one
        for course in courses
        for one in course.run(everyone.get(course.case.pk, []), held.get(course.case.pk, []), episodes)
    ]
    _write(course.updates for course in courses)
    return told


def _write(updates: Iterable[Iterable[_Update]]) -> None:
    alike = grouped((one.fields, (one.values, one.ids)) for some in updates for one in some)
    for fields, groups in alike.items():
        update_alike(Violation, fields, groups)


class _Course:
    """The violations of one case: what they were held against before, and what they are held against now."""

    def __init__(self, judged: Judged, fresh: Sequence[int], now: datetime) -> None:
        self.case, self.fresh, self.now = judged.case, fresh, now
        self.updates: list[_Update] = []
        self.aims = worst_by_policy(judged.verdicts)
        self.observed = {assignment.policy for assignment, _ in judged.verdicts}
        self.held = {policy: [mode, verdict.pk] for policy, (mode, verdict) in self.aims.items()}
        before = self.case.breaches
        self.moved = {
            policy for policy in {*self.held, *before} if self.held.get(policy) != before.get(policy)
        }

    @property
    def opens(self) -> list[str]:
        return [policy for policy, (_, verdict) in self.aims.items() if verdict.outcome.breaches]

    def run(self, everyone: Sequence[int], open_: Sequence[_Row], episodes: Episodes) -> list[Transition]:
        """`everyone` are the subjects of the case; `open_` their open violations."""
        told: list[Transition] = []
        rows = grouped((row.policy, row) for row in open_)
        for policy in self.opens:
            have = {row.subject for row in rows.get(policy, [])}
            subjects = everyone if policy in self.moved else self.fresh
            told += self._begin(policy, [pk for pk in subjects if pk not in have], episodes)
        newcomers = set(self.fresh)
        for policy, held in rows.items():
            told += self._advance(policy, [r for r in held if policy in self.moved or r.subject in newcomers])
        return told

    def _begin(self, policy: str, subjects: Sequence[int], episodes: Episodes) -> list[Transition]:
        wanted = _held_in_use(subjects)
        if not wanted:
            return []
        mode, verdict = self.aims[policy]
        found = breaches(verdict)
        opened = [
            Violation(
                subject_id=pk,
                policy=policy,
                episode=episodes.get((pk, policy), 0) + 1,
                mode=mode,
                outcome=verdict.outcome,
                findings=found,
                verdict_id=verdict.pk,
                opened_at=self.now,
            )
            for pk in wanted
        ]
        Violation.objects.bulk_create(opened, batch_size=MOST)
        return [Transition(Turn.OPENED, policy, wanted, found, [row.pk for row in opened])]

    def _advance(self, policy: str, rows: Sequence[_Row]) -> list[Transition]:
        """Violations with one outcome go the same step."""
        told: list[Transition] = []
        aim = self.aims.get(policy)
        for previous, alike in grouped((row.outcome, row) for row in rows).items():
            if aim is None:
                why = "only observed" if policy in self.observed else "no longer assigned"
                told += self._resolve(policy, alike, f"the policy is {why} here")
                continue
            step, outcome = reconcile(Outcome(previous), aim[1].outcome)
            if step is Step.RESOLVE:
                told += self._resolve(policy, alike, "the policy passes")
            else:
                told += self._keep(policy, alike, outcome, previous if step is Step.WORSEN else "")
        return told

    def _keep(self, policy: str, rows: Sequence[_Row], outcome: Outcome, worse_than: str) -> list[Transition]:
        mode, verdict = self.aims[policy]
        found = breaches(verdict)
        fields = {"mode": mode, "verdict": verdict.pk, "outcome": str(outcome), "findings": found}
        self._update(rows, **fields, **({"worsened_at": self.now} if worse_than else {}))
        return [_told(Turn.WORSENED, policy, rows, found, previous=worse_than)] if worse_than else []

    def _resolve(self, policy: str, rows: Sequence[_Row], reason: str) -> list[Transition]:
        self._update(rows, status=Violation.Status.RESOLVED, resolved_at=self.now, resolution=reason)
        findings = Violation.objects.values_list("findings", flat=True).get(pk=rows[0].pk)
        return [_told(Turn.RESOLVED, policy, rows, findings, resolution=reason)]

    def _update(self, rows: Sequence[_Row], **fields: Any) -> None:
        ids = [row.pk for row in rows]
        for start in range(0, len(ids), MOST):
            part = ids[start : start + MOST]
            self.updates.append(_Update(tuple(fields), tuple(fields.values()), part))


def _held_in_use(subjects: Sequence[int]) -> list[int]:
    """Those that were not retired meanwhile: who retires a deployment holds its subject until the commit."""
    if not subjects:
        return []
    hold(Subject.objects.filter(pk__in=subjects))
    return list(Subject.objects.filter(IN_USE, pk__in=subjects).order_by("pk").values_list("pk", flat=True))


def _told(
    turn: Turn, policy: str, rows: Sequence[_Row], findings: Sequence[Mapping[str, Any]], **more: str
) -> Transition:
    return Transition(turn, policy, [row.subject for row in rows], findings, [row.pk for row in rows], **more)


def breaches(verdict: Kept) -> list[dict[str, Any]]:
    return [finding for finding in verdict.findings if Outcome(finding["outcome"]).breaches]


def worst_by_policy(verdicts: Iterable[tuple[Assignment, Kept]]) -> dict[str, Aim]:
    """Policy -> (mode, verdict) of the worst verdict that opens violations; an enforced one goes first."""
    found: dict[str, Aim] = {}
    for assignment, verdict in verdicts:
        if assignment.mode == Mode.OBSERVE:
            continue
        held = found.get(assignment.policy)
        if held is None or _weight(assignment.mode, verdict) > _weight(*held):
            found[assignment.policy] = (assignment.mode, verdict)
    return found


def _weight(mode: str, verdict: Kept) -> tuple[Outcome, bool]:
    return verdict.outcome, mode == Mode.ENFORCE
