from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from governance.licensing.models import Grant
from governance.licensing.services import record_grant, retire_grant
from tests.registry.readings import LATER, MUCH_LATER, NOON

pytestmark = pytest.mark.django_db

LEAST = {"company": "acme", "license": "llama3.1"}


def recorded(**words: Any) -> Grant:
    return record_grant(data={**LEAST, **words}, actor="user:eve", now=NOON)


def test_the_least_that_a_grant_says() -> None:
    grant = recorded()
    assert (grant.company, grant.license, grant.status) == ("acme", "llama3.1", "granted")
    assert (grant.start, grant.end, grant.cap_limit, grant.cap_metric) == (None, None, None, "")
    assert (grant.models, grant.territories, grant.covers_affiliates) == ([], [], False)
    assert (grant.recorded_by, grant.recorded_at, grant.retired_at) == ("user:eve", NOON, None)


def test_all_that_a_grant_says() -> None:
    grant = recorded(
        covers_affiliates=True,
        models=["meta-llama/Llama-3.1-405B"],
        until="2027-01-01T00:00:00+02:00",
        cap={"metric": "monthly_active_users", "limit": 1_000_000_000},
        territories=["us", "EU"],
        reference="Contract 7",
        status="requested",
        **{"from": "2026-01-01"},
    )
    grant.refresh_from_db()
    assert grant.start == datetime(2026, 1, 1, tzinfo=UTC)
    assert grant.end == datetime(2026, 12, 31, 22, tzinfo=UTC)
    assert (grant.cap_metric, grant.cap_limit) == ("monthly_active_users", Decimal(1_000_000_000))
    assert (grant.models, grant.territories) == (["meta-llama/Llama-3.1-405B"], ["US", "EU"])
    assert (grant.covers_affiliates, grant.reference, grant.status) == (True, "Contract 7", "requested")


REFUSED = [
    ("company", {"company": "not a slug"}, "letters"),
    ("company", {"company": None}, "is needed"),
    ("license", {"license": "my-own"}, "there are no terms of a license 'my-own'"),
    ("license", {"license": 7}, "must be text"),
    ("models", {"models": "acme/m"}, "must be a list"),
    ("models", {"models": ["https://hub/acme/m"]}, "is no repository id"),
    ("from", {"from": "soon"}, "is no day and no time"),
    ("from", {"from": "2026-02-30"}, "is no day"),
    ("until", {"until": "2026-01-01T10:00:00"}, "names no time zone"),
    ("until", {"until": "0001-01-01T00:00:00+14:00"}, "outside of the calendar"),
    ("until", {"until": 1767225600}, "is no day and no time"),
    ("until", {"from": "2026-01-01", "until": "2026-01-01"}, "must be after from"),
    ("until", {"from": "2026-01-02", "until": "2026-01-01"}, "must be after from"),
    ("cap", {"cap": 5}, 'must be {"metric": ..., "limit": ...}'),
    ("cap", {"cap": {"metric": "monthly_active_users"}}, "must be"),
    ("cap", {"cap": {"metric": "monthly_active_users", "limit": -1}}, "is negative"),
    ("cap", {"cap": {"metric": "monthly_active_users", "limit": "NaN"}}, "is no number"),
    ("cap", {"cap": {"metric": "Users!", "limit": 1}}, "words in lower case"),
    ("territories", {"territories": ["Atlantis"]}, "'ATLANTIS' is no region"),
    ("status", {"status": "maybe"}, "is none of draft, requested, granted, denied, revoked"),
    ("covers_affiliates", {"covers_affiliates": "yes"}, "must be true or false"),
    ("reference", {"reference": "x" * 201}, "at most 200"),
    ("untill", {"untill": "2027-01-01"}, "is no field"),
]


@pytest.mark.parametrize(("field", "words", "cause"), REFUSED)
def test_a_grant_that_says_something_else_is_refused(field: str, words: dict[str, Any], cause: str) -> None:
    with pytest.raises(ValidationError) as refused:
        recorded(**words)
    assert list(refused.value.message_dict) == [field]
    assert cause in refused.value.message_dict[field][0]
    assert not Grant.objects.exists()


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        record_grant(data={"license": "x", "status": "y"}, actor="user:eve", now=NOON)
    assert set(refused.value.message_dict) == {"company", "license", "status"}


@pytest.mark.parametrize("data", [None, [], "text", 7])
def test_what_is_no_object_is_refused(data: Any) -> None:
    with pytest.raises(ValidationError):
        record_grant(data=data, actor="user:eve", now=NOON)


def test_a_grant_is_retired_once() -> None:
    grant = retire_grant(grant=recorded(), now=LATER)
    assert retire_grant(grant=grant, now=MUCH_LATER).retired_at == LATER
