"""The limits of one license, each drawn as a scale with the deployments that come nearest to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from governance.compliance.models import Case, Subject
from governance.core import plain_terms
from governance.core.spoken import exact, rounded
from governance.core.terms import FigureAtom, LicenseTerms, Threshold, atoms
from governance.portal.pages.usage import Limit

MOST = 5
LIMIT_AT = 75
"""Of 100 along the scale; what is beyond the limit needs room too."""


@dataclass(frozen=True)
class Nearest:
    """One figure against the limit, and whose deployment it is of."""

    limit: Limit

    @property
    def width(self) -> str:
        return f"{min(max(self.limit.share * LIMIT_AT, 0.5), 100):.1f}"


@dataclass(frozen=True)
class Drawn:
    threshold: Threshold
    sentence: str
    marks: list[tuple[str, str]]
    """(short, exact) figure of each limit in it."""
    nearest: list[Nearest]
    at: int = LIMIT_AT


def drawn(terms: LicenseTerms) -> list[Drawn]:
    nearest = _nearest(terms) if terms.thresholds else []
    return [
        Drawn(
            threshold,
            plain_terms.limit(threshold, terms),
            [_mark(atom) for atom in atoms(threshold.when) if isinstance(atom, FigureAtom)],
            [Nearest(one) for one in nearest if one.section == threshold.section][:MOST],
        )
        for threshold in terms.thresholds
    ]


def _mark(atom: FigureAtom) -> tuple[str, str]:
    unit = f" {atom.currency}" if atom.currency else ""
    return f"{rounded(atom.limit)}{unit}", f"{exact(atom.limit)}{unit}"


def _nearest(terms: LicenseTerms) -> list[Limit]:
    """Of each case whose nearest limit is one of this license, nearest first, with one deployment in use."""
    cases = Case.objects.filter(nearest__license=terms.key)
    rows = Subject.objects.filter(deployment__retired_at=None, case__in=cases)
    found: dict[int, tuple[str, dict[str, Any]]] = {}
    for case, slug, near in rows.values_list("case", "deployment__slug", "case__nearest").order_by("pk"):
        found.setdefault(case, (slug, near))
    limits = [
        Limit(terms.key, terms.name, near["section"], near["share"], near, [slug])
        for slug, near in found.values()
    ]
    return sorted(limits, key=lambda one: one.share, reverse=True)
