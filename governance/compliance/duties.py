"""The duties of deployments as they stand: what is asked, by whom, and what shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from governance.compliance.facts import FactsBuilder
from governance.core.duty_items import DutyItem, Shown, duty_items, shown
from governance.core.facts import DeploymentFacts, Facet, TermsFacts
from governance.core.governing import gaps
from governance.deployments.models import Deployment


@dataclass(frozen=True)
class StandingDuty:
    item: DutyItem
    seen: Shown


@dataclass(frozen=True)
class DutiesOf:
    """The duties of one deployment. `gaps`: licenses that are not known, so duties may be missing."""

    deployment: Deployment
    duties: tuple[StandingDuty, ...]
    gaps: tuple[str, ...]


def duties_of(deployments: Sequence[Deployment], now: datetime) -> list[DutiesOf]:
    """In the order given. `model`, `snapshot`, `company` and `product` are loaded already."""
    built = FactsBuilder(now).of_deployments(deployments)
    return [
        _of(one, facts.facets[Facet.TERMS].value, facts.facets[Facet.DEPLOYMENT].value, now)  # type: ignore[arg-type]
        for one, facts in zip(deployments, built, strict=True)
    ]


def _of(one: Deployment, terms: TermsFacts, described: DeploymentFacts, now: datetime) -> DutiesOf:
    items = duty_items(terms, described.uses)
    standing = tuple(StandingDuty(item, shown(item, described, terms.copies, now)) for item in items)
    return DutiesOf(one, standing, tuple(gaps(terms)))
