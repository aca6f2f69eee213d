"""The duties of deployments as they stand: what is asked, by whom, and what shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from governance.compliance.facts import FactsBuilder
from governance.core.duty_items import duty_items, shown
from governance.core.duty_report import Asked
from governance.core.facts import DeploymentFacts, Facet, TermsFacts
from governance.core.governing import gaps, governing_terms
from governance.core.terms import Parts
from governance.deployments.models import Deployment

RELATED = ("model", "snapshot", "company", "product")
"""What must be loaded of deployments that are asked about."""


def asked_of(deployments: Sequence[Deployment], now: datetime) -> list[Asked]:
    """In the order given, with all that is RELATED."""
    built = FactsBuilder(now).of_deployments(deployments)
    return [
        _asked(one.slug, facts.facets[Facet.TERMS].value, facts.facets[Facet.DEPLOYMENT].value, now)  # type: ignore[arg-type]
        for one, facts in zip(deployments, built, strict=True)
    ]


def _asked(slug: str, terms: TermsFacts, described: DeploymentFacts, now: datetime) -> Asked:
    items = duty_items(terms, described.uses)
    duties = tuple((item, shown(item, described, terms.copies, now)) for item in items)
    return Asked(slug, tuple(governing_terms(terms, Parts.DUTIES)), duties, tuple(gaps(terms)))
