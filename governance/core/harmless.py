"""What may stand between the paragraphs of a license without changing it: numbers, notices, a title."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

MOST_NUMBERING = 5
MOST_HOLDER = 24
MOST_TITLE = 14
MOST_NAME = 14

_NUMBERING = re.compile(r"\d{1,3}|[a-z]|[ivxl]{2,6}|section|article|clause")
_YEAR = re.compile(r"\d{4}|present|year|years|yyyy|xxxx|\d{2}")
_RIGHTS = ("all", "rights", "reserved")
_IN_TITLES = (
    "the a license licence licensed under agreement text version v terms of file spdx identifier model code"
)
TITLE = frozenset(_IN_TITLES.split())
# A copyright line names who and when. With one of these it says more than that.
_SAYING_MORE = (
    "agree agreed agreement any applicable article authorized authorization cannot commercial "
    "commercially condition conditions copies copy distribute distribution except fee fees granted "
    "grant hereby if license licensed licenses may modified modify monthly must no non noncommercial "
    "not obtain only paid pay payment permission permitted prohibited provided purpose purposes "
    "redistribute redistribution require required requires research restricted restriction revenue "
    "royalties royalty section sell shall should subject term terms this under unless use used user "
    "users using warranty will with without % $ € £ ¥ "
)
_RULES = frozenset(_SAYING_MORE.split())
_IN_NAMES = {"any", "this"}


def harmless(words: Sequence[str], title: Collection[str] = ()) -> bool:
    """Whether words that are not part of a license add nothing to it.

    `title`: words of the license's own name, where a heading may stand.
    """
    rest = _without_title(_without_numbering(words), title)
    while rest and rest[0] in ("copyright", "portions", "c"):
        left = _without_copyright(rest)
        if left is None:
            return False
        rest = left
    rest = rest[3:] if tuple(rest[:3]) == _RIGHTS else rest
    return not _without_title(_without_numbering(rest), title)


def is_copyright(words: Sequence[str]) -> bool:
    """Whether a line only says who holds the rights, and since when."""
    return bool(words) and words[0] in ("copyright", "portions", "c") and harmless(words) and len(words) > 1


def is_name(words: Sequence[str]) -> bool:
    """Whether words can stand where a text leaves room for a name."""
    return 0 < len(words) <= MOST_NAME and not (_RULES - _IN_NAMES).intersection(words)


def _without_numbering(words: Sequence[str]) -> Sequence[str]:
    count = 0
    while count < min(len(words), MOST_NUMBERING) and _NUMBERING.fullmatch(words[count]):
        count += 1
    return words[count:]


def _without_copyright(words: Sequence[str]) -> Sequence[str] | None:
    """What follows one copyright line; None where it says more than who and when."""
    end = next((at for at, word in enumerate(words) if at and word == "copyright"), len(words))
    line, rights = words[:end], words[end:]
    at = next((at for at in range(len(line)) if tuple(line[at : at + 3]) == _RIGHTS), None)
    if at is not None:
        line, rights = line[:at], [*line[at + 3 :], *rights]
    dated = any(_YEAR.fullmatch(word) for word in line) or line[1:2] == ["c"] or "holder" in line
    if len(line) > MOST_HOLDER or _RULES.intersection(line) or not dated:
        return None
    return rights


def _without_title(words: Sequence[str], title: Collection[str]) -> Sequence[str]:
    """What follows a heading that is made of the words of the license's name."""
    if not title:
        return words
    count = 0
    while count < min(len(words), MOST_TITLE) and (words[count] in TITLE or words[count] in title):
        count += 1
    return words[count:]
