"""What a license negotiated with the licensor covers: whom, which models, where and when.

A cap is no part of coverage: it compares a figure, which is for those who read figures.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from governance.core.companies import ControlRule, affiliates, next_change
from governance.core.facts import CompaniesFacts, Facts, Grant
from governance.core.governing import Governing, repo_ids
from governance.core.periods import day_of, midnight
from governance.core.territories import within
from governance.core.verdicts import soonest

_OVER_HALF = ControlRule()


def covering(
    grants: Iterable[Grant],
    *,
    license: str,
    repo_ids: Collection[str],
    licensee: str,
    companies: CompaniesFacts,
    regions: Collection[str] | None,
    as_of: datetime,
) -> Grant | None:
    """The grant that covers a use of `license` at `as_of`; one without a cap if there is one.

    `repo_ids` are the model and the ancestor that the license comes from: a grant for either covers.
    `regions` None means not known, which no grant limited to territories covers.
    """
    fitting = (
        grant
        for grant in grants
        if grant.license == license
        and in_force(grant, as_of)
        and _covers_models(grant, repo_ids)
        and _covers_place(grant, regions)
        and _covers_company(grant, licensee, companies, as_of)
    )
    return min(fitting, key=lambda grant: grant.cap_limit is not None, default=None)


def in_force(grant: Grant, as_of: datetime) -> bool:
    """From `start` until before `end`."""
    return (grant.start is None or grant.start <= as_of) and (grant.end is None or as_of < grant.end)


def next_turn(
    grants: Iterable[Grant], *, license: str, companies: CompaniesFacts, as_of: datetime
) -> datetime | None:
    """The next instant after `as_of` at which coverage of `license` could change by itself."""
    own = [grant for grant in grants if grant.license == license]
    turns = [turn for grant in own for turn in (grant.start, grant.end) if turn and turn > as_of]
    if any(grant.covers_affiliates for grant in own) and (
        day := next_change(companies.controls, day_of(as_of))
    ):
        turns.append(midnight(day))
    return soonest(*turns)


def grant_for(
    facts: Facts, governing: Governing, grants: Iterable[Grant], regions: Collection[str] | None
) -> Grant | None:
    """The one of `grants` that covers what the facts say, under a governing license and in `regions`."""
    return covering(
        grants,
        license=governing.terms.key,
        repo_ids=repo_ids(facts.terms, governing.license),
        licensee=facts.companies.licensee,
        companies=facts.companies,
        regions=regions,
        as_of=facts.as_of,
    )


def turn_for(facts: Facts, governing: Governing, grants: Iterable[Grant]) -> datetime | None:
    """The next instant at which `grant_for` could answer otherwise by itself."""
    return next_turn(grants, license=governing.terms.key, companies=facts.companies, as_of=facts.as_of)


def _covers_models(grant: Grant, repo_ids: Collection[str]) -> bool:
    named = {model.lower() for model in grant.models}
    return not named or any(repo_id.lower() in named for repo_id in repo_ids)


def _covers_place(grant: Grant, regions: Collection[str] | None) -> bool:
    return not grant.territories or (regions is not None and within(regions, grant.territories))


def _covers_company(grant: Grant, licensee: str, companies: CompaniesFacts, as_of: datetime) -> bool:
    if not licensee:
        return False
    if grant.company == licensee:
        return True
    return grant.covers_affiliates and licensee in affiliates(
        grant.company, companies.controls, day_of(as_of), _OVER_HALF
    )
