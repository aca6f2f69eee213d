"""Scale mode on one host: web, worker and ticker as processes; one that ends is started again."""

from __future__ import annotations

import ctypes
import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from django.conf import settings

log = logging.getLogger(__name__)
PAUSE = 1.0
PATIENCE = 15.0
PR_SET_PDEATHSIG = 1
"""Of prctl(2)."""


class Supervisor:
    def __init__(self, port: int, host: str, concurrency: int) -> None:
        manage = [sys.executable, "manage.py"]
        threads = ["--workers", "2", "--blocking-threads", "32"]  # each keeps a connection to the database
        serve = ["--interface", "wsgi", "--host", host, "--port", str(port), *threads, "--no-ws"]
        serve += ["--log-config", str(settings.BASE_DIR / "governance" / "web_log.json")]
        self.commands: dict[str, Sequence[str]] = {
            "web": [sys.executable, "-m", "granian", *serve, "governance.wsgi:application"],
            "worker": [*manage, "worker", "--concurrency", str(concurrency)],
            "ticker": [*manage, "ticker"],
        }
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.asked = threading.Event()

    def run(self) -> None:
        """Until SIGINT or SIGTERM."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.asked.set())
        while not self.asked.is_set():
            self._start_missing()
            self.asked.wait(PAUSE)
        self._end_all()

    def _start_missing(self) -> None:
        for name, command in self.commands.items():
            child = self.children.get(name)
            if child is not None and child.poll() is None:
                continue
            if child is not None:
                log.warning("%s ended with %s and is started again", name, child.returncode)
            self.children[name] = subprocess.Popen(command, start_new_session=True, preexec_fn=_follow)

    def _end_all(self) -> None:
        for child in self.children.values():
            child.terminate()
        deadline = time.monotonic() + PATIENCE
        for child in self.children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()


def _follow() -> None:
    """In the child: on Linux the kernel asks it to end when we are gone, so that a kill -9 of us leaves no
    second web on our port and no second worker behind.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
