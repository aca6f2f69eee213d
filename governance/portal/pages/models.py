"""The list of models: which there are, and for the rows of one page what is shown of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from governance.compliance.models import Subject
from governance.core.joined import parts
from governance.core.outcomes import Decision
from governance.core.words import listed
from governance.deployments.models import Deployment
from governance.discovery import catalog
from governance.licensing.in_use import concluded_licenses, licenses_under
from governance.licensing.models import Conclusion
from governance.portal.wording import DECISIONS, WORST_FIRST
from governance.registry.models import Model, State

_FINE = (State.AVAILABLE, State.PENDING)


@dataclass(frozen=True)
class Row:
    url: str
    repo_id: str
    license: str
    license_name: str
    decision: str
    nearest: dict[str, Any] | None
    in_use: int
    worst: str
    """The worst decision of its deployments, in words."""
    synced_at: datetime | None
    trouble: str


def address(model: Model) -> str:
    return reverse("portal:model", args=[model.source, model.repo_id])


def license_name(key: str) -> str:
    """What people call the license; its key where its terms are not known."""
    if len(together := parts(key)) > 1:
        return listed(map(license_name, together))
    known = catalog().licenses.get(key)
    return known.name.removesuffix(" Agreement").removesuffix(" License Agreement") if known else key


def found(*, q: str = "", license: str = "", decision: str = "") -> QuerySet[Model]:
    """The models that a filter leaves, by name."""
    concluded = Conclusion.objects.filter(snapshot=OuterRef("latest_snapshot"), current=True)
    models = Model.objects.exclude(state=State.REPLACED)
    models = models.filter(repo_id__icontains=q) if q else models
    models = (
        models.filter(Exists(concluded.filter(license__in=licenses_under(license)))) if license else models
    )
    if decision:
        judged = Q(subject__decision=decision)
        models = models.filter(judged | Q(subject=None) if decision == Decision.CANNOT_TELL else judged)
    named = models.annotate(license=Subquery(concluded.values("license")[:1]))
    return named.select_related("subject").order_by("repo_id")


def rows(models: Sequence[Any]) -> list[Row]:
    nearest, worst, used = nearest_limits(models), worst_decisions(models), in_use(models)
    return [
        _row(model, nearest.get(model.pk), worst.get(model.pk, ""), used.get(model.pk, 0)) for model in models
    ]


def in_use(models: Iterable[Model]) -> dict[int, int]:
    """Model id -> how many deployments run it."""
    used = Deployment.objects.filter(model__in=list(models), retired_at=None).order_by()
    return dict(used.values_list("model").annotate(Count("pk")))


def nearest_limits(models: Iterable[Model]) -> dict[int, dict[str, Any]]:
    """Model id -> evidence of the limit that one of its deployments is closest to."""
    used = Subject.objects.filter(deployment__model__in=list(models), deployment__retired_at=None)
    closest: dict[int, dict[str, Any]] = {}
    for model, nearest in used.exclude(case__nearest=None).values_list("deployment__model", "case__nearest"):
        if model not in closest or nearest["share"] > closest[model]["share"]:
            closest[model] = nearest
    return closest


def worst_decisions(models: Iterable[Model]) -> dict[int, str]:
    """Model id -> the word for the worst decision of its deployments."""
    used = Subject.objects.filter(deployment__model__in=list(models), deployment__retired_at=None)
    found: dict[int, Decision] = {}
    for model, decided in used.values_list("deployment__model", "decision"):
        found[model] = min(found.get(model, Decision.ALLOWED), Decision(decided), key=WORST_FIRST.index)
    return {model: DECISIONS[decided].word for model, decided in found.items()}


def licenses_in_use() -> list[tuple[str, str]]:
    keys = {key for license in concluded_licenses() for key in parts(license)}
    return sorted(((key, license_name(key)) for key in keys), key=lambda one: one[1].lower())


def decision_of(model: Model) -> str:
    """What holds of the model wherever it runs; nothing known where it was not judged."""
    subject = getattr(model, "subject", None)
    return subject.decision if subject else str(Decision.CANNOT_TELL)


def _row(model: Any, nearest: dict[str, Any] | None, worst: str, used: int) -> Row:
    return Row(
        url=address(model),
        repo_id=model.repo_id,
        license=model.license or "",
        license_name=license_name(model.license or ""),
        decision=decision_of(model),
        nearest=nearest,
        in_use=used,
        worst=worst,
        synced_at=model.synced_at,
        trouble="" if model.state in _FINE else model.get_state_display(),
    )
