"""manage.py audit verify"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.audit.models import Entry
from governance.audit.services import first_fault


class Command(BaseCommand):
    help = "Say whether each entry of the log follows from the one before. Exit 1 where one does not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["verify"])

    def handle(self, *args: Any, **options: Any) -> None:
        fault = first_fault()
        if fault:
            raise CommandError(fault, returncode=1)
        last = Entry.objects.order_by("id").last()
        told = f"{Entry.objects.count()} entries, the last of hash {last.hash}" if last else "no entries"
        self.stdout.write(f"The log verifies: {told}.")
