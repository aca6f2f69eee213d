"""The loops beside the work itself: ticker, sweeper and watchdog, each a thread that outlives any error."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import close_old_connections

from governance.pipeline import outbox, ticking
from governance.pipeline.heartbeat import beat, last_claim
from governance.pipeline.models import Kind

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
    """Ends a worker that is up but takes nothing while work is due: its supervisor starts another.

    Work of kinds that only a newer version knows is none of its business.
    """
    started = outbox.database_now()

    def step() -> None:
        row, now = last_claim(), outbox.database_now()
        idle = (now - ((row and row.claimed_at) or started)).total_seconds()
        if idle > settings.STUCK_SECONDS and ticking.oldest_due(*Kind.values) > settings.STUCK_SECONDS:
            log.critical("work is due, but this worker takes nothing: it ends itself")
            os._exit(1)

    return Loop("watchdog", step, settings.SWEEP_SECONDS)
