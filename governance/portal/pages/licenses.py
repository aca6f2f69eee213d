"""The license catalog: what is known of each license, and which models are under it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from governance.core import plain_terms as sentences
from governance.core.joined import parts
from governance.core.terms import LicenseTerms, State
from governance.discovery import catalog
from governance.licensing.history import texts_of_license
from governance.licensing.models import Conclusion, Grant
from governance.licensing.services import under
from governance.portal.pages.limits_drawn import drawn
from governance.portal.pages.readings import open_questions
from governance.registry.models import Model


@dataclass(frozen=True)
class Row:
    terms: LicenseTerms
    commercial: str
    limits: list[str]
    models: int


_COMMERCIAL = {
    State.ALLOWED: "Allowed",
    State.CONDITIONAL: "On conditions",
    State.PROHIBITED: "Not allowed",
    State.SILENT: "Not said",
}


def rows(q: str = "") -> list[Row]:
    used = models_by_license()
    return [
        Row(
            terms,
            _COMMERCIAL[terms.permissions.commercial_use.state],
            [sentences.limit(one, terms) for one in terms.thresholds],
            used.get(key, 0),
        )
        for key, terms in sorted(catalog().licenses.items(), key=lambda item: item[1].name.lower())
        if q.lower() in f"{key} {terms.name} {terms.licensor}".lower()
    ]


def models_by_license() -> Mapping[str, int]:
    """How many models the current snapshot of which is under each license."""
    current = Model.objects.filter(latest_snapshot__conclusions__current=True)
    counted = current.values("latest_snapshot__conclusions__license").annotate(n=Count("pk"))
    found: Counter[str] = Counter()
    for one in counted:
        for key in parts(one["latest_snapshot__conclusions__license"]):
            found[key] += one["n"]
    return found


def one(terms: LicenseTerms) -> dict[str, Any]:
    concluded = Conclusion.objects.filter(under(terms.key), current=True).values("snapshot")
    return {
        "terms": terms,
        "groups": sentences.grouped(list(sentences.sentences(terms))),
        "models": Model.objects.filter(latest_snapshot__in=concluded).order_by("repo_id")[:50],
        "limits_drawn": drawn(terms),
        "questions": open_questions(terms),
        "texts": texts_of_license(terms.key),
        "grants": Grant.objects.filter(license=terms.key, retired_at=None).order_by("-recorded_at")[:50],
    }
