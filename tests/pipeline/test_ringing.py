"""A worker whose broker is lost while it works must not stay full for ever."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kombu import Connection

from governance.celery import app
from governance.links import REDIS_OPTIONS
from governance.pipeline.ringing import Ring
from governance.pipeline.tasks import run
from tests.servers import redis
from tests.servers.process import Server

QUICK = {**REDIS_OPTIONS, "socket_timeout": 0.3, "socket_connect_timeout": 0.3}


@pytest.fixture
def broker() -> Iterator[Server]:
    with redis.own_server() as server:
        yield server


def taken(connection: Connection) -> Ring:
    """One message, taken by a consumer that takes one at a time."""
    queue = connection.SimpleQueue("rings")
    app.send_task(run.name, args=[1], connection=connection, queue="rings")
    queue.consumer.channel.basic_qos(0, 1, False)
    message = queue.get(timeout=5)
    errors = connection.connection_errors + connection.channel_errors
    return Ring(message, app=app, task=run, on_ack=message.ack_log_error, connection_errors=errors)


def test_the_place_of_a_message_is_free_once_it_is_acknowledged(broker: Server) -> None:
    with Connection(broker.url, transport_options=QUICK) as connection:
        ring = taken(connection)
        assert not ring.message.channel.qos.can_consume()
        ring.acknowledge()
        assert ring.message.acknowledged
        assert ring.message.channel.qos.can_consume()


def test_it_is_free_too_when_nobody_hears_the_acknowledgment(broker: Server) -> None:
    with Connection(broker.url, transport_options=QUICK) as connection:
        ring = taken(connection)
        broker.kill()
        ring.acknowledge()
        assert not ring.message.acknowledged
        assert ring.message.channel.qos.can_consume()


def test_the_task_takes_leave_of_its_messages_like_that() -> None:
    assert run.Request is Ring
