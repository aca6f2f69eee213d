"""manage.py licenses"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.core.recognition import Match, recognize
from governance.discovery import SHIPPED, catalog
from governance.licensing.checking import faults
from governance.licensing.indexing import index_texts, not_recognized, sources
from governance.licensing.reading_files import MOST_BYTES, text_at, text_from
from governance.licensing.showing import lines
from governance.licensing.telling import sentences

EXACT, NEAR, NONE = 0, 3, 4
"""How `identify` ends, as the gate does: allowed, needs review, cannot tell. A file that is no text is 2."""


class Command(BaseCommand):
    help = (
        "Check a license file, show the terms of a license, tell which license a text is, or learn new texts."
    )
    requires_system_checks: list[str] = []
    """A file is checked so that the catalog becomes whole: it must not have to be whole for that."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        does = parser.add_subparsers(dest="verb", required=True)
        check = does.add_parser("check", help="validate files and explain every fault")
        check.add_argument("files", nargs="+", type=Path, metavar="FILE")
        show = does.add_parser("show", help="print the terms as a person reads them")
        show.add_argument("key", metavar="KEY")
        identify = does.add_parser(
            "identify",
            help=f"tell which license a text is; ends with {EXACT} exact, {NEAR} near, {NONE} none",
        )
        identify.add_argument("file", metavar="FILE", help="a file, or - for standard input")
        index = does.add_parser("index", help="write the numbers of texts into the files of their licenses")
        index.add_argument("place", type=Path, metavar="DIR", help="a folder with SOURCES.tsv, or one text")
        index.add_argument("--key", default="", help="the license that the texts are of")
        index.add_argument("--source", default="", help="where they are from, without SOURCES.tsv")
        index.add_argument("--version", default="", dest="text_version", help="which version that is")
        index.add_argument("--into", type=Path, default=SHIPPED / "licenses", help="folder of license files")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        match verb:
            case "check":
                self._check(options["files"])
            case "show":
                self._show(options["key"])
            case "identify":
                self._identify(options["file"])
            case _:
                self._index(options)

    def _identify(self, file: str) -> None:
        try:
            text = text_from(sys.stdin.buffer.read(MOST_BYTES + 1)) if file == "-" else text_at(Path(file))
        except ValueError as fault:
            raise CommandError(f"{file}: {fault}", returncode=2) from fault
        told = recognize(text, catalog().index)
        for line in sentences(told, catalog().licenses):
            self.stdout.write(line)
        if told.match is not Match.EXACT:
            raise SystemExit(NEAR if told.match is Match.NEAR else NONE)

    def _index(self, options: dict[str, Any]) -> None:
        named = {"key": options["key"], "source": options["source"], "version": options["text_version"]}
        try:
            found = sources(options["place"], **named)
            told = index_texts(found, options["into"])
        except (OSError, ValueError) as fault:
            raise CommandError(str(fault), returncode=2) from fault
        for one in told:
            self.stdout.write(f"{one.file}: {one.key or f'left out: {one.fault}'}")
        if wrong := not_recognized(found, options["into"]):
            raise CommandError("\n".join(wrong), returncode=1)

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
