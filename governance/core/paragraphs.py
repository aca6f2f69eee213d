"""Cuts a license text into paragraphs and keeps each as numbers, from which no word can be read.

A paragraph is found again by its words alone, so it does not matter how a copy is wrapped, numbered or
marked up.
"""

from __future__ import annotations

import base64
import re
import struct
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from governance.core.harmless import harmless, is_copyright
from governance.core.license_text import GRAM, Words, digest_of, words_of

OPTIONAL, NAME_AFTER, GOES_ON = 1, 2, 4
MOST_WORDS = 2000
LONG, SHORT = 40, 12
"""A paragraph of more words is kept by its sentences, none of which is shorter than this."""
MOST_SAMPLES = 256
_ROW = struct.Struct(">HBI10s")

_NUMBER = r"\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-zA-Z]|[ivxIVX]{2,5})[.)]"
_ITEM = re.compile(rf"\s*(?:[-*•·●▪◦]\s+)?(?:{_NUMBER}|\d{{1,2}}(?:\.\d{{1,2}})+|[-*•·●▪◦]|#{{1,6}})\s+")
_ENDED = re.compile(r"(?:[.;:,]|\b(?:and|or))['\"*_)]*\s*$", re.IGNORECASE)
_INSIDE = re.compile(
    rf"(?<=[.;:,])\s+(?:and\s+|or\s+|and/or\s+)?(?={_NUMBER}\s)(?:\((?:[a-z]|[ivx]{{2,5}}|\d{{1,2}})\))"
)
_SENTENCE = re.compile(r"[\"')\]*_]*[.;:][\"')\]*_]*\s")
_HOLES = re.compile(
    r"(?<=neither the name of )(?:the )?.{2,60}?(?= nor the names? of)"
    r"|(?<=software is provided by )(?:the )?.{2,70}?(?= as is )"
    r"|(?<=in no event shall )(?:the )?.{2,90}?(?= be liable )"
)
_ENDS = "end of terms and conditions"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, or a sentence of a long one: `words` many words, their digest, and the number of the first
    `GRAM` of them (all, where there are fewer)."""

    words: int
    flags: int
    gram: int
    digest: bytes

    @property
    def optional(self) -> bool:
        """A copy of the license is whole without it."""
        return bool(self.flags & OPTIONAL)

    @property
    def goes_on(self) -> bool:
        """It belongs to the same paragraph as the one before."""
        return bool(self.flags & GOES_ON)

    @property
    def name_after(self) -> bool:
        """The text leaves room for a name behind it."""
        return bool(self.flags & NAME_AFTER)


def cut(text: str, *, names: bool = False) -> list[Paragraph]:
    """The paragraphs of a license text.

    `names`: it is used by many, who put their names in some places and leave out what follows its end.
    """
    words = words_of(text)
    found: list[Paragraph] = []
    flags = 0
    for first, end in _spans(words):
        row = words.words[first:end]
        if harmless(row) or is_copyright(row):
            continue
        found += _rows(words, first, end, flags, names)
        if names and " ".join(row).startswith(_ENDS):
            flags = OPTIONAL
    return found


def _rows(words: Words, first: int, end: int, flags: int, names: bool) -> list[Paragraph]:
    """One paragraph."""
    pieces = [
        piece
        for start, stop in _sentences(words, first, end)
        for piece in _pieces(words.words[start:stop], names)
    ]
    return [
        _paragraph(row, flags | more | (GOES_ON if number else 0))
        for number, (row, more) in enumerate(pieces)
    ]


def _sentences(words: Words, first: int, end: int) -> Iterator[tuple[int, int]]:
    begin = first
    for at in range(first + SHORT, end - SHORT + 1) if end - first > LONG else ():
        between = words.plain[words.spans[at - 1][1] : words.spans[at][0]]
        if at - begin >= SHORT and _SENTENCE.match(between) and words.plain[words.spans[at][0]].isupper():
            yield begin, at
            begin = at
    yield begin, end


def samples(words: Words) -> frozenset[int]:
    """Numbers that a text shares with another in as far as it shares its wording."""
    rate = sampled(len(words))
    return frozenset(gram for gram in words.grams if gram % rate == 0)


def sampled(words: int) -> int:
    """One of how many word groups is kept of a text with so many words."""
    return next(rate for rate in (1, 2, 4, 8) if words <= MOST_SAMPLES * rate or rate == 8)


def _spans(words: Words) -> Iterator[tuple[int, int]]:
    """From one word to before another, for each paragraph without the numbering before it."""
    starts = [start for start, _ in words.spans]
    for begin, end in _blocks(words.plain):
        first, last = bisect_left(starts, begin), bisect_left(starts, end)
        if first < last:
            yield first, last


def _blocks(plain: str) -> Iterator[tuple[int, int]]:
    """Stretches between empty lines, list items and copyright lines, in characters."""
    begin: int | None = None
    before, at = "", 0
    for line in (*plain.split("\n"), ""):
        fresh = begin is None or bool(_ENDED.search(before))
        item = _ITEM.match(line) if fresh else None
        if begin is not None and (item or not line.strip()):
            yield from _items(plain, begin, at)
            begin = None
        if begin is None and line.strip() and not is_copyright(words_of(line).words):
            begin = at + (item.end() if item else 0)
        before, at = line, at + len(line) + 1


def _items(plain: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The items of a list that runs on within one stretch: `...; (b) ...`."""
    for inside in _INSIDE.finditer(plain, begin, end):
        number = inside.group()
        yield begin, inside.start() + number.rindex("(")
        begin = inside.end()
    yield begin, end


def _pieces(row: list[str], names: bool) -> Iterator[tuple[list[str], int]]:
    """Words in a row, with flags.

    What stands in the place for a name is a piece as well: texts with one origin are cut alike.
    """
    rest = " ".join(row)
    while hole := _HOLES.search(rest):
        yield rest[: hole.start()].split(), NAME_AFTER if names else 0
        yield hole.group().split(), OPTIONAL if names else 0
        rest = rest[hole.end() :]
    left = rest.split()
    for start in range(0, len(left), MOST_WORDS):
        yield left[start : start + MOST_WORDS], 0


def _paragraph(words: list[str], flags: int) -> Paragraph:
    row = "".join(f"{word} " for word in words).encode()
    gram = "".join(f"{word} " for word in words[:GRAM]).encode()
    return Paragraph(len(words), flags, zlib.crc32(gram), digest_of(row))


def encoded(paragraphs: Iterable[Paragraph]) -> str:
    rows = (_ROW.pack(one.words, one.flags, one.gram, one.digest) for one in paragraphs)
    return base64.b64encode(b"".join(rows)).decode()


def decoded(rows: str) -> list[Paragraph]:
    """Raises ValueError where the text is not one that `encoded` made."""
    try:
        return [
            Paragraph(*row)
            for row in _ROW.iter_unpack(base64.b64decode("".join(rows.split()), validate=True))
        ]
    except struct.error as fault:
        raise ValueError(f"is cut off: {fault}") from fault


def encoded_samples(numbers: Iterable[int]) -> str:
    found = sorted(numbers)
    return base64.b64encode(struct.pack(f">{len(found)}I", *found)).decode()


def decoded_samples(row: str) -> tuple[int, ...]:
    data = base64.b64decode("".join(row.split()), validate=True)
    if len(data) % 4:
        raise ValueError("is cut off")
    return struct.unpack(f">{len(data) // 4}I", data)
