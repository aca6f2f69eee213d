"""Facts that are on record: of cases of which nothing changed since they were judged, or only an assignment.

A policy that changes touches every case there is, and leaves what is known of them as it was: it alone is
asked again. Who asks for a check of a deployment asks, most of the time, about what was judged just now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from governance.compliance.docket import Docket, Scope, assigned, examples, in_scope
from governance.compliance.judging import Asking
from governance.compliance.kept import Standings
from governance.compliance.models import Case, FacetBody, Subject, UsageRead
from governance.core.facts import Facet
from governance.core.periods import Period, day_of
from governance.deployments.models import Deployment

DAY = timedelta(days=1)


@dataclass(frozen=True)
class FacetOnRecord:
    facet: Facet
    digest: str
    body: str


@dataclass(frozen=True)
class FactsOnRecord:
    """The facts of a case as they were judged last."""

    digests: Mapping[str, str]
    bodies: Mapping[str, str]
    """By digest: those that somebody asks about, of many cases."""

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.digests)

    def sealed(self, name: str) -> FacetOnRecord:
        digest = self.digests[name]
        return FacetOnRecord(Facet(name), digest, self.bodies[digest])


def fresh_facts(one: Deployment, asking: Iterable[Asking], now: datetime) -> FactsOnRecord | None:
    """The facts of a deployment whose decision may be relied on; None: they must be gathered.

    `asking`: who is to be asked about them.
    """
    subject: Subject | None = getattr(one, "subject", None)
    if subject is None or one.retired_at or not subject.fresh(now) or not _lasting([subject.case], now):
        return None
    bodies: dict[str, str] = {}
    facts = FactsOnRecord(subject.case.facets, bodies)
    wanted = {facts.digests[name] for one in asking for name in one.about(facts).names}
    bodies |= _bodies(wanted)
    return facts if facts.digests and wanted == bodies.keys() else None


def waiting_for_one(cases: Sequence[Case], held: Standings, now: datetime) -> list[Docket]:
    """Dockets of those of which this is so, and no others. `held`: what counts for the cases."""
    waiting = [one for one in cases if one.awaited and _holds(one, now)]
    lasting = _lasting(waiting, now)
    return list(_dockets(lasting, held)) if lasting else []


def _holds(case: Case, now: datetime) -> bool:
    """Whether no verdict of it has run out, and its facts are on record."""
    return bool(case.facets) and (case.judge_again_at is None or now < case.judge_again_at)


def _lasting(cases: Sequence[Case], now: datetime) -> list[Case]:
    """Those whose facts look up the same periods as when they were judged: last month's, or yesterday's."""
    periods = UsageRead.objects.filter(case__in=cases).values_list("period", flat=True).distinct()
    by_day = any(text and _is_day(text) for text in periods)

    def begun(at: datetime) -> date:
        return day_of(at) if by_day else day_of(at).replace(day=1)

    return [one for one in cases if one.judged_at and begun(one.judged_at) == begun(now)]


def _is_day(text: str) -> bool:
    period = Period.parse(text)
    return period.end - period.start == DAY


def _dockets(cases: Sequence[Case], held: Standings) -> Iterator[Docket]:
    every, bodies = assigned(), dict[str, str]()
    asking = {one.pk: Asking.of(one) for one in every}
    scopes = _scopes(cases)
    wanted = {scope: {one.pk: one for one in in_scope(scope, every)} for scope in set(scopes.values())}
    found = []
    for case in cases:
        if case.pk not in scopes:
            continue
        pk, changed = case.pk, case.awaits_id
        within = wanted[scopes[pk]]
        stands = [(one, held.get((pk, key))) for key, one in within.items() if key != changed]
        if any(stand is None for _, stand in stands):
            continue  # an assignment that decides nothing was added, and is still to be asked
        facts = FactsOnRecord(case.facets, bodies)
        asked = [(within[changed], asking[changed].about(facts))] if changed in within else []
        found.append(
            Docket(case, case.facets, asked, [(one, stand.verdict) for one, stand in stands if stand])
        )
    bodies |= _bodies({digest for one in found for digest in _named(one)})
    return (one for one in found if all(digest in bodies for digest in _named(one)))


def _scopes(cases: Sequence[Case]) -> dict[int, Scope]:
    rows = examples(cases).values_list(
        "case", "model", "deployment__environment", "deployment__product__slug"
    )
    return {
        case: None if model else (environment, product or "") for case, model, environment, product in rows
    }


def _named(one: Docket) -> Iterator[str]:
    """The digests of the facets that are asked about."""
    return (one.digests[name] for _, question in one.asked for name in question.names)


def _bodies(digests: Collection[str]) -> dict[str, str]:
    return dict(FacetBody.objects.filter(digest__in=digests).values_list("digest", "body"))
