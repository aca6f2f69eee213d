"""Measurements from a CSV file, as spreadsheets write it: a report by line, and nothing half-imported.

The first line names the columns, which are the fields of a measurement in any order. Commas or semicolons
part the cells; an empty cell is absent. A cell that looks like a formula is text like any other.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from governance.core.sentences import shown
from governance.usage.measurements import FIELDS, MOST_ROWS, read_rows, record
from governance.usage.models import Measurement

MOST_BYTES = 5_000_000
NEEDED = ("subject", "metric", "period")
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}

Error = tuple[int, str, str]
"""Line (1 is the header), field (empty: the whole line) and cause."""


@dataclass(frozen=True)
class Report:
    """With any error nothing was imported and `measurements` is empty. `rows` counts the lines with data."""

    rows: int
    errors: list[Error] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)


class UnreadableError(Exception):
    """The file as a whole cannot be read; args are (line, cause)."""


@transaction.atomic
def import_csv(*, text: str | bytes, actor: str, now: datetime) -> Report:
    """All lines or none. Faults are reported, each with its line, and never raised."""
    try:
        lines = list(_rows(_decoded(text)))
    except UnreadableError as fault:
        line, cause = fault.args
        return Report(0, [(line, "", cause)])
    rows = [row for _, row in lines if isinstance(row, dict)]
    numbers = [line for line, row in lines if isinstance(row, dict)]
    errors = [(line, "", row) for line, row in lines if isinstance(row, str)]
    drafts, faulty = read_rows(rows)
    for number, faults in faulty.items():
        errors += [(numbers[number], name, cause) for name, causes in faults.items() for cause in causes]
    if errors:
        return Report(len(lines), sorted(errors))
    return Report(len(lines), [], record(drafts, actor=actor, now=now))


def _decoded(text: str | bytes) -> str:
    if len(text) > MOST_BYTES:
        raise UnreadableError(1, f"the file has {len(text):,} bytes; at most {MOST_BYTES:,} are read")
    try:
        found = text.decode("utf-8") if isinstance(text, bytes) else text
    except UnicodeDecodeError as fault:
        line = fault.object[: fault.start].count(b"\n") + 1
        raise UnreadableError(line, "the file is not UTF-8: save it as CSV UTF-8") from None
    return found.removeprefix("\ufeff")


def _rows(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Line number with the row, or with what is wrong with its shape."""
    reader = _numbered(text)
    line, first = next(reader, (1, []))
    header = _header(line, first)
    for count, (line, cells) in enumerate(reader):
        if count >= MOST_ROWS:
            raise UnreadableError(line, f"the file has more than {MOST_ROWS:,} lines with data")
        if len(cells) != len(header):
            yield line, f"has {len(cells)} cells, and the header names {len(header)} columns"
        else:
            yield line, _row(dict(zip(header, cells, strict=True)))


def _numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every line that is not empty, stripped cell by cell, with the number of the line that it begins on."""
    header = text.lstrip().split("\n", 1)[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield line, stripped
            line = reader.line_num + 1
    except csv.Error as fault:
        raise UnreadableError(line, f"the line is no CSV: {fault}") from None


def _header(line: int, cells: list[str]) -> list[str]:
    names = [cell.lower() for cell in cells]
    if strange := [name for name in names if name not in FIELDS]:
        listed = ", ".join(shown(name) for name in strange[:5])
        raise UnreadableError(line, f"the header names {listed}; the columns are {', '.join(FIELDS)}")
    if missing := [name for name in NEEDED if name not in names]:
        raise UnreadableError(line, f"the header lacks {', '.join(missing)}")
    if len(set(names)) < len(names):
        raise UnreadableError(line, "the header names a column twice")
    return names


def _row(cells: dict[str, str]) -> dict[str, Any]:
    """A cell of `deduplicated` that is neither yes nor no stays text, and is refused as such."""
    row: dict[str, Any] = {name: cell for name, cell in cells.items() if cell}
    if "deduplicated" in row:
        row["deduplicated"] = _WORDS.get(row["deduplicated"].lower(), row["deduplicated"])
    return row
