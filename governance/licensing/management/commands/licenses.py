"""manage.py licenses"""

from __future__ import annotations

from argparse import ArgumentParser
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.discovery import catalog
from governance.licensing.checking import faults
from governance.licensing.showing import lines


class Command(BaseCommand):
    help = "Check a license file and explain every fault, or show the terms of a license."
    requires_system_checks: list[str] = []
    """A file is checked so that the catalog becomes whole: it must not have to be whole for that."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        does = parser.add_subparsers(dest="verb", required=True)
        check = does.add_parser("check", help="validate files and explain every fault")
        check.add_argument("files", nargs="+", type=Path, metavar="FILE")
        show = does.add_parser("show", help="print the terms as a person reads them")
        show.add_argument("key", metavar="KEY")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if verb == "check":
            self._check(options["files"])
        else:
            self._show(options["key"])

    def _check(self, files: list[Path]) -> None:
        found = [(path, faults(path)) for path in files]
        for path, told in found:
            for fault in told:
                self.stderr.write(fault)
            if not told:
                self.stdout.write(f"{path.name}: no fault")
        if wrong := sum(len(told) for _, told in found):
            raise CommandError(f"{wrong} {'fault' if wrong == 1 else 'faults'}", returncode=1)

    def _show(self, key: str) -> None:
        known = catalog().licenses
        if key not in known:
            near = get_close_matches(key, known, n=3, cutoff=0.4)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise CommandError(f"No license has the key {key!r}.{hint}", returncode=1)
        for line in lines(known[key]):
            self.stdout.write(line)
