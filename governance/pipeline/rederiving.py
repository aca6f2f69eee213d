"""Proves that verdicts follow from what was kept: the same facts and parameters give the same answer."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from governance.compliance.facts import facet_digest
from governance.compliance.judging import as_json, question_digest
from governance.compliance.models import FacetBody, Verdict
from governance.core.outcomes import Outcome
from governance.core.values import digest
from governance.core.verdicts import Verdict as Answer
from governance.discovery import catalog
from governance.pipeline.evaluating import runner
from governance.pipeline.runner import Job

CHUNK = 500


@dataclass
class Derived:
    """What came of it. `differences` are sentences; a verdict of another version cannot be asked again."""

    same: int = 0
    other_version: int = 0
    differences: list[str] = field(default_factory=list)


def rederive(sample: int, chance: random.Random) -> Derived:
    """Evaluate so many stored verdicts again (0: all). An error is no answer, so errors are left out."""
    ids = list(Verdict.objects.exclude(outcome=Outcome.ERROR).order_by("id").values_list("pk", flat=True))
    chosen = sorted(chance.sample(ids, sample)) if 0 < sample < len(ids) else ids
    derived = Derived()
    for begin in range(0, len(chosen), CHUNK):
        _derive(list(Verdict.objects.filter(pk__in=chosen[begin : begin + CHUNK]).order_by("id")), derived)
    return derived


def _derive(rows: Sequence[Verdict], derived: Derived) -> None:
    asked = [row for row in rows if _version(row.policy) == row.policy_version]
    derived.other_version += len(rows) - len(asked)
    bodies = _bodies(asked)
    whole = []
    for row in asked:
        faults = list(_broken(row, bodies))
        derived.differences += [f"Verdict {row.pk} of {row.policy}: {fault}." for fault in faults]
        if not faults:
            whole.append(row)
    for row, answer in zip(whole, runner().evaluate([_job(row, bodies) for row in whole]), strict=True):
        fault = _difference(row, answer)
        if fault:
            derived.differences.append(f"Verdict {row.pk} of {row.policy}: {fault}.")
        else:
            derived.same += 1


def _version(policy: str) -> int:
    found = catalog().policies.get(policy)
    return found.version if found else 0


def _bodies(rows: Sequence[Verdict]) -> dict[str, str]:
    wanted = {one for row in rows for one in row.facets.values()}
    return dict(FacetBody.objects.filter(digest__in=wanted).values_list("digest", "body"))


def _broken(row: Verdict, bodies: Mapping[str, str]) -> Iterator[str]:
    """What is kept must be whole before anything is derived from it."""
    if digest(row.params) != row.params_digest:
        yield "the parameters are not those that it was derived with"
    if question_digest(row.facets) != row.facts_digest:
        yield "the facts are not those that it was derived from"
    for name, kept in row.facets.items():
        if kept not in bodies:
            yield f"the facts about {name} are gone"
        elif facet_digest(name, bodies[kept]) != kept:
            yield f"the facts about {name} were changed"


def _job(row: Verdict, bodies: Mapping[str, str]) -> Job:
    facets = {name: bodies[kept] for name, kept in row.facets.items()}
    return Job(policy=row.policy, params=row.params, as_of=row.as_of.isoformat(), facets=facets)


def _difference(row: Verdict, answer: Answer) -> str:
    findings = [as_json(row.policy, finding) for finding in answer.findings]
    if str(answer.outcome) != row.outcome:
        return f"it says {row.outcome}, but {answer.outcome} follows from its facts"
    if findings != row.findings:
        return "its findings do not follow from its facts"
    if answer.holds_until != row.holds_until:
        return f"it holds until {row.holds_until}, but {answer.holds_until} follows from its facts"
    return ""
