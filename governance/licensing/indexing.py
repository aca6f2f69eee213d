"""Writes the numbers by which texts are recognized into the license files. The texts stay outside."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

from governance.core.license_file import LicenseFile, LicenseFileError, load_license
from governance.core.license_numbers import TextNumbers, numbers_of
from governance.core.recognition import Match, recognize
from governance.core.recognition_index import Index
from governance.core.values import Frozen
from governance.licensing.reading_files import text_at

MARK = "# Known texts as numbers, which hold none of their words. Written by `manage.py licenses index`."
SOURCES = "SOURCES.tsv"
WIDTH = 120


@dataclass(frozen=True)
class Source:
    """One text file and where it came from. `key` is empty where nobody says which license it is."""

    path: Path
    source: str
    version: str = ""
    key: str = ""


class Indexed(Frozen):
    """What was done for one text: a key of the catalog, or why there is none."""

    file: str
    key: str = ""
    fault: str = ""


def sources(place: Path, *, key: str = "", source: str = "", version: str = "") -> list[Source]:
    """The texts in a file or a folder. A folder says in SOURCES.tsv where each came from: columns `file`,
    `source`, `version` (or `commit_or_version`), `sha256`, and `license` for its key.

    Raises ValueError where that list does not fit the files.
    """
    if place.is_file():
        return [Source(place, source or place.name, version, key)]
    listing = place / SOURCES
    if not listing.is_file():
        files = sorted(path for path in place.glob("*.txt"))
        return [Source(path, source or path.name, version, key) for path in files]
    with listing.open(encoding="utf-8", newline="") as rows:
        return [found for row in csv.DictReader(rows, delimiter="\t") for found in _listed(place, row, key)]


def _listed(place: Path, row: dict[str, str], key: str) -> Iterator[Source]:
    path = place / row["file"]
    if path.suffix != ".txt":
        return
    if not path.is_file():
        raise ValueError(f"{SOURCES} names {row['file']}, which is not there")
    if row.get("sha256") and row["sha256"] != _sha256(path):
        raise ValueError(f"{row['file']} is not the file that {SOURCES} tells of: its sha256 is another")
    version = row.get("version") or row.get("commit_or_version") or ""
    yield Source(path, row.get("source") or path.name, version, key or row.get("license") or "")


def index_texts(found: list[Source], folder: Path) -> list[Indexed]:
    """Write the numbers of each text into the file of its license in `folder`.

    A text without a key belongs to the license whose file names it already.
    """
    files = {path.stem: load_license(path) for path in sorted(folder.glob("*.toml"))}
    owners = {text.file: key for key, file in files.items() for text in file.texts}
    told, changed = [], {}
    for one in found:
        key = one.key or owners.get(one.path.name, "")
        if key not in files:
            fault = f"there is no license {key!r}" if key else "no license file names it; give its --key"
            told.append(Indexed(file=one.path.name, fault=fault))
            continue
        numbers = _numbers(one, files[key])
        changed.setdefault(key, {text.file: text for text in files[key].texts})[one.path.name] = numbers
        told.append(Indexed(file=one.path.name, key=key))
    for key, texts in changed.items():
        _write(files[key].path, [texts[name] for name in sorted(texts)])
    return told


def _numbers(one: Source, file: LicenseFile) -> TextNumbers:
    spdx = file.terms.spdx
    return numbers_of(
        text_at(one.path),
        file=one.path.name,
        source=one.source,
        version=one.version,
        sha256=_sha256(one.path),
        partial=".partial." in one.path.name,
        names=bool(spdx) and not spdx.startswith("LicenseRef-"),
    )


def _write(path: Path, texts: list[TextNumbers]) -> None:
    written = path.read_text("utf-8").split(MARK)[0].rstrip()
    blocks, seen = [], set()
    for text in texts:
        if text.paragraphs not in seen:
            blocks.append("\n".join(_block(text)))
            seen.add(text.paragraphs)
    path.write_text("\n\n".join((written, MARK, *blocks)) + "\n", "utf-8")


def _block(text: TextNumbers) -> Iterator[str]:
    yield "[[recognition.texts]]"
    for name in ("file", "source", "version", "sha256"):
        if value := getattr(text, name):
            yield f"{name} = {_quoted(value)}"
    if text.partial:
        yield "partial = true"
    yield f"words = {text.words}"
    yield f"last = {text.last}"
    for name in ("paragraphs", "samples"):
        yield f"{name} = '''"
        yield from wrap(getattr(text, name), WIDTH)
        yield "'''"


def _quoted(value: str) -> str:
    plain = "".join(char for char in value if char.isprintable())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def not_recognized(found: list[Source], folder: Path) -> list[str]:
    """A sentence for each text that is now told for something else than what it is."""
    files = [load_license(path) for path in sorted(folder.glob("*.toml"))]
    index = Index(text.wording(file.terms) for file in files for text in file.texts)
    owners = {text.sha256: (file.terms.key, text.partial) for file in files for text in file.texts}
    return [fault for one in found if (fault := _told_otherwise(one, index, owners.get(_sha256(one.path))))]


def _told_otherwise(one: Source, index: Index, owner: tuple[str, bool] | None) -> str:
    if owner is None:
        return ""
    key, partial = owner
    told = recognize(text_at(one.path), index)
    wanted = Match.NEAR if partial else Match.EXACT
    if (told.key, told.match) == (key, wanted):
        return ""
    return f"{one.path.name} is {key}, but is told as {told.match} {told.key or ' or '.join(told.candidates)}"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


__all__ = ["Indexed", "LicenseFileError", "Source", "index_texts", "not_recognized", "sources"]
