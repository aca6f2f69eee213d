"""Readings in the database: one of each ambiguity at a time, with who, when and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from governance.licensing.models import Reading
from governance.licensing.services import adopt_reading, taken_readings, withdraw_reading
from tests.registry.readings import LATER, MUCH_LATER, NOON

pytestmark = pytest.mark.django_db
SUMMED = {
    "license": "llama3.1",
    "ambiguity": "counting",
    "reading": "summed",
    "reason": "The licensor told us so.",
}


def adopt(now: Any = NOON, **words: Any) -> Reading:
    return adopt_reading(data={**SUMMED, **words}, actor="user:counsel", now=now)


def test_a_reading_is_kept_with_who_when_and_why() -> None:
    adopt()
    (taken,) = taken_readings(["llama3.1", "mit"])["llama3.1"]
    assert (taken.ambiguity, taken.alternative, taken.by) == ("counting", "summed", "user:counsel")
    assert (taken.on, taken.reason) == (NOON.date(), SUMMED["reason"])


def test_another_one_ends_the_one_before() -> None:
    first, second = adopt(), adopt(LATER, reading="once", reason="They changed their mind.")
    first.refresh_from_db()
    assert (first.ended_at, first.ended_by) == (LATER, "user:counsel")
    assert [one.alternative for one in taken_readings(["llama3.1"])["llama3.1"]] == ["once"]
    withdraw_reading(reading=second, actor="user:eve", now=MUCH_LATER)
    assert taken_readings(["llama3.1"]) == {}
    with pytest.raises(ValidationError, match="ended already"):
        withdraw_reading(reading=second, actor="user:eve", now=MUCH_LATER)


def test_it_is_in_force_as_far_as_was_known() -> None:
    withdraw_reading(reading=adopt(LATER), actor="user:eve", now=MUCH_LATER)
    second = timedelta(seconds=1)
    known = {LATER - second: 0, LATER: 1, MUCH_LATER - second: 1, MUCH_LATER: 0}
    assert {at: len(taken_readings(["llama3.1"], at)) for at in known} == known


REFUSED = [
    ("license", {"license": "my-own"}, "no terms of a license 'my-own'"),
    ("ambiguity", {"ambiguity": "color"}, "'color' is no ambiguity of llama3.1: there is counting"),
    ("ambiguity", {"license": "mit"}, "there is none"),
    ("reading", {"reading": "twice"}, "'twice' is none of once, summed"),
    ("reason", {"reason": ""}, "is needed"),
    ("until", {"until": "2027-01-01"}, "is no field"),
]


@pytest.mark.parametrize(("field", "words", "cause"), REFUSED)
def test_a_reading_that_cannot_be_is_refused_by_field(field: str, words: dict[str, Any], cause: str) -> None:
    with pytest.raises(ValidationError) as refused:
        adopt(**{**words, "reason": words.get("reason", "So.") or None})
    assert list(refused.value.message_dict) == [field]
    assert cause in refused.value.message_dict[field][0]
    assert not Reading.objects.exists()
