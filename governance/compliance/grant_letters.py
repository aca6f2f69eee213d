"""The letter that asks for a grant, from what is on record of the company, its group and its usage."""

from __future__ import annotations

from datetime import datetime

from governance.compliance.usage_book import usage_book
from governance.core.facts import GoverningLicense, TermsFacts
from governance.core.facts import Grant as GrantFacts
from governance.core.grant_letter import Letter, letter
from governance.core.periods import day_of
from governance.core.usage_needs import needs
from governance.licensing.models import Grant
from governance.licensing.services import terms


def letter_for(grant: Grant, now: datetime) -> Letter:
    """Raises KeyError where the terms of the license are gone."""
    known = terms([grant.license])
    book = usage_book({grant.company}, known_at=None)
    governing = TermsFacts(governing=(GoverningLicense(license=grant.license, repo_id=""),), terms=known)
    usage = book.usage(book.group(grant.company) | {grant.company}, needs(governing, now))
    asked = GrantFacts(
        company=grant.company,
        covers_affiliates=grant.covers_affiliates,
        license=grant.license,
        models=tuple(grant.models),
        start=grant.start,
        end=grant.end,
        cap_metric=grant.cap_metric,
        cap_limit=grant.cap_limit,
        territories=tuple(grant.territories),
        reference=grant.reference,
    )
    today = day_of(now)
    return letter(asked, known[grant.license], book.companies(grant.company), usage, today)
