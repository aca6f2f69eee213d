"""Each slot of each job is taken once, however many look at it and however coarse their clock is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db.models import F

from governance.pipeline import outbox, ticking
from governance.pipeline.models import Kind, Tick, Work

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, 0, 0, 123000, tzinfo=UTC)


@pytest.fixture(autouse=True)
def one_instant(monkeypatch):
    monkeypatch.setattr(outbox, "database_now", lambda: NOW)


def test_two_sweepers_in_the_same_instant_are_one_sweep():
    outbox.put(Kind.TICK, "a", {"job": "none"})
    for _ in range(2):
        assert outbox.claim(owner="gone")
        Work.objects.update(lease_until=F("created_at"))
        ticking.sweep()
        Work.objects.filter(state="due").update(due_at=F("created_at"))
    assert Work.objects.get().state == "leased"


def test_a_ticker_that_saw_a_free_slot_but_came_second_puts_nothing(monkeypatch):
    assert "judge-run-out" in ticking.tick()
    Work.objects.update(state="done")
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda _: False)
    assert ticking.tick() == []
    assert not Work.objects.filter(state="due").exists()


def test_a_new_slot_is_taken_again(monkeypatch):
    ticking.tick()
    monkeypatch.setattr(outbox, "database_now", lambda: NOW.replace(minute=1))
    assert ticking.tick() == ["judge-run-out"]
    assert Tick.objects.filter(job="judge-run-out").count() == 2


def test_the_slot_of_an_instant_begins_at_a_whole_multiple():
    assert ticking.slot(NOW, 60) == NOW.replace(microsecond=0)
    assert ticking.slot(NOW, 3600 * 6) == NOW.replace(microsecond=0)
