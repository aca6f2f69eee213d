"""A text is read from bytes of any encoding; what is no text is refused with the cause."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from governance.core.recognition import MOST_TEXT
from governance.licensing.reading_files import MOST_BYTES, text_at, text_from

TEXT = "The “Model” – naïve"
READ = [
    ("UTF-8", TEXT.encode()),
    ("UTF-8 with a mark", TEXT.encode("utf-8-sig")),
    ("UTF-16", TEXT.encode("utf-16")),
    ("UTF-16, big end first", codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be")),
    ("UTF-32", TEXT.encode("utf-32")),
    ("Windows-1252", TEXT.encode("cp1252")),
]


@pytest.mark.parametrize("data", [one[1] for one in READ], ids=[one[0] for one in READ])
def test_a_text_in_any_encoding_is_read(data: bytes) -> None:
    assert text_from(data) == TEXT


def test_lines_in_two_encodings_are_read_each_in_its_own() -> None:
    assert text_from(f"{TEXT}\n".encode() + TEXT.encode("cp1252")) == f"{TEXT}\n{TEXT}"


REFUSED = [
    ("nothing", b"", "is empty"),
    ("white space", b" \n", "is empty"),
    ("a binary file", b"\x7fELF\x00\x01", "NUL"),
    ("too many characters", b"a" * (MOST_TEXT + 1), "at most 1,000,000"),
    ("ten megabytes", b"a" * 10_000_000, f"more than {MOST_BYTES:,} bytes"),
]


@pytest.mark.parametrize(("data", "cause"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_what_is_no_text_is_refused_with_the_cause(data: bytes, cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        text_from(data)


def test_a_file_that_is_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(ValueError, match="cannot be read"):
            text_at(path)
