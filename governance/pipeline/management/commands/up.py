"""manage.py up"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from governance.pipeline.bootstrap import bootstrap
from governance.pipeline.embedded import Platform
from governance.pipeline.processors import stay_on_one
from governance.pipeline.supervisor import Supervisor


class Command(BaseCommand):
    help = "Serve for real: web, worker and ticker. One process without REDIS_URL, several with it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--concurrency", type=int, default=2, help="worker processes (with REDIS_URL)")

    def handle(self, *args: Any, **options: Any) -> None:
        self.check(fail_level=40)
        made = bootstrap(token_file=Path(settings.VAR) / "token")
        if made.password:
            self.stdout.write(f"Sign in as {made.username} with the password {made.password}")
        self.stdout.write(f"Modelsteward answers at {settings.SITE_URL}/ (Ctrl-C ends it)")
        self.stdout.flush()
        if settings.EMBEDDED:
            stay_on_one()
            platform = Platform(settings.PORT, options["host"])
            platform.start()
            platform.wait()
        else:
            Supervisor(settings.PORT, options["host"], options["concurrency"]).run()
