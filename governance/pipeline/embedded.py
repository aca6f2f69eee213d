"""Embedded mode: web, worker and ticker in one process, on SQLite, with nothing else to install.

The in-memory broker is only a doorbell; what a kill -9 loses of it, the first sweep finds again.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType

import waitress
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from governance.celery import app
from governance.pipeline.settled import settle
from governance.pipeline.threads import Loop, beside, sweeper, ticker

log = logging.getLogger(__name__)


class Worker(threading.Thread):
    """A Celery worker with a pool of threads, inside this process."""

    def __init__(self) -> None:
        super().__init__(name="worker", daemon=True)
        self.controller = app.WorkController(
            pool_cls="threads",
            concurrency=settings.WORKER_THREADS,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )

    def run(self) -> None:
        self.controller.start()

    def stop(self) -> None:
        """Warm: what runs is finished, what waits stays in the database."""
        self.controller.stop()


class Platform:
    """The whole platform in one process: `start`, then `wait` until somebody asks it to end."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.server = waitress.create_server(
            get_wsgi_application(), host=host, port=port, threads=8, ident=None
        )
        self.worker = Worker()
        self.loops: list[Loop] = [sweeper(), ticker(), *beside()]
        self.asked = threading.Event()

    def start(self) -> None:
        settle()
        threading.Thread(target=self.server.run, name="web", daemon=True).start()
        self.worker.start()
        for loop in self.loops:
            loop.start()

    def wait(self) -> None:
        """Return when SIGINT or SIGTERM came and everything has ended."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked_by(number))
        self.asked.wait()
        self.stop()

    def stop(self) -> None:
        for loop in self.loops:
            loop.stop()
        self.server.close()
        self.worker.stop()
        self.worker.join(timeout=10)

    def _asked_by(self, number: int) -> Callable[[int, FrameType | None], None]:
        def ask(_number: int, _frame: FrameType | None) -> None:
            self.asked.set()

        return ask
