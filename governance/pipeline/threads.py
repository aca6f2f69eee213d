"""The loops beside the work itself: ticker, sweeper and watchdog, each a thread that outlives any error."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable

from billiard import active_children
from django.conf import settings
from django.db import close_old_connections, connection

from governance.pipeline import outbox, ticking
from governance.pipeline.consuming import stuck_for
from governance.pipeline.counted import FLUSH_SECONDS, flush
from governance.pipeline.heartbeat import beat
from governance.pipeline.watching import WATCH_SECONDS, watch

LONG_REST = 10
"""Seconds: who rests so long keeps no connection, as a server has few and we have many threads."""
log = logging.getLogger(__name__)


class Loop(threading.Thread):
    """Calls `step` every `seconds` until stopped. An error is logged and the loop goes on."""

    def __init__(self, name: str, step: Callable[[], object], seconds: float) -> None:
        super().__init__(name=name, daemon=True)
        self.step, self.seconds, self.ended = step, seconds, threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            close_old_connections()
            try:
                self.step()
            except Exception:
                log.exception("%s stumbled and goes on", self.name)
            if self.seconds >= LONG_REST:
                connection.close()
            self.ended.wait(self.seconds)

    def stop(self) -> None:
        self.ended.set()


def ticker() -> Loop:
    def step() -> None:
        beat("ticker")
        ticking.tick()

    return Loop("ticker", step, settings.TICK_SECONDS)


def sweeper() -> Loop:
    """Runs in every worker."""

    def step() -> None:
        beat("worker")
        ticking.sweep()

    return Loop("sweeper", step, settings.SWEEP_SECONDS)


def watchdog() -> Loop:
    """Ends a worker that is up but takes nothing while work is due: its supervisor starts another."""
    started = outbox.database_now()

    def step() -> None:
        seconds = stuck_for(outbox.database_now(), started)
        if seconds:
            log.critical("work is due, but this worker took nothing for %.0f s: it ends itself", seconds)
            for child in active_children():  # a frozen one would outlive us
                os.kill(child.pid, signal.SIGKILL)
            os._exit(1)

    return Loop("watchdog", step, settings.SWEEP_SECONDS)


def beside() -> list[Loop]:
    """What runs in every process of the platform: it watches, and keeps what is counted."""
    return [Loop("watcher", watch, WATCH_SECONDS), flusher()]


def flusher() -> Loop:
    return Loop("flusher", flush, FLUSH_SECONDS)
