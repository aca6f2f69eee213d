"""Judge many cases: each distinct (policy, parameters, facts) once, and only what is not known yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from django.db.models import Max, Q

from governance.compliance.kept import KEY, Kept, Key, light, of_keys
from governance.compliance.models import Assignment, FacetBody, Verdict
from governance.core.facts import Facet, Subject
from governance.core.outcomes import Outcome
from governance.core.periods import day_of, midnight
from governance.core.policy import Policy
from governance.core.values import digest
from governance.core.verdicts import Finding
from governance.core.verdicts import Verdict as Answer
from governance.discovery import catalog
from governance.rows import insert_rows

ERROR_HOLDS = timedelta(minutes=10)
"""A policy that crashed is asked again after this long; its verdict is an error until then."""
TURNS = 12
"""How many times within one day an answer may change by itself before the last one has to do."""


class KnownFacet(Protocol):
    """One facet, as it is kept and sent to the policy runner."""

    @property
    def facet(self) -> Facet: ...
    @property
    def digest(self) -> str: ...
    @property
    def body(self) -> str: ...


class KnownFacts(Protocol):
    """The facts of a case: gathered just now, or on record."""

    @property
    def digests(self) -> Mapping[str, str]: ...
    @property
    def names(self) -> frozenset[str]: ...
    def sealed(self, name: str) -> KnownFacet: ...


@dataclass(frozen=True, slots=True)
class Asking:
    """What is the same in every question of one assignment."""

    policy: str
    version: int
    params: Mapping[str, Any]
    params_digest: str
    reads: frozenset[str] | None
    """None: all facets, as nobody knows what a policy reads that is not installed."""

    @classmethod
    def of(cls, assignment: Assignment) -> Asking:
        policy = catalog().policies.get(assignment.policy)
        return cls(
            policy=assignment.policy,
            version=policy.version if policy else 0,
            params=assignment.params,
            params_digest=digest(assignment.params),
            reads=frozenset(str(facet) for facet in policy.reads) if policy else None,
        )

    def about(self, facts: KnownFacts) -> Question:
        digests = facts.digests
        names = _read(self.reads, facts.names)
        bound = _bound(names, tuple([digests[name] for name in names]))
        return Question(self, facts, names, (self.policy, self.version, self.params_digest, bound))


class Question(NamedTuple):
    """One policy with parameters about some facts. Two questions with one key have one answer."""

    asking: Asking
    facts: KnownFacts
    names: tuple[str, ...]
    """Of the facets that it is about."""
    key: Key

    @property
    def policy(self) -> str:
        return self.asking.policy

    @property
    def facets(self) -> dict[str, KnownFacet]:
        return {name: self.facts.sealed(name) for name in self.names}


@dataclass(frozen=True)
class Asked:
    """A question at an instant, as it is sent to the policy runner."""

    question: Question
    as_of: datetime


Evaluate = Callable[[Sequence[Asked]], Sequence[Answer]]


@lru_cache(maxsize=1024)
def _read(reads: frozenset[str] | None, there: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(there if reads is None else there & reads))


@lru_cache(maxsize=8192)
def _bound(names: tuple[str, ...], digests: tuple[str, ...]) -> str:
    """Many cases share the facts of a model, and policies read the same facets."""
    return question_digest(dict(zip(names, digests, strict=True)))


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


class NewVerdict(NamedTuple):
    """The values of a `Verdict` that is not stored yet."""

    policy: str
    policy_version: int
    params_digest: str
    facts_digest: str
    params: dict[str, Any]
    facets: dict[str, str]
    as_of: datetime
    holds_until: datetime | None
    outcome: Outcome
    findings: list[dict[str, Any]]
    judged_at: datetime


@dataclass
class Answers:
    """The verdict that holds now for each question: one on record if there is, else a new one."""

    kept: dict[Key, Kept]
    new: dict[Key, NewVerdict] = field(default_factory=dict)


def answers(
    questions: Iterable[Question], standing: Mapping[Key, Kept], *, now: datetime, evaluate: Evaluate
) -> Answers:
    """`standing`: verdicts that count now for some case, and hold."""
    distinct = {one.key: one for one in questions}
    found = Answers({key: standing[key] for key in distinct if key in standing})
    found.kept |= _on_record(distinct.keys() - found.kept.keys(), now)
    open_ = [one for key, one in distinct.items() if key not in found.kept]
    starts = _starts([one.key for one in open_], now)
    fresh = [Asked(one, starts.get(one.key, _today(now))) for one in open_]
    for turn in range(TURNS):
        if not fresh:
            break
        again = []
        for asked, answer in zip(fresh, evaluate(fresh), strict=True):
            until = _holds_until(answer, now)
            if until is not None and until <= now and turn + 1 < TURNS:
                again.append(Asked(asked.question, until))
            else:
                found.new[asked.question.key] = _row(asked, answer, until, now)
        fresh = again
    return found


def _on_record(keys: Iterable[Key], now: datetime) -> dict[Key, Kept]:
    """Verdicts that hold now; of several the one that began last."""
    holding = Q(holds_until=None) | Q(holds_until__gt=now)
    return {
        key: verdict
        for rows in of_keys(keys)
        for key, verdict, _ in light(rows.filter(holding, as_of__lte=now).order_by("as_of", "id"))
    }


def _starts(keys: Iterable[Key], now: datetime) -> dict[Key, datetime]:
    """From when on a new verdict holds where the last one has ended."""
    today = _today(now)
    return {
        (policy, version, params, facts): max(end, today)
        for rows in of_keys(keys)
        for policy, version, params, facts, end in rows.filter(as_of__lte=now, holds_until__lte=now)
        .values_list(*KEY)
        .annotate(Max("holds_until"))
        .order_by()
    }


def _today(now: datetime) -> datetime:
    """A new verdict holds from the beginning of the day: workers at once derive the same one."""
    return midnight(day_of(now))


def _holds_until(answer: Answer, now: datetime) -> datetime | None:
    if answer.outcome is Outcome.ERROR:
        return now + ERROR_HOLDS
    return answer.holds_until


def _row(asked: Asked, answer: Answer, until: datetime | None, now: datetime) -> NewVerdict:
    one = asked.question
    digests = one.facts.digests
    return NewVerdict(
        *one.key,
        params=dict(one.asking.params),
        facets={name: digests[name] for name in one.names},
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


def keep(found: Answers, questions: Iterable[Question]) -> dict[Key, Kept]:
    """Write the new verdicts and the facts that they are derived from. Somebody else's equal row wins.

    Always in the same order, so that two workers wait for each other and never in a circle.
    """
    if not found.new:
        return found.kept
    _keep_facts(one for one in questions if one.key in found.new)
    rows = [found.new[key] for key in sorted(found.new)]
    insert_rows(Verdict, NewVerdict._fields, rows, unless_there=True)
    starts = {key: row.as_of for key, row in found.new.items()}
    stored = {
        key: verdict
        for rows in of_keys(starts)
        for key, verdict, [as_of] in light(rows.filter(as_of__in=set(starts.values())), "as_of")
        if as_of == starts[key]
    }
    return {**found.kept, **stored}


def _keep_facts(questions: Iterable[Question]) -> None:
    facets = {one.digest: one for question in questions for one in question.facets.values()}
    known = set(FacetBody.objects.filter(digest__in=facets).values_list("digest", flat=True))
    missing = [facets[key] for key in sorted(facets.keys() - known)]
    rows = [(one.digest, str(one.facet), one.body) for one in missing]
    insert_rows(FacetBody, ("digest", "facet", "body"), rows, unless_there=True)
