"""Companies, figures and grants of everybody that licensees are connected with, in a handful of queries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from governance.core.companies import Company
from governance.core.facts import CompaniesFacts, Grant, GrantsFacts, TermsFacts, UsageFacts
from governance.core.figures import ExchangeRate, Figure
from governance.core.usage_needs import UsageNeed
from governance.licensing.models import Grant as GrantRow
from governance.licensing.services import in_force
from governance.usage import selectors


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
    """What is granted, and what was until it was revoked: that ends it, and takes back nothing."""
    rows = GrantRow.objects.filter(company__in=companies).exclude(status=GrantRow.Status.DRAFT)
    if known_at is None:
        ever = (GrantRow.Status.GRANTED, GrantRow.Status.REVOKED)
        rows = rows.filter(retired_at=None, status__in=ever)
    else:
        rows = rows.filter(Q(retired_at=None) | Q(retired_at__gt=known_at), recorded_at__lte=known_at)
    held = [(row, *in_force(row, known_at)) for row in rows.prefetch_related("steps")]
    found = (
        Grant(
            company=row.company,
            covers_affiliates=row.covers_affiliates,
            license=row.license,
            models=tuple(row.models),
            start=row.start,
            end=min(filter(None, (row.end, revoked)), default=None),
            cap_metric=row.cap_metric,
            cap_limit=None if row.cap_limit is None else selectors.plain(row.cap_limit),
            territories=tuple(row.territories),
            reference=row.reference,
        )
        for row, granted, revoked in held
        if granted
    )
    return tuple(sorted(found, key=Grant.model_dump_json))
