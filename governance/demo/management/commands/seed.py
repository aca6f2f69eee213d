"""manage.py seed"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.demo.seeding import Size, is_empty, seed


class Command(BaseCommand):
    help = "Fill an empty, bootstrapped database with made-up companies, models and deployments."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--deployments", type=int, required=True)
        parser.add_argument("--cases", type=int, help="how many are judged apart; default: a tenth")
        parser.add_argument("--models", type=int, help="default: one for a hundred deployments")
        parser.add_argument("--add", action="store_true", help="beside what the database holds already")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            size = Size.of(options["deployments"], options["cases"], options["models"])
        except ValidationError as fault:
            said = "; ".join(f"--{name}: {', '.join(causes)}" for name, causes in fault.message_dict.items())
            raise CommandError(said, returncode=2) from fault
        if not options["add"] and not is_empty():
            raise CommandError("The database is not empty: use --add to seed it all the same.", returncode=2)
        seed(size, now=timezone.now())
        self.stdout.write(
            f"{size.deployments} deployments of {size.models} models for {size.companies} companies "
            f"wait to be judged as {size.cases} cases."
        )
