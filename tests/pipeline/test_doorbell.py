"""Who is rung for, at a real Redis."""

from __future__ import annotations

import pytest
from redis import Redis

from governance.celery import app
from governance.pipeline import doorbell
from tests.servers import redis


@pytest.fixture
def waiting(monkeypatch):
    """How many messages wait."""
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)
    monkeypatch.setattr(doorbell, "ENOUGH", 5)
    with redis.own_server() as server, Redis.from_url(server.url) as client:
        monkeypatch.setattr(app.conf, "broker_url", server.url)
        yield lambda: client.llen(app.conf.task_default_queue)


def test_everybody_is_rung_for(waiting):
    doorbell.ring(range(8))
    doorbell.ring(range(8, 11))
    assert waiting() == 11


def test_nobody_is_rung_for_again_while_many_messages_wait(waiting):
    doorbell.ring(range(3), again=True)
    assert waiting() == 3
    doorbell.ring(range(3), again=True)
    assert waiting() == 6
    doorbell.ring(range(3), again=True)
    assert waiting() == 6
    doorbell.ring([7])
    assert waiting() == 7
