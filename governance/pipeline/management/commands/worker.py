"""manage.py worker"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "A Celery worker with a pool of processes, sweeping beside its work. Needs REDIS_URL."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="processes in the pool")

    def handle(self, *args: Any, **options: Any) -> None:
        os.environ["REMAP_SIGTERM"] = (
            "SIGQUIT"  # soft: what runs may finish, what waits stays in the database
        )
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        count = str(options["concurrency"])
        words = [
            "-m",
            "celery",
            "--quiet",  # its banner is no log line
            "-A",
            "governance.celery",
            "worker",
            "--pool",
            "prefork",
            "-c",
            count,
            "-l",
            "INFO",
        ]
        os.execv(sys.executable, [sys.executable, *words, *quiet])  # noqa: S606
