"""Tells workers that there is work. It may fail or be lost: a sweep finds what nobody was told of.

Ringing is bounded to about half a second, and after a failure nobody is rung for a while, so that a
broker that hangs cannot slow down the web.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterable
from contextlib import suppress

from celery import Celery
from kombu import Connection

TASK = "governance.run"
ENOUGH = 200
"""Messages that keep workers awake for a while: nobody is rung for again before those are taken."""
RING_SECONDS = 0.4
REST_SECONDS = 5.0
log = logging.getLogger(__name__)
_silent_until = 0.0


class _Line(threading.local):
    """What this thread is connected to, and in which process it was."""

    connection: Connection | None = None
    process = 0


_line = _Line()


def ring(work_ids: Iterable[int], *, again: bool = False) -> None:
    """One message for each id; errors are only logged.

    `again`: most of them were rung for already, and in a flood workers would do little else than find out.
    """
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    from governance.celery import app  # the application imports this module's neighbors

    try:
        connection = _connected(app)
        if again and _waiting(connection, app.conf.task_default_queue) >= ENOUGH:
            return
        for work_id in work_ids:
            app.send_task(TASK, args=[work_id], connection=connection, retry=False)
    except Exception as fault:  # the broker is no record: whatever it says, the row is committed
        _hang_up()
        _silent_until = time.monotonic() + REST_SECONDS
        log.warning("the broker was not reached, a sweep will find the work: %s", type(fault).__name__)


def _connected(app: Celery) -> Connection:
    """Kept, as making one costs more than a message. One that the broker closed is opened again by itself."""
    url = app.conf.broker_url
    if _line.connection is None or _line.process != os.getpid():
        _line.connection, _line.process = app.connection_for_write(**_impatient(url)), os.getpid()
    return _line.connection


def _hang_up() -> None:
    connection, _line.connection = _line.connection, None
    if connection is not None:
        with suppress(Exception):  # it is given up because it fails
            connection.release()


def _waiting(connection: Connection, queue: str) -> int:
    """Messages that nobody took yet. An empty queue is none at all to Redis."""
    try:
        return int(connection.default_channel.queue_declare(queue=queue, passive=True).message_count)
    except connection.channel_errors:
        return 0


def _impatient(url: str) -> dict[str, object]:
    if url.startswith("memory"):
        return {}
    times = {"socket_timeout": RING_SECONDS, "socket_connect_timeout": RING_SECONDS, "max_retries": 0}
    return {"transport_options": times, "connect_timeout": RING_SECONDS}
