"""What the Celery application does otherwise than Celery."""

from __future__ import annotations

import kombu
from celery.fixups.django import DjangoWorkerFixup

from governance.celery import app


def test_a_broker_that_was_gone_for_long_is_found_again_within_seconds(monkeypatch):
    asked = []
    monkeypatch.setattr(kombu.Connection, "ensure_connection", lambda self, *_, **how: asked.append(how))
    for connection in (app.connection_for_read(), app.connection_for_write()):
        connection.ensure_connection(None, None, callback=None)
    assert [how["interval_max"] for how in asked] == [5, 5]
    assert app.conf.broker_connection_max_retries is None


def test_a_caller_that_says_how_long_to_pause_is_heard(monkeypatch):
    asked = []
    monkeypatch.setattr(kombu.Connection, "ensure_connection", lambda self, *_, **how: asked.append(how))
    app.connection_for_write().ensure_connection(interval_max=1)
    assert asked == [{"interval_max": 1}]


def test_a_broker_that_refuses_does_not_end_the_worker():
    """Out of memory it answers with an error, and a worker that ends takes 15 s to be back."""
    assert app.conf.broker_channel_error_retry is True


def test_a_worker_keeps_its_connection_to_the_database_from_one_task_to_the_next():
    assert DjangoWorkerFixup(app).db_reuse_max == 1_000
