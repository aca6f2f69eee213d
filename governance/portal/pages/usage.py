"""Usage: limits with the nearest first, the figures in force, and who controls whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from governance.compliance.models import Subject, UsageRead
from governance.core.spoken import COMPARED, exact, period, rounded, spoken
from governance.portal.pages.evidence import bounds
from governance.portal.pages.models import license_name
from governance.usage.models import Company, Control, Measurement, Product

MOST_CHOICES = 200


@dataclass
class Limit:
    """One limit against one figure, and the deployments that it bears on."""

    license: str
    license_name: str
    section: str
    share: float
    evidence: dict[str, Any]
    deployments: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """“683 million monthly active users in June 2024, 97.6 % of …” without the share."""
        unit = f" {self.evidence['currency']}" if self.evidence.get("currency") else ""
        at = f" in {period(self.evidence['period'])}" if self.evidence.get("period") else ""
        return f"{self._figure}{unit} {spoken(self.evidence['metric'])}{at}"

    @property
    def _figure(self) -> str:
        low, high = self.evidence.get("low"), self.evidence.get("high")
        return rounded(high) if low in (None, high) else f"{rounded(low)} to {rounded(high)}"

    @property
    def figure(self) -> str:
        """Exact, as a range where it is one."""
        return bounds(self.evidence)

    @property
    def limit(self) -> str:
        compared = COMPARED.get(self.evidence.get("comparator", ""), "")
        return f"{compared} {exact(self.evidence['limit'])}".strip()

    @property
    def is_range(self) -> bool:
        return self.evidence.get("low") != self.evidence.get("high")

    @property
    def word(self) -> str:
        standing = self.evidence.get("standing", "")
        return _STANDINGS.get(standing, spoken(standing))


_STANDINGS = {
    "below": "Well under",
    "approaching": "Nearing",
    "exceeded": "Over",
    "cleared": "Over, and cleared",
    "review": "The figures reach both sides",
    "unknown": "Not known",
}
_KEY = ("metric", "period", "subject", "low", "high", "limit", "comparator")


def limits() -> list[Limit]:
    """The nearest limit of each deployment, equal ones together, nearest first."""
    rows = Subject.objects.filter(deployment__retired_at=None, deployment__isnull=False)
    rows = rows.exclude(case__nearest=None)
    together: dict[tuple[Any, ...], Limit] = {}
    for slug, nearest in rows.order_by("deployment__slug").values_list("deployment__slug", "case__nearest"):
        key = (nearest["license"], nearest["section"], *(str(nearest.get(name)) for name in _KEY))
        if key not in together:
            name = license_name(nearest["license"])
            together[key] = Limit(nearest["license"], name, nearest["section"], nearest["share"], nearest)
        together[key].deployments.append(slug)
    return sorted(together.values(), key=lambda one: one.share, reverse=True)


def unknown_usage() -> QuerySet[Subject]:
    """Deployments whose decision waits for a fact, as a figure that nobody recorded."""
    rows = Subject.objects.filter(deployment__retired_at=None, deployment__isnull=False)
    reading = UsageRead.objects.filter(case__nearest=None).values("case")
    waiting = rows.filter(decision="cannot_tell", case__in=reading)
    return waiting.select_related("deployment").order_by("deployment__slug")


def figures(*, subject: str = "", metric: str = "") -> QuerySet[Measurement]:
    """The figures in force: those that no later one restates."""
    restated = Measurement.objects.exclude(supersedes=None).values("supersedes")
    rows = Measurement.objects.exclude(pk__in=restated)
    rows = rows.filter(subject=subject) if subject else rows
    rows = rows.filter(metric=metric) if metric else rows
    return rows.select_related("company").order_by("-period", "subject", "metric", "-id")


def metrics() -> list[str]:
    return sorted(Measurement.objects.values_list("metric", flat=True).distinct())


def subjects() -> list[tuple[str, str]]:
    """Whose figures can be recorded: (`product:chat`, name)."""
    products = Product.objects.select_related("company").order_by("name")[:MOST_CHOICES]
    companies = Company.objects.order_by("name")[:MOST_CHOICES]
    return [
        *((f"product:{one.slug}", f"{one.name} ({one.company.name})") for one in products),
        *((f"company:{one.slug}", f"{one.name}, the company") for one in companies),
    ]


def companies() -> QuerySet[Company]:
    running = Count("deployments", filter=Q(deployments__retired_at=None), distinct=True)
    return Company.objects.annotate(running=running).prefetch_related("products").order_by("name")


def controls() -> QuerySet[Control]:
    rows = Control.objects.filter(retired_at=None).select_related("parent", "child")
    return rows.order_by("parent__name", "child__name", "start")
