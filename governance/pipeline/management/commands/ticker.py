"""manage.py ticker"""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from governance.pipeline.threads import beside, ticker


class Command(BaseCommand):
    help = "Queue periodic work. Any number may run: a job's slot is taken once."

    def handle(self, *args: Any, **options: Any) -> None:
        asked = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: asked.set())
        loops = [ticker(), *beside()]
        for loop in loops:
            loop.start()
        asked.wait()
        for loop in loops:
            loop.stop()
