"""manage.py bootstrap"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from governance.compliance.models import Mode
from governance.pipeline.bootstrap import bootstrap


class Command(BaseCommand):
    help = "Migrate, load licenses, make an administrator and a token, and assign every policy."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--policies", choices=Mode.values, help="mode in which to assign every policy")
        parser.add_argument("--token-file", type=Path, help="where to write an API token with all scopes")
        parser.add_argument("--password", default="", help="of a new administrator (made up when left out)")

    def handle(self, *args: Any, **options: Any) -> None:
        made = bootstrap(
            policies=options["policies"] or "",
            token_file=options["token_file"],
            password=options["password"],
        )
        self.stdout.write(
            f"{made.licenses} licenses are new or changed, {made.assigned} policies were assigned."
        )
        if made.password:
            self.stdout.write(f"Sign in as {made.username} with the password {made.password}")
        if options["token_file"]:
            self.stdout.write(f"The API token is in {options['token_file']}")
