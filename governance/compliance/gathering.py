"""Reads what facts are made of, in a handful of queries for any number of subjects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Q

from governance.core.companies import Company
from governance.core.facts import (
    CompaniesFacts,
    FilesFacts,
    Grant,
    GrantsFacts,
    SnapshotFacts,
    TermsFacts,
    UsageFacts,
)
from governance.core.figures import ExchangeRate, Figure
from governance.core.lineage import Descent, governing_licenses
from governance.core.reading import Relation
from governance.core.terms import LicenseTerms
from governance.core.usage_needs import UsageNeed
from governance.licensing.models import Conclusion
from governance.licensing.models import Grant as GrantRow
from governance.licensing.services import current_licenses, terms
from governance.registry.formats import is_unsafe
from governance.registry.lineage import Ancestor, lineages
from governance.registry.models import File, Model, Snapshot, StatedLicense
from governance.usage import selectors

T = TypeVar("T")
UNSAFE_NAMED = 20
"""Paths that a policy may have to name; more would only swell the facts."""


@dataclass(frozen=True)
class ModelFacts:
    """What holds of a model wherever it runs. `key` says which snapshot it is of."""

    key: tuple[int, int | None]
    snapshot: SnapshotFacts
    files: FilesFacts
    terms: TermsFacts


Pair = tuple[Model, Snapshot | None]


def model_facts(pairs: Iterable[Pair]) -> dict[tuple[int, int | None], ModelFacts]:
    """(model id, snapshot id) -> facts. A model that was not read yet has facts that say so."""
    distinct = {(model.pk, snapshot.pk if snapshot else None): (model, snapshot) for model, snapshot in pairs}
    snapshots = [snapshot for _, snapshot in distinct.values() if snapshot]
    ancestors = lineages(snapshots)
    family = {a.snapshot.pk: a.snapshot for line in ancestors.values() for a in line if a.snapshot}
    concluded = current_licenses([*snapshots, *family.values()])
    stated, unsafe = _stated(snapshots), _unsafe(snapshots)
    catalog = terms({conclusion.license for conclusion in concluded.values()})
    found = {}
    for key, (model, snapshot) in distinct.items():
        if snapshot is None:
            found[key] = _unread(key, model)
            continue
        own = concluded.get(snapshot.pk)
        found[key] = ModelFacts(
            key,
            _snapshot_facts(model, snapshot, own, stated.get(snapshot.pk, ())),
            _files_facts(snapshot, unsafe.get(snapshot.pk, ())),
            _terms_facts(snapshot, own, ancestors.get(snapshot.pk, ()), concluded, catalog),
        )
    return found


def _unread(key: tuple[int, int | None], model: Model) -> ModelFacts:
    nothing = TermsFacts(
        unknown=(f"{model.repo_id}: its license is not known, as the model was not read yet",)
    )
    snapshot = SnapshotFacts(
        repo_id=model.repo_id, source=model.source, revision="", state=model.lasting_state
    )
    return ModelFacts(key, snapshot, FilesFacts(), nothing)


def _snapshot_facts(
    model: Model, snapshot: Snapshot, own: Conclusion | None, stated: Sequence[tuple[str, str]]
) -> SnapshotFacts:
    return SnapshotFacts(
        repo_id=model.repo_id,
        source=model.source,
        revision=snapshot.revision,
        license=own.license if own else "",
        license_reason=own.reason if own else "",
        statements=tuple(stated),
        disagreements=tuple(own.disagreements) if own else (),
        state=model.lasting_state,
        gated=model.gated,
        modalities=tuple(snapshot.modalities),
    )


def _files_facts(snapshot: Snapshot, unsafe: Sequence[str]) -> FilesFacts:
    return FilesFacts(
        formats=snapshot.formats,
        unsafe=tuple(unsafe[:UNSAFE_NAMED]),
        custom_code=snapshot.custom_code,
        count=snapshot.files_count,
    )


def _terms_facts(
    snapshot: Snapshot,
    own: Conclusion | None,
    line: Sequence[Ancestor],
    concluded: Mapping[int, Conclusion],
    catalog: Mapping[str, LicenseTerms],
) -> TermsFacts:
    licenses = {snapshot.repo_id: own.license if own else ""}
    for ancestor in line:
        if ancestor.model is not None:
            found = concluded.get(ancestor.snapshot.pk) if ancestor.snapshot else None
            licenses.setdefault(ancestor.repo_id, found.license if found else "")
    descents = [Descent(a.child, a.repo_id, Relation(a.relation)) for a in line]
    lineage = governing_licenses(snapshot.repo_id, descents, licenses, catalog)
    deeper = [f"{a.repo_id}: its own ancestors lie too deep to be looked at" for a in line if a.cut]
    keys = {one.license for one in lineage.governing}
    return TermsFacts(
        governing=lineage.governing,
        terms={key: catalog[key] for key in sorted(keys) if key in catalog},
        unknown=tuple(dict.fromkeys([*lineage.unknown, *deeper])),
    )


def _stated(snapshots: Sequence[Snapshot]) -> dict[int, list[tuple[str, str]]]:
    rows = StatedLicense.objects.filter(snapshot__in=snapshots).order_by("id")
    return _grouped((row.snapshot_id, (row.kind, row.value)) for row in rows)


def _unsafe(snapshots: Sequence[Snapshot]) -> dict[int, list[str]]:
    suspects = [s.pk for s in snapshots if any(is_unsafe(name) for name in s.formats)]
    rows = File.objects.filter(snapshot__in=suspects).order_by("path")
    return _grouped((row.snapshot_id, row.path) for row in rows if is_unsafe(row.format))


def _grouped(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


@dataclass(frozen=True)
class UsageBook:
    """Companies, control, figures, rates and grants of everybody that some licensees are connected with."""

    groups: dict[str, frozenset[str]]
    people: dict[str, Company]
    known: dict[str, CompaniesFacts]
    figures: dict[str, tuple[Figure, ...]]
    rates: tuple[ExchangeRate, ...]
    granted: tuple[Grant, ...]

    def group(self, company: str) -> frozenset[str]:
        return self.groups.get(company, frozenset())

    def companies(self, company: str) -> CompaniesFacts:
        return self.known.get(company, CompaniesFacts(licensee=company))

    def usage(self, group: Collection[str], needs: Collection[UsageNeed]) -> UsageFacts:
        """The figures that are looked up, and the rates of currencies that occur among them."""
        wanted, always = {n for n in needs if n.period}, {n.metric for n in needs if not n.period}
        figures = tuple(
            figure
            for company in sorted(group)
            for figure in self.figures.get(company, ())
            if figure.metric in always or UsageNeed(figure.metric, figure.period) in wanted
        )
        currencies = {figure.currency for figure in figures} - {""}
        rates = tuple(rate for rate in self.rates if {rate.base, rate.quote} & currencies)
        held = {(figure.subject, figure.metric) for figure in figures}
        elsewhere = self._measured(group, {need.metric for need in needs}) - held
        measured = tuple(sorted(f"{subject} {metric}" for subject, metric in elsewhere))
        return UsageFacts(figures=figures, rates=rates, measured=measured)

    def _measured(self, group: Collection[str], metrics: Collection[str]) -> set[tuple[str, str]]:
        """Subject and metric of every figure, of any period, of companies that have no product."""
        bare = [slug for slug in group if not self._products(slug)]
        figures = [figure for slug in bare for figure in self.figures.get(slug, ())]
        return {(f.subject, f.metric) for f in figures if f.metric in metrics and not f.deduplicated}

    def _products(self, slug: str) -> tuple[str, ...]:
        known = self.people.get(slug)
        return known.products if known else ()

    def grants(self, group: Collection[str], known: TermsFacts) -> GrantsFacts:
        licenses = {one.license for one in known.governing}
        fitting = [g for g in self.granted if g.company in group and g.license in licenses]
        return GrantsFacts(grants=tuple(fitting))


def usage_book(companies: Collection[str], *, known_at: datetime | None) -> UsageBook:
    groups = selectors.connected(companies, known_at)
    everyone = frozenset().union(*groups.values())
    people = selectors.companies(everyone)
    controls = selectors.controls(everyone, known_at)
    known = {
        company: CompaniesFacts(
            licensee=company,
            companies={slug: people[slug] for slug in sorted(group) if slug in people},
            controls=tuple(c for c in controls if c.parent in group),
        )
        for company, group in groups.items()
    }
    figures = selectors.figures(everyone, known_at)
    return UsageBook(groups, people, known, figures, selectors.rates(known_at), _granted(everyone, known_at))


def _granted(companies: Collection[str], known_at: datetime | None) -> tuple[Grant, ...]:
    rows = GrantRow.objects.filter(company__in=companies, status=GrantRow.Status.GRANTED)
    if known_at is None:
        rows = rows.filter(retired_at=None)
    else:
        rows = rows.filter(Q(retired_at=None) | Q(retired_at__gt=known_at), recorded_at__lte=known_at)
    found = (
        Grant(
            company=row.company,
            covers_affiliates=row.covers_affiliates,
            license=row.license,
            models=tuple(row.models),
            start=row.start,
            end=row.end,
            cap_metric=row.cap_metric,
            cap_limit=None if row.cap_limit is None else selectors.plain(row.cap_limit),
            territories=tuple(row.territories),
            reference=row.reference,
        )
        for row in rows
    )
    return tuple(sorted(found, key=Grant.model_dump_json))
