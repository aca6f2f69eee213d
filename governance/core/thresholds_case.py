"""What a threshold is judged against, and how a figure compares with its limit."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import NamedTuple

from governance.core.facts import CompaniesFacts, Facts, GrantsFacts, UsageFacts, Uses
from governance.core.figures import UNBOUNDED, Bounds
from governance.core.periods import Period, day_of
from governance.core.terms import MODEL_NAME, FigureAtom, LicenseTerms, Threshold, TraitAtom


class Case(NamedTuple):
    """One license over one deployment. `repo_ids`: the model, and the ancestor the license comes from.

    Of the deployment it holds what limits ask for, and nothing else.
    """

    license: str
    licensor: str
    repo_ids: tuple[str, ...]
    companies: CompaniesFacts
    usage: UsageFacts
    grants: GrantsFacts
    product: str | None
    regions: tuple[str, ...] | None
    uses: Uses
    as_of: datetime
    shown_phrases: tuple[str, ...] | None = None

    @classmethod
    def of(cls, facts: Facts, terms: LicenseTerms, repo_ids: tuple[str, ...]) -> Case:
        deployment = facts.deployment
        return cls(
            license=terms.key,
            licensor=terms.maker,
            repo_ids=repo_ids,
            companies=facts.companies,
            usage=facts.usage,
            grants=facts.grants,
            product=deployment.product,
            regions=deployment.regions,
            uses=deployment.uses,
            as_of=facts.as_of,
            shown_phrases=deployment.shown_phrases,
        )

    @property
    def today(self) -> date:
        return day_of(self.as_of)


def case_key(facts: Facts) -> Hashable:
    """Facts with one key give the same cases under each license: they are judged alike.

    Shared facts are told apart by identity, since equal ones are parsed once. Only grants look at the time
    of the day.
    """
    deployment, grants, as_of = facts.deployment, facts.grants, facts.as_of
    return (
        id(facts.terms),
        id(facts.companies),
        id(facts.usage),
        id(grants),
        deployment.product,
        deployment.regions,
        deployment.shown_phrases,
        *vars(deployment.uses).values(),
        as_of if grants.grants else day_of(as_of),
    )


def asked_phrases(threshold: Threshold, case: Case) -> tuple[str, ...]:
    """What a display asks to be shown, each enough: where the model's name stands, that or its ancestor's."""
    names = [repo_id.rpartition("/")[2] for repo_id in case.repo_ids]
    return tuple(dict.fromkeys(threshold.phrase.replace(MODEL_NAME, name) for name in names))


class Truth(IntEnum):
    """Whether a condition holds. REVIEW: the figures reach both sides of the limit, so a person decides."""

    FALSE = 0
    REVIEW = 1
    TRUE = 2
    UNKNOWN = 3


def all_of(truths: Iterable[Truth]) -> Truth:
    """One part that does not hold settles it; else one that is not known leaves it open."""
    return _first(truths, (Truth.FALSE, Truth.UNKNOWN, Truth.REVIEW, Truth.TRUE))


def any_of(truths: Iterable[Truth]) -> Truth:
    """One part that holds settles it; else one that is not known leaves it open."""
    return _first(truths, (Truth.TRUE, Truth.UNKNOWN, Truth.REVIEW, Truth.FALSE))


def _first(truths: Iterable[Truth], order: tuple[Truth, ...]) -> Truth:
    seen = set(truths)
    return next(truth for truth in order if truth in seen)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One atom with what is known of it. `until`: first instant at which the same facts may say otherwise."""

    atom: FigureAtom | TraitAtom
    truth: Truth
    period: Period | None = None
    bounds: Bounds = UNBOUNDED
    members: tuple[str, ...] = ()
    until: datetime | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not known and would decide."""
        return self.bounds.missing if self.truth is Truth.UNKNOWN else ()


def compare(atom: FigureAtom, bounds: Bounds) -> Truth:
    """Whether the figure is past the limit: certainly, certainly not, or only a person or a figure can say.

    Where sections contradict each other at exactly the limit, that one value is certain for neither side.
    """
    low, high, limit = bounds.low, bounds.high, atom.limit
    exact = atom.boundary == "exact"
    if atom.comparator == "<":
        holds = high is not None and high < limit
        fails = low >= limit if exact else low > limit
        return _truth(holds, fails, known=high is not None)
    holds = low >= limit if exact and atom.comparator == ">=" else low > limit
    fails = high is not None and (high <= limit if exact and atom.comparator == ">" else high < limit)
    return _truth(holds, fails, known=high is not None)


def _truth(holds: bool, fails: bool, *, known: bool) -> Truth:
    if holds or fails:
        return Truth.TRUE if holds else Truth.FALSE
    return Truth.REVIEW if known else Truth.UNKNOWN
