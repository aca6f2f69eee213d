"""Reads a text from bytes of any encoding, and refuses what is no text, with the cause."""

from __future__ import annotations

import codecs
from pathlib import Path

from governance.core.recognition import MOST_TEXT

MOST_BYTES = 4 * MOST_TEXT
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def text_at(path: Path) -> str:
    """Raises ValueError with the cause where the file cannot be read or is no text."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as fault:
        raise ValueError(f"cannot be read: {fault.strerror or fault}") from fault
    return text_from(data)


def text_from(data: bytes) -> str:
    """As UTF-8, or as its byte order mark says, else as Windows-1252, which old files are in."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"has more than {MOST_BYTES:,} bytes, and no license has")
    text = _decoded(data)
    if "\0" in text:
        raise ValueError("is no text: it holds a NUL character")
    if len(text) > MOST_TEXT:
        raise ValueError(f"has {len(text):,} characters; at most {MOST_TEXT:,} are read")
    if not text.strip():
        raise ValueError("is empty")
    return text


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _mixed(data)


def _mixed(data: bytes) -> str:
    """Lines in UTF-8 and lines in Windows-1252, as files have that were put together from others."""
    return "".join(_line(line) for line in data.splitlines(keepends=True))


def _line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")
