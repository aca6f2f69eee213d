"""Who is rung for, at a real Redis."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from redis import Redis

from governance.celery import app
from governance.pipeline import doorbell
from tests.servers import redis


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)
    monkeypatch.setattr(doorbell, "ENOUGH", 5)
    doorbell._hang_up()
    with redis.own_server() as server:
        monkeypatch.setattr(app.conf, "broker_url", server.url)
        yield server
    doorbell._hang_up()


@pytest.fixture
def waiting(server):
    """How many messages wait."""
    with Redis.from_url(server.url) as client:
        yield lambda: client.llen(app.conf.task_default_queue)


def connections(server):
    with Redis.from_url(server.url) as client:
        return client.info("stats")["total_connections_received"]


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


def test_who_rings_often_connects_once(server, waiting):
    doorbell.ring([1])
    before = connections(server)
    for number in range(5):
        doorbell.ring([number])
    assert connections(server) == before + 1  # that of this question
    assert waiting() == 6


def test_threads_ring_at_once(waiting):
    threads = [threading.Thread(target=doorbell.ring, args=[range(50)]) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert waiting() == 200


def test_a_process_that_was_forked_rings_by_itself(waiting):
    doorbell.ring([1])
    child = os.fork()
    if not child:
        doorbell.ring([2])
        os._exit(0)
    os.waitpid(child, 0)
    doorbell.ring([3])
    assert waiting() == 3


def test_a_broker_that_was_started_again_is_rung_at_once(server, waiting):
    doorbell.ring([1])
    server.process.kill()
    server.process.start()
    doorbell.ring([2])
    assert waiting() == 1


def test_a_broker_that_forgot_everything_is_rung_at_once(server, waiting):
    doorbell.ring([1])
    with Redis.from_url(server.url) as client:
        client.flushall()
    doorbell.ring([2])
    assert waiting() == 1


def test_a_broker_that_hangs_is_waited_for_once_and_not_for_long(server, waiting):
    doorbell.ring([1])
    os.kill(server.process.pid, signal.SIGSTOP)
    began = time.monotonic()
    doorbell.ring([2])
    assert doorbell.RING_SECONDS / 2 < time.monotonic() - began < doorbell.REST_SECONDS
    doorbell.ring(range(3, 9))
    os.kill(server.process.pid, signal.SIGCONT)
    assert waiting() in (1, 2)  # it may come to what was sent when it awakes


def test_a_broker_that_hung_is_rung_once_the_rest_is_over(server, waiting, monkeypatch):
    os.kill(server.process.pid, signal.SIGSTOP)
    doorbell.ring([1])
    os.kill(server.process.pid, signal.SIGCONT)
    before = waiting()
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)
    doorbell.ring([2])
    assert waiting() == before + 1
