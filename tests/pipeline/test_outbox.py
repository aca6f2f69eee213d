from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from governance.pipeline import outbox
from governance.pipeline.models import Kind, Work

pytestmark = pytest.mark.django_db


@pytest.fixture
def work():
    outbox.put(Kind.TICK, "a", {"job": "none"})
    return Work.objects.get()


def expire(work):
    Work.objects.filter(pk=work.pk).update(lease_until=F("created_at") - timedelta(seconds=1))


def test_equal_work_waits_only_once(work):
    outbox.put(Kind.TICK, "a")
    assert Work.objects.count() == 1


def test_work_that_runs_does_not_keep_an_equal_one_from_waiting(work):
    outbox.claim(owner="one")
    outbox.put(Kind.TICK, "a")
    assert sorted(Work.objects.values_list("state", flat=True)) == ["due", "leased"]


def test_the_work_that_waits_longest_is_claimed_first(work):
    outbox.put(Kind.TICK, "b", due_at=work.due_at - timedelta(minutes=1))
    assert outbox.claim(owner="one").key == "b"


def test_work_is_claimed_once_and_not_before_it_is_due(work):
    outbox.put(Kind.TICK, "later", due_at=work.due_at + timedelta(hours=1))
    assert outbox.claim(owner="one").pk == work.pk
    assert outbox.claim(owner="two") is None


def test_work_of_kinds_that_are_not_asked_for_is_left_untouched_and_holds_up_nothing(work):
    Work.objects.create(
        kind="newer", key="a", due_at=work.due_at - timedelta(hours=1), created_at=work.due_at
    )
    assert outbox.claim(owner="one").pk == work.pk
    assert outbox.claim(owner="one") is None
    assert outbox.claim(owner="one", kinds=("newer",)).attempts == 1


def test_whoever_lost_the_fence_can_neither_finish_nor_fail_nor_renew(work):
    frozen = outbox.claim(owner="frozen")
    expire(frozen)
    assert outbox.release_expired() == 1
    Work.objects.update(due_at=F("created_at"))
    other = outbox.claim(owner="other")
    assert other.fence > frozen.fence
    for late in (outbox.finish, lambda w: outbox.fail(w, "x"), lambda w: outbox.again(w, "x", 1)):
        with pytest.raises(outbox.FenceLostError):
            late(frozen)
    assert not outbox.renew(frozen)
    outbox.finish(other)
    assert Work.objects.get().state == Work.State.DONE


def test_after_three_attempts_work_is_dead_with_its_last_error_and_a_person_may_revive_it(work):
    for attempt in (1, 2, 3):
        Work.objects.update(due_at=F("created_at"))
        claimed = outbox.claim(owner="one")
        assert claimed.attempts == attempt
        assert outbox.fail(claimed, f"fault {attempt}") is (attempt == 3)
    dead = Work.objects.get()
    assert (dead.state, dead.last_error) == (Work.State.DEAD, "fault 3")
    outbox.revive(dead)
    assert outbox.claim(owner="two").attempts == 1


def test_a_worker_that_dies_on_it_three_times_makes_work_dead(work):
    for _ in range(3):
        Work.objects.update(due_at=F("created_at"))
        expire(outbox.claim(owner="dying"))
        outbox.release_expired()
    assert Work.objects.get().state == Work.State.DEAD


def test_waiting_for_the_other_side_never_makes_work_dead(work):
    for _ in range(10):
        Work.objects.update(due_at=F("created_at"))
        outbox.again(outbox.claim(owner="one"), "the hub asks to wait", 1)
    waiting = Work.objects.get()
    assert (waiting.state, waiting.attempts, waiting.payload["waits"]) == (Work.State.DUE, 0, 10)


def test_retried_work_gives_way_to_an_equal_one_that_waits_already(work):
    claimed = outbox.claim(owner="one")
    outbox.put(Kind.TICK, "a")
    outbox.fail(claimed, "fault")
    assert Work.objects.filter(state=Work.State.DUE).count() == 1


@given(st.integers(1, 10_000), st.integers())
def test_pauses_grow_but_never_beyond_the_longest_nor_below_half(attempt, seed):
    pause = outbox.backoff(attempt, random.Random(seed))
    longest = min(outbox.LONGEST_PAUSE, outbox.FIRST_PAUSE * 2 ** min(attempt - 1, 20))
    assert longest / 2 <= pause <= longest


def test_the_database_tells_the_time_with_its_zone():
    assert outbox.database_now().utcoffset() == timedelta(0)
