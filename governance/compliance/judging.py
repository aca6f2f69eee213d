"""Judge many cases: each distinct (policy, parameters, facts) once, and only what is not known yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Max, Q

from governance.compliance.facts import CaseFacts, Sealed
from governance.compliance.models import Assignment, FacetBody, Verdict
from governance.core.facts import Facet, Subject
from governance.core.outcomes import Outcome
from governance.core.periods import midnight
from governance.core.policy import Policy
from governance.core.values import digest
from governance.core.verdicts import Finding
from governance.core.verdicts import Verdict as Answer
from governance.discovery import catalog

ERROR_HOLDS = timedelta(minutes=10)
"""A policy that crashed is asked again after this long; its verdict is an error until then."""
TURNS = 12
"""How many times within one day an answer may change by itself before the last one has to do."""


@dataclass(frozen=True)
class Question:
    """One policy with parameters about some facts. Two questions with one key have one answer."""

    policy: str
    version: int
    params: Mapping[str, Any]
    params_digest: str
    facts_digest: str
    facets: Mapping[str, Sealed]

    @property
    def key(self) -> tuple[str, int, str, str]:
        return (self.policy, self.version, self.params_digest, self.facts_digest)


@dataclass(frozen=True)
class Asked:
    """A question at an instant, as it is sent to the policy runner."""

    question: Question
    as_of: datetime


Evaluate = Callable[[Sequence[Asked]], Sequence[Answer]]
Key = tuple[str, int, str, str]
KEY = ("policy", "policy_version", "params_digest", "facts_digest")


def question(assignment: Assignment, facts: CaseFacts) -> Question:
    """What an assignment asks of a case. A policy that is not installed is asked with all facets."""
    policy = catalog().policies.get(assignment.policy)
    reads = sorted(str(f) for f in (policy.reads if policy else facts.facets) if f in facts.facets)
    facets = {name: facts.facets[Facet(name)] for name in reads}
    return Question(
        policy=assignment.policy,
        version=policy.version if policy else 0,
        params=assignment.params,
        params_digest=digest(assignment.params),
        facts_digest=question_digest({name: sealed.digest for name, sealed in facets.items()}),
        facets=facets,
    )


def question_digest(facets: Mapping[str, str]) -> str:
    """The digest of exactly the facts that a policy reads, from the digest of each facet."""
    return digest([[name, facets[name]] for name in sorted(facets)])


def applies(assignment: Assignment, kind: Subject, environment: str = "", product: str = "") -> bool:
    """Whether an assignment asks about such a subject. One that cannot be asked applies to all: what it
    judged before must not pass for it. What is not known of a deployment lies in every scope."""
    policy: type[Policy] | None = catalog().policies.get(assignment.policy)
    judges = policy.judges if policy else set(Subject)
    if kind not in judges:
        return False
    if kind is Subject.SNAPSHOT:
        return not assignment.environments and not assignment.products
    return _within(environment, assignment.environments) and _within(product, assignment.products)


def _within(name: str, scope: Sequence[str]) -> bool:
    return not scope or not name or name in scope


def answers(questions: Iterable[Question], *, now: datetime, evaluate: Evaluate) -> dict[Key, Verdict]:
    """The verdict that holds now for each question: one on record if there is, else a new, unsaved one."""
    distinct = {one.key: one for one in questions}
    standing, starts = _on_record(distinct, now)
    open_ = [Asked(one, starts.get(key, _today(now))) for key, one in distinct.items()]
    fresh = [asked for asked in open_ if asked.question.key not in standing]
    for turn in range(TURNS):
        if not fresh:
            break
        again = []
        for asked, answer in zip(fresh, evaluate(fresh), strict=True):
            until = _holds_until(answer, now)
            if until is not None and until <= now and turn + 1 < TURNS:
                again.append(Asked(asked.question, until))
            else:
                standing[asked.question.key] = _row(asked, answer, until, now)
        fresh = again
    return standing


def _on_record(
    distinct: Mapping[Key, Question], now: datetime
) -> tuple[dict[Key, Verdict], dict[Key, datetime]]:
    """Verdicts that still hold, and from when on a new one would hold where the last one has ended."""
    rows = Verdict.objects.filter(facts_digest__in={key[3] for key in distinct}, as_of__lte=now)
    held = rows.filter(Q(holds_until=None) | Q(holds_until__gt=now)).order_by("as_of", "id")
    ended = rows.filter(holds_until__lte=now).values_list(*KEY).annotate(Max("holds_until")).order_by()
    standing = {_key(row): row for row in held}
    today = _today(now)
    starts = {
        (policy, version, params, facts): max(end, today) for policy, version, params, facts, end in ended
    }
    return {key: row for key, row in standing.items() if key in distinct}, starts


def _today(now: datetime) -> datetime:
    """A new verdict holds from the beginning of the day: workers at once derive the same one."""
    return midnight(now.astimezone(UTC).date())


def _holds_until(answer: Answer, now: datetime) -> datetime | None:
    if answer.outcome is Outcome.ERROR:
        return now + ERROR_HOLDS
    return answer.holds_until


def _row(asked: Asked, answer: Answer, until: datetime | None, now: datetime) -> Verdict:
    one = asked.question
    return Verdict(
        policy=one.policy,
        policy_version=one.version,
        params_digest=one.params_digest,
        params=dict(one.params),
        facts_digest=one.facts_digest,
        facets={name: sealed.digest for name, sealed in one.facets.items()},
        as_of=asked.as_of,
        holds_until=until,
        outcome=answer.outcome,
        findings=[as_json(one.policy, finding) for finding in answer.findings],
        judged_at=now,
    )


def as_json(policy: str, finding: Finding) -> dict[str, Any]:
    """A finding in the words of the API."""
    return {
        "policy": policy,
        "outcome": str(finding.outcome),
        "license": finding.license,
        "section": finding.section,
        "reason": finding.reason,
        "evidence": dict(finding.evidence),
        "how_to_fix": finding.how_to_fix,
        "missing": list(finding.missing),
    }


def keep(verdicts: Mapping[Key, Verdict], questions: Iterable[Question]) -> dict[Key, Verdict]:
    """Write the new verdicts and the facts that they are derived from. Somebody else's equal row wins.

    Always in the same order, so that two workers wait for each other and never in a circle.
    """
    new = {key: row for key, row in verdicts.items() if row.pk is None}
    bodies = {
        sealed.digest: FacetBody(digest=sealed.digest, facet=str(sealed.facet), body=sealed.body)
        for one in questions
        if one.key in new
        for sealed in one.facets.values()
    }
    known = set(FacetBody.objects.filter(digest__in=bodies).values_list("digest", flat=True))
    FacetBody.objects.bulk_create(
        [row for key, row in sorted(bodies.items()) if key not in known],
        ignore_conflicts=True,
        batch_size=500,
    )
    Verdict.objects.bulk_create([new[key] for key in sorted(new)], ignore_conflicts=True, batch_size=500)
    return {**verdicts, **_stored(new)}


def _stored(new: Mapping[Key, Verdict]) -> dict[Key, Verdict]:
    starts = {row.as_of for row in new.values()}
    rows = Verdict.objects.filter(facts_digest__in={key[3] for key in new}, as_of__in=starts)
    by_start = {(*_key(row), row.as_of): row for row in rows}
    return {key: by_start[*key, row.as_of] for key, row in new.items()}


def _key(row: Verdict) -> Key:
    return (row.policy, row.policy_version, row.params_digest, row.facts_digest)
