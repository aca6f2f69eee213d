from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from governance.api import probes
from governance.pipeline import outbox
from governance.pipeline.heartbeat import beat
from governance.pipeline.models import Heartbeat, Kind, Work

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    beat("worker")


def fails(client) -> set[str]:
    answer = client.get("/readyz")
    components = answer.json()["components"]
    failing = {name for name, said in components.items() if said != "ok"}
    assert answer.status_code == (503 if failing else 200)
    return failing


def test_a_process_that_lives_says_so(client):
    assert client.get("/healthz").status_code == 200


def test_it_is_ready_with_a_worker(client, worker):
    assert fails(client) == set()


def test_it_is_not_ready_without_a_worker(client):
    assert fails(client) == {"worker"}


def test_a_worker_that_went_silent_is_none(client, worker):
    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(seconds=90))
    assert fails(client) == {"worker"}


def test_work_that_waits_too_long_is_named(client, worker, settings):
    outbox.put(Kind.TICK, "late", due_at=timezone.now() - timedelta(seconds=settings.LATE_WORK_SECONDS + 5))
    assert fails(client) == {"work"}
    Work.objects.update(due_at=timezone.now() + timedelta(hours=1))
    assert fails(client) == set()


def test_a_failing_part_is_named_without_what_it_said(client, worker, monkeypatch):
    def fail() -> str:
        raise OperationalError("could not connect as alice:secret")

    monkeypatch.setitem(probes.COMPONENTS, "database", fail)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "secret" not in answer.content.decode()
    assert answer.json()["components"]["database"] != "ok"


def test_missing_migrations_are_named(client, worker, monkeypatch):
    class Behind:
        def __init__(self, connection):
            self.loader = self.graph = self

        def leaf_nodes(self):
            return []

        def migration_plan(self, targets):
            return ["one", "two"]

    monkeypatch.setattr(probes, "_migrated", False)
    monkeypatch.setattr(probes, "MigrationExecutor", Behind)
    assert fails(client) == {"migrations"}
