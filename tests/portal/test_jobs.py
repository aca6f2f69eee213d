"""The page for who is woken at night: one sentence first, then what fails, and a button where one helps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from governance.pipeline.components import Condition
from governance.pipeline.heartbeat import beat
from governance.pipeline.models import Heartbeat, SourceBudget, Work
from governance.portal.pages.jobs import headline
from tests.portal import cast
from tests.portal.reading import words

As = Callable[[str], Client]
FINE = Condition("worker", True, "They live.")
SILENT = Condition("worker", False, "No worker was heard of for 45 s.", remedy="Start one.")
LATE = Condition("work", False, "The oldest waits for 130 s.", remedy="Start more.")
DEAD = Condition("dead", False, "3 jobs have failed for good.", remedy="See each error.", required=False)
HEADLINES = {
    "well": ([FINE], ("green", "All is well", "")),
    "a warning": ([FINE, DEAD], ("amber", "3 jobs have failed for good.", "See each error.")),
    "a failure": ([SILENT, DEAD], ("red", "Workers: No worker was heard of for 45 s.", "Start one.")),
    "several": (
        [SILENT, LATE],
        ("red", "Workers: No worker was heard of for 45 s. Queue:", "Start one."),
    ),
}


@pytest.fixture
def told(as_: As) -> Callable[[], str]:
    beat("worker"), beat("ticker")
    client = as_("adam")
    return lambda: words(client.get("/jobs/"))


@pytest.mark.parametrize(("found", "expected"), HEADLINES.values(), ids=HEADLINES)
def test_the_first_sentence_says_it_all(found, expected):
    tone, sentence, remedy = headline(found)
    assert (tone, remedy) == (expected[0], expected[2])
    assert sentence.startswith(expected[1])


def test_a_platform_that_is_well_says_so_first(told):
    assert "All is well: everybody shows signs of life, and nothing waits for long." in told()
    assert "Nothing waits and nothing runs" in told()


def test_who_went_silent_is_named_with_what_to_do(told):
    Heartbeat.objects.filter(component__startswith="worker@").update(
        beat_at=timezone.now() - timedelta(minutes=3), version="9.9"
    )
    page = told()
    assert "Workers: No worker was heard of for 45 s. Start one (manage.py worker)" in page
    assert "Workers Fails No worker was heard of for 45 s. since 3 minutes ago" in page
    assert "3 minutes ago — none 9.9" in page


def test_the_queue_is_told_by_kind(told):
    now = timezone.now()
    for minutes in (4, 1, -9):
        at = now - timedelta(minutes=minutes)
        Work.objects.create(kind="judge", key=f"{minutes}", due_at=at, created_at=now)
    assert "Judge 2 due 4 minutes ago 1 0 0" in told()


def test_messages_that_did_not_arrive_are_told_by_channel_with_what_it_answered(told):
    cast.delivery(1, status="refused", error="550 no such user")
    cast.delivery(2, status="delivered")
    page = told()
    assert "email Refused 1" in page
    assert "counsel@example.com by email: 550 no such user" in page


def test_what_a_source_still_allows_is_told(told):
    SourceBudget.objects.create(source="hub", name="api", remaining=12, quota=500, said_at=timezone.now())
    assert "hub still allows 12 of 500 requests api, said just now" in told()


def test_everything_that_failed_is_tried_again_with_one_click(as_: As):
    cast.dead(1), cast.dead(2)
    page = words(as_("adam").get("/jobs/"))
    assert "Try all of them again" in page
    assert "Try all of them again" not in words(as_("ann").get("/jobs/"))
    answer = as_("adam").post("/jobs/retry/", follow=True)
    assert "2 jobs are tried again now." in words(answer)
    assert set(Work.objects.values_list("state", "attempts")) == {("due", 0)}


def test_a_reader_who_may_not_mend_sees_the_same(as_: As):
    cast.dead()
    assert "1 job has failed for good." in words(as_("vera").get("/jobs/"))
