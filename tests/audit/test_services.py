from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from governance.audit.models import Entry, Head
from governance.audit.services import append, first_fault

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def chain():
    return [
        append(at=AT, actor="user:eve", action="told", object=f"thing {n}", detail={"n": n}) for n in range(5)
    ]


def test_an_empty_log_verifies():
    assert first_fault() == ""


def test_a_log_that_nobody_touched_verifies(chain):
    assert first_fault() == ""


@pytest.mark.parametrize(
    "edit",
    [
        {"at": AT + timedelta(seconds=1)},
        {"actor": "user:mallory"},
        {"action": "untold"},
        {"object": "another"},
        {"detail": {"n": 99}},
        {"previous": "0" * 64},
        {"hash": "0" * 64},
    ],
)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_single_edit_is_found(chain, edit, place):
    Entry.objects.filter(pk=chain[place].pk).update(**edit)
    assert first_fault()


@pytest.mark.parametrize("place", range(5))
def test_a_deletion_is_found_wherever_it_is(chain, place):
    Entry.objects.filter(pk=chain[place].pk).delete()
    assert first_fault()


def test_a_cut_end_is_found_also_when_the_head_goes_with_it(chain):
    Entry.objects.filter(pk=chain[-1].pk).delete()
    assert first_fault() == "The end of the log is missing."
    Head.objects.all().delete()
    assert first_fault() == "The end of the log is missing."


def test_two_entries_that_changed_places_are_found(chain):
    one, two = Entry.objects.get(pk=chain[1].pk), Entry.objects.get(pk=chain[2].pk)
    one.pk, two.pk = two.pk, one.pk
    Entry.objects.filter(pk__in=(one.pk, two.pk)).delete()
    one.save(force_insert=True), two.save(force_insert=True)
    assert first_fault()


@pytest.mark.parametrize(
    "detail",
    [
        {"percent": 50.0, "limit": 1e16, "small": 1e-7, "minus": -0.0},
        {"none": None, "yes": True, "deep": {"list": [1, 2.5, "x"]}, 3: "a number as a name"},
        {"endless": float("inf"), "nothing": float("nan")},
        {"nul": "a\0b", "half": "\ud800", "when": AT},
    ],
)
def test_an_entry_verifies_whatever_numbers_and_texts_it_tells_of(detail):
    append(at=AT, actor="token:x", action="told", object="t\0", detail=detail)
    assert first_fault() == ""


def test_an_entry_verifies_whatever_zone_its_time_was_given_in():
    append(at=AT.astimezone(timezone(timedelta(hours=5))), actor="worker", action="told", object="t")
    assert first_fault() == ""


def test_what_is_too_long_is_cut_before_it_is_sealed():
    append(at=AT, actor="user:" + "a" * 300, action="told", object="o" * 900)
    assert first_fault() == ""
