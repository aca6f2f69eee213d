"""Verdicts on record, as far as judging looks at them: of many rows it needs little, of few the findings."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from governance.compliance.models import Standing, Verdict
from governance.core.outcomes import Outcome

Key = tuple[str, int, str, str]
"""Policy, its version, digest of the parameters, digest of the facts: what a verdict answers."""
KEY = ("policy", "policy_version", "params_digest", "facts_digest")


class Kept:
    """One stored verdict. Its findings are parsed when somebody first looks at them."""

    __slots__ = ("_body", "_findings", "holds_until", "outcome", "pk")

    def __init__(self, pk: int, outcome: str, holds_until: datetime | None, body: str) -> None:
        """`body`: the findings as JSON text."""
        self.pk, self.outcome, self.holds_until = pk, Outcome(outcome), holds_until
        self._body = body
        self._findings: list[dict[str, Any]] | None = None

    @property
    def findings(self) -> list[dict[str, Any]]:
        if self._findings is None:
            self._findings = json.loads(self._body)
        return self._findings

    def mentions(self, field: str) -> bool:
        """Whether a field of this name may occur in the findings: told without parsing them."""
        return f'"{field}"' in self._body

    def holds(self, now: datetime) -> bool:
        return self.holds_until is None or now < self.holds_until


class Stands(NamedTuple):
    """The verdict that counts for one assignment on one case. `pk` is that of the standing."""

    pk: int
    key: Key
    verdict: Kept


Standings = dict[tuple[int, int], Stands]
"""By the ids of case and assignment."""


def standings(cases: Collection[int]) -> Standings:
    """What counts now. Equal verdicts of several cases are one object, and read once."""
    rows = Standing.objects.filter(case__in=cases)
    links = list(rows.values_list("case", "assignment", "pk", "verdict"))
    verdicts = Verdict.objects.filter(pk__in={verdict for *_, verdict in links})
    known = {one.pk: (key, one) for key, one, _ in light(verdicts)}
    return {(case, assignment): Stands(pk, *known[verdict]) for case, assignment, pk, verdict in links}


def light(rows: QuerySet[Verdict], *more: str) -> Iterator[tuple[Key, Kept, list[Any]]]:
    """What each of the verdicts answers, itself, and the values of `more` columns."""
    columns = (*KEY, "pk", "outcome", "holds_until", "body", *more)
    for row in rows.annotate(body=text("findings")).values_list(*columns):
        yield row[:4], Kept(*row[4:8]), list(row[8:])


def of_keys(keys: Iterable[Key]) -> Iterator[QuerySet[Verdict]]:
    """The verdicts that answer these: one query for each policy with its parameters, along the index."""
    alike: dict[tuple[str, int, str], list[str]] = {}
    for policy, version, params, facts in keys:
        alike.setdefault((policy, version, params), []).append(facts)
    for (policy, version, params), facts_digests in alike.items():
        yield Verdict.objects.filter(
            policy=policy, policy_version=version, params_digest=params, facts_digest__in=facts_digests
        )


def text(findings: str) -> Cast:
    """As it is stored: most of it is never parsed."""
    return Cast(F(findings), TextField())
