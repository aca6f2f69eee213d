"""Each component when it fails, and when it is well again; and answers in time whatever a server does."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from governance.pipeline import components, condition, outbox
from governance.pipeline.condition import conditions
from governance.pipeline.consuming import stuck_for
from governance.pipeline.heartbeat import beat, component, note_claim
from governance.pipeline.models import Heartbeat, Kind, Work
from tests.alerts.cast import announced
from tests.servers.process import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def living(monkeypatch):
    """On a busy machine a look takes longer than people wait for one, which has a test of its own."""
    monkeypatch.setattr(condition, "DATABASE_SECONDS", 60.0)
    beat("worker"), beat("ticker")


def failing() -> dict[str, components.Condition]:
    return {one.component: one for one in conditions() if not one.ok}


def ago(seconds: float):
    return timezone.now() - timedelta(seconds=seconds)


def due(seconds: float, kind: str = Kind.TICK) -> Work:
    outbox.put(kind, f"since {seconds}", due_at=ago(seconds))
    return Work.objects.latest("id")


def claimed(seconds: float) -> None:
    Heartbeat.objects.filter(component=component("worker")).update(claimed_at=ago(seconds))


def test_all_is_well():
    assert failing() == {}


@pytest.mark.parametrize(("role", "seconds"), [("worker", 44), ("ticker", 44)])
def test_who_showed_itself_lately_lives(role, seconds):
    Heartbeat.objects.filter(component__startswith=f"{role}@").update(beat_at=ago(seconds))
    assert failing() == {}


@pytest.mark.parametrize("role", ["worker", "ticker"])
def test_who_went_silent_is_missed(role):
    Heartbeat.objects.filter(component__startswith=f"{role}@").update(beat_at=ago(47))
    assert list(failing()) == [role]
    assert timezone.now() - failing()[role].since > timedelta(seconds=46)


def test_who_shows_itself_seldom_is_given_time(settings):
    settings.SWEEP_SECONDS = 100
    Heartbeat.objects.update(beat_at=ago(44))
    Heartbeat.objects.filter(component__startswith="worker@").update(beat_at=ago(290))
    assert failing() == {}


STUCK = {  # seconds: due since, last claim, lease renewed; and whether nothing is consumed
    "nothing is due": (None, 500, None, False),
    "due for less than it takes to say so": (49, 500, None, False),
    "due, and nothing was taken since": (52, 55, None, True),
    "due, and taken just now": (300, 2, None, False),
    "due, all hands full of long work": (300, 300, 15, False),
    "taken by a process that was frozen": (None, 55, 52, True),
    "taken, renewed, and long": (None, 300, 15, False),
    "never was anything taken": (52, None, None, True),
}


@pytest.mark.parametrize(("waits", "claim", "renewed", "stuck"), STUCK.values(), ids=STUCK)
def test_up_but_consuming_nothing_is_found(settings, waits, claim, renewed, stuck):
    if waits is not None:
        due(waits)
    if claim is not None:
        claimed(claim)
    if renewed is not None:
        until = ago(renewed) + timedelta(seconds=settings.LEASE_SECONDS)
        Work.objects.create(
            kind="tick", key="held", state="leased", due_at=ago(600), created_at=ago(600), lease_until=until
        )
    assert ("worker" in failing()) == stuck
    assert bool(stuck_for(timezone.now())) == stuck


def test_a_worker_counts_only_its_own_progress():
    due(70)
    Heartbeat.objects.create(component="worker@other:1", beat_at=ago(0), claimed_at=ago(1))
    assert not stuck_for(timezone.now())
    assert stuck_for(timezone.now(), started=ago(60)) > 50
    assert not stuck_for(timezone.now(), started=ago(40))
    note_claim()


def test_work_that_only_a_newer_version_knows_makes_nobody_stuck():
    due(70, kind="newer")
    assert not stuck_for(timezone.now())


def test_work_that_waits_too_long_is_named(settings):
    claimed(0)
    due(settings.LATE_WORK_SECONDS + 5)
    assert "125 s, more than 120 s" in failing()["work"].detail
    Work.objects.update(due_at=timezone.now() + timedelta(hours=1))
    assert failing() == {}


def test_messages_that_wait_long_are_a_warning():
    [delivery] = announced()
    type(delivery).objects.update(created_at=ago(600))
    assert failing() == {}
    type(delivery).objects.update(created_at=ago(7200))
    assert "1 message waits to be sent, the oldest for 2.0 h" in failing()["mail"].detail
    assert not failing()["mail"].required


def test_missing_migrations_are_named(monkeypatch):
    monkeypatch.setattr(components, "_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'pipeline'")
    assert "migrations are missing" in failing()["migrations"].detail


def test_a_broker_that_is_gone_is_named_in_time(settings):
    settings.EMBEDDED, settings.REDIS_URL = False, f"redis://127.0.0.1:{free_port()}/0"
    assert "cannot be reached" in failing()["broker"].detail


def test_a_look_that_fails_does_not_spoil_the_others_or_tell_why(monkeypatch, caplog):
    def fail(now):
        raise OperationalError("could not connect as alice:secret")

    monkeypatch.setitem(components.LOOKS, "ticker", fail)
    assert list(failing()) == ["ticker"]
    assert "secret" not in failing()["ticker"].detail
    assert "ticker could not be looked at" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_silent_fails_everything_within_two_seconds(monkeypatch):
    answer = threading.Event()
    monkeypatch.setattr(condition, "_by_database", answer.wait)
    monkeypatch.setattr(condition, "DATABASE_SECONDS", 0.05)
    kept = connection.connection
    began = time.monotonic()
    try:
        found = failing()
        assert time.monotonic() - began < 2
    finally:
        answer.set()
        condition._failing_since.clear()
    assert "did not answer" in found["database"].detail
    assert {"worker", "ticker", "work", "migrations"} <= set(found)
    assert connection.connection is not kept
