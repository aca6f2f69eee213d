"""The words of a license text: what is left of it when layout, markup and typography are taken away."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from governance.core.markup import without_markup

_QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "\u00a0": " "})
_COPYRIGHT = re.compile(r"^\W*(copyright\b.*\d{4}|all rights reserved\W*$)", re.IGNORECASE)

GRAM = 4
"""Words that are looked up together."""

_PLAIN = (
    dict.fromkeys("‘’‛′ʼ´\ufffd", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("\ufeff\u200b\u200c\u200d\u2060\u00ad", "")
    | {"©": "(c)", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"}
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_ENDS = {"\r\n": "\n", "\r": "\n", "\f": "\n", "\v": "\n", "`": "'"}
# UTF-8 that was once read as Windows-1252, as some files have it.
_MISREAD = {"â€œ": '"', "â€\x9d": '"', "â€™": "'", "â€˜": "'", "â€“": "-", "â€”": "-", "Â©": "(c)", "Â ": " "}
_SINGLE = "぀-ヿ㐀-鿿가-힣"
"""Scripts without spaces between words: each character is a word."""
_LETTERS = rf"[^\W_{_SINGLE}]+"
_WORD = re.compile(rf"[{_SINGLE}]|{_LETTERS}(?:'{_LETTERS})*|[$€£¥%]")
_CLOSING = re.compile(r"[^\s\w]{0,8}")
_ASCII_WORD = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*|[$%]")


@dataclass(frozen=True)
class Words:
    """A text as its words. `plain` is the text without markup; there the words stand in this order."""

    plain: str
    words: list[str]

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """The place of each word in `plain`, in characters."""
        lowered = self.plain.lower()
        return [one.span() for one in _pattern(lowered).finditer(lowered)]

    @cached_property
    def _rows(self) -> tuple[bytes, list[int]]:
        """All words, each followed by one space, and where each begins, with the end of all."""
        text = "".join([f"{word} " for word in self.words])
        buffer = text.encode("utf-8", "surrogatepass")
        sizes: Iterable[int] = map(len, self.words)
        if len(buffer) != len(text):
            sizes = (len(word.encode("utf-8", "surrogatepass")) for word in self.words)
        ends = accumulate(sizes, initial=0)
        return buffer, [end + number for number, end in enumerate(ends)]

    @cached_property
    def grams(self) -> list[int]:
        """A number for the `GRAM` words from each word on, as far as there are so many."""
        buffer, offsets = self._rows
        crc32 = zlib.crc32
        return [crc32(buffer[start:end]) for start, end in zip(offsets, offsets[GRAM:], strict=False)]

    def digest(self, first: int, count: int) -> bytes:
        """Of `count` words from `first` on."""
        buffer, offsets = self._rows
        return digest_of(buffer[offsets[first] : offsets[first + count]])

    def excerpt(self, first: int, end: int) -> str:
        """The text from word `first` to the one before `end`, as it stands, with what is right around it."""
        start = max(self.plain.rfind(space, 0, self.spans[first][0]) for space in " \n\t") + 1
        close = _CLOSING.match(self.plain, self.spans[end - 1][1])
        return self.plain[start : close.end() if close else None]

    def line(self, word: int) -> int:
        """The line of a word, counted from 1."""
        return self.plain.count("\n", 0, self.spans[word][0]) + 1

    def __len__(self) -> int:
        return len(self.words)


def words_of(text: str) -> Words:
    """Any text at all; time and memory grow with its length only."""
    plain = _plain(text)
    lowered = plain.lower()
    if len(lowered) != len(plain):
        plain = lowered
    words = _pattern(lowered).findall(lowered)
    if "'" in lowered:
        words = [word.replace("'", "") for word in words]
    return Words(plain, words)


def _pattern(text: str) -> re.Pattern[str]:
    return _ASCII_WORD if text.isascii() else _WORD


def _plain(text: str) -> str:
    if not text.isascii():
        for wrong, right in _MISREAD.items():
            text = text.replace(wrong, right)
        text = unicodedata.normalize("NFKC", _NOT_ASCII.sub(_typed, text))
    text = without_markup(text)
    if not text.isascii():
        text = _NOT_ASCII.sub(_typed, text)
    for wrong, right in _ENDS.items():
        if wrong in text:
            text = text.replace(wrong, right)
    return text


def _typed(char: re.Match[str]) -> str:
    """As it would be typed on a plain keyboard."""
    return _PLAIN.get(char.group(), char.group())


def digest_of(buffer: bytes) -> bytes:
    """Ten bytes that no other words have."""
    return hashlib.blake2b(buffer, digest_size=10).digest()


def normalized(text: str) -> str:
    """Lower case, one space between words, plain quotes, no copyright lines, no markup."""
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    lines = [line for line in plain.splitlines() if not _COPYRIGHT.match(line.strip())]
    return " ".join(re.findall(r"[^\W_]+(?:['.-][^\W_]+)*", " ".join(lines).lower()))


def text_identity(text: str) -> str:
    """SHA-256 in hex of the normalised text."""
    return hashlib.sha256(normalized(text).encode()).hexdigest()
