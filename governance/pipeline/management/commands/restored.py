"""manage.py restored"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from governance.pipeline.restoring import restored


class Command(BaseCommand):
    help = "Say that this database was put back from a backup. Run it before any worker starts."

    def handle(self, *args: Any, **options: Any) -> None:
        told = restored()
        self.stdout.write(f"The log of the backup ends with entry {told.last_entry}.")
        self.stdout.write(f"{told.doubtful} messages wait that may have been sent: they will say so.")
