"""Grants as facts: what is in force until when, and the letter from what is on record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from governance.compliance.grant_letters import letter_for
from governance.compliance.usage_book import usage_book
from governance.core.facts import Grant
from governance.core.grants import in_force
from governance.licensing.models import Grant as GrantRow
from governance.licensing.services import move_grant, record_grant
from governance.usage.models import Company, Control
from tests.registry.readings import LATER, MUCH_LATER, NOON

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def granted(**words: Any) -> GrantRow:
    data = {"company": "acme", "license": "llama3.1", "status": "requested", **words}
    asked = record_grant(data=data, actor="user:eve", now=NOON)
    return move_grant(grant=asked, step="grant", data={"reason": "So."}, actor="user:eve", now=NOON)


def facts(known_at: datetime | None = None) -> list[Grant]:
    Company.objects.get_or_create(slug="acme", defaults={"name": "Acme"})
    return list(usage_book({"acme"}, known_at=known_at).granted)


def test_a_revoked_grant_ends_at_that_instant_and_clears_what_it_cleared_before() -> None:
    row = granted(until="2030-01-01")
    (held,) = facts()
    assert (held.start, held.end) == (NOON, datetime(2030, 1, 1, tzinfo=UTC))
    move_grant(grant=row, step="revoke", data={"reason": "So."}, actor="user:eve", now=LATER)
    (ended,) = facts()
    assert [in_force(ended, at) for at in (NOON - SECOND, NOON, LATER - SECOND, LATER)] == [
        False,
        True,
        True,
        False,
    ]
    (as_known,) = facts(known_at=LATER - SECOND)
    assert in_force(as_known, MUCH_LATER)


@pytest.mark.parametrize("status", ["draft", "requested", "denied", "revoked"])
def test_what_is_not_granted_clears_nothing(status: str) -> None:
    data = {"company": "acme", "license": "llama3.1", "status": status}
    record_grant(data=data, actor="user:eve", now=NOON)
    assert facts() == facts(known_at=LATER) == []


def test_the_letter_names_affiliates_of_today_and_what_is_not_on_record() -> None:
    acme = Company.objects.create(slug="acme", name="Acme Inc.", domicile="US")
    beta = Company.objects.create(slug="beta", name="Beta GmbH", domicile="DE")
    gone = Company.objects.create(slug="gone", name="Gone Ltd.", domicile="GB")
    for child, end in ((beta, None), (gone, NOON.date())):
        Control.objects.create(parent=acme, child=child, percent=100, end=end, recorded_at=NOON)
    found = letter_for(granted(covers_affiliates=True), LATER)
    assert "Affiliate: Beta GmbH (DE)" in found.text
    assert "Gone Ltd." not in found.text
    assert "monthly active users in June 2024: not recorded" in found.blanks
