"""manage.py rederive"""

from __future__ import annotations

import random
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.pipeline.rederiving import rederive


class Command(BaseCommand):
    help = "Derive stored verdicts again from their stored facts. Exit 1 where one comes out otherwise."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sample", type=int, default=100, help="how many, chosen at random; 0: all")
        parser.add_argument("--seed", type=int, default=None, help="choose the same ones again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sample"] < 0:
            raise CommandError("--sample: must not be negative", returncode=2)
        found = rederive(options["sample"], random.Random(options["seed"]))  # noqa: S311
        self.stdout.write(f"{found.same} verdicts follow from the facts that were kept.")
        if found.other_version:
            self.stdout.write(f"{found.other_version} are of a version that is not installed any more.")
        for sentence in found.differences:
            self.stderr.write(sentence)
        if found.differences:
            raise CommandError(f"{len(found.differences)} differences", returncode=1)
