"""Companies, control and figures as frozen values, in bulk, as known at an instant (None: now)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet

from governance.core import companies as core
from governance.core import figures as core_figures
from governance.usage import models

_CONTROL = ("parent__slug", "child__slug", "percent", "start", "end")
_FIGURE = ("subject", "metric", "period", "deduplicated", "low", "high", "currency", "source")


def connected(company_slugs: Collection[str], known_at: datetime | None = None) -> dict[str, frozenset[str]]:
    """For each company, itself and all that chains of control link or ever linked it with."""
    leader: dict[str, str] = {}
    for parent, child in _controls_known(known_at).values_list("parent__slug", "child__slug"):
        leader[_find(leader, parent)] = _find(leader, child)
    members = defaultdict(set)
    for slug in list(leader):
        members[_find(leader, slug)].add(slug)
    return {slug: frozenset(members.get(_find(leader, slug), ())) | {slug} for slug in company_slugs}


def _find(leader: dict[str, str], slug: str) -> str:
    """The company that stands for all that `slug` is linked with; paths are halved on the way."""
    while leader.setdefault(slug, slug) != slug:
        leader[slug] = leader[leader[slug]]
        slug = leader[slug]
    return slug


def companies(slugs: Collection[str]) -> dict[str, core.Company]:
    """The companies with the slugs of their products; a slug that is not known is left out."""
    found = models.Company.objects.filter(slug__in=slugs).prefetch_related("products").order_by("slug")
    return {row.slug: _company(row) for row in found}


def controls(company_slugs: Collection[str], known_at: datetime | None = None) -> tuple[core.Control, ...]:
    """Every control of one of the companies over another or by another, whenever it holds."""
    slugs = set(company_slugs)
    rows = _controls_known(known_at).filter(Q(parent__slug__in=slugs) | Q(child__slug__in=slugs))
    found = [
        core.Control(parent=parent, child=child, percent=plain(percent), start=start, end=end)
        for parent, child, percent, start, end in rows.values_list(*_CONTROL)
    ]
    return tuple(sorted(found, key=lambda one: (one.parent, one.child, one.start or date.min, one.percent)))


def figures(
    company_slugs: Collection[str], known_at: datetime | None = None
) -> dict[str, tuple[core_figures.Figure, ...]]:
    """The figures in force of the companies and their products, by the company that they count for.

    In force is, for each subject, metric, period and kind (deduplicated or not), what was recorded last.
    """
    rows = _known(models.Measurement.objects.filter(company__slug__in=company_slugs), known_at)
    latest = {}
    for owner, *row in rows.order_by("recorded_at", "id").values_list("company__slug", *_FIGURE).iterator():
        latest[tuple(row[:4])] = (owner, row)
    owned = defaultdict(list)
    for owner, row in sorted(latest.values()):
        owned[owner].append(_figure(row))
    return {slug: tuple(owned.get(slug, ())) for slug in sorted(company_slugs)}


def rates(known_at: datetime | None = None) -> tuple[core_figures.ExchangeRate, ...]:
    """For each pair of currencies and day the rate that was recorded last."""
    rows = _known(models.ExchangeRate.objects.all(), known_at).order_by("recorded_at", "id")
    latest = {(row.base, row.quote, row.on): row for row in rows}
    return tuple(
        core_figures.ExchangeRate(base=base, quote=quote, on=on, rate=plain(row.rate), source=row.source)
        for (base, quote, on), row in sorted(latest.items())
    )


def plain(number: Decimal) -> Decimal:
    """The same number without trailing zeros or exponent: every database gives the same facts."""
    written = f"{number:f}"
    return Decimal(written.rstrip("0").rstrip(".") if "." in written else written)


def _known(rows: QuerySet, known_at: datetime | None) -> QuerySet:
    return rows if known_at is None else rows.filter(recorded_at__lte=known_at)


def _controls_known(known_at: datetime | None) -> QuerySet:
    """Recorded by then, and not yet retired by then."""
    rows = _known(models.Control.objects.all(), known_at)
    standing = Q(retired_at=None)
    return rows.filter(standing if known_at is None else standing | Q(retired_at__gt=known_at))


def _company(row: models.Company) -> core.Company:
    return core.Company(
        slug=row.slug,
        name=row.name,
        domicile=row.domicile,
        kind=row.kind,
        competes_with=_words(row.competes_with),
        business_models=_words(row.business_models),
        products=tuple(sorted(product.slug for product in row.products.all())),
    )


def _words(listed: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if listed is None else tuple(listed)


def _figure(row: list) -> core_figures.Figure:
    subject, metric, period, deduplicated, low, high, currency, source = row
    return core_figures.Figure(
        subject=subject,
        metric=metric,
        period=period,
        low=plain(low),
        high=plain(high),
        currency=currency,
        deduplicated=deduplicated,
        source=source,
    )
