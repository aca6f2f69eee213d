"""Lays the paragraphs of one license over a text: what stands there in order, is missing, is between."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from governance.core.harmless import harmless, is_name
from governance.core.license_text import GRAM, Words
from governance.core.paragraphs import Paragraph
from governance.core.recognition_index import Hits, Wording

NEAR_BY = 40
"""How many words may stand before a paragraph that is too short to be looked up."""

Span = tuple[int, int]
"""From one word to before another."""


@dataclass(frozen=True)
class Aligned:
    wording: Wording
    placed: tuple[Span, ...]
    missing: int
    """Paragraphs that a copy must have and this one has not."""
    heading: Span
    """A title and a copyright line above the first."""
    words: int
    """In paragraphs that stand in the text."""
    between: tuple[Span, ...]
    around: tuple[Span, ...]
    """What was added among the paragraphs, and before and behind them."""

    begins: bool
    ends: bool
    """Whether its first and its last paragraph stand there."""

    @property
    def whole(self) -> bool:
        return not self.missing and not self.wording.partial

    @property
    def same(self) -> bool:
        """Whether the license stands in the text, with nothing changed in it."""
        return self.whole and not self.between


def align(wording: Wording, words: Words, hits: Hits) -> Aligned:
    chain = dict(_chain(_places(wording, hits)))
    return _Laying(wording, words, chain).done()


def _places(wording: Wording, hits: Hits) -> Iterator[tuple[int, int, int]]:
    """(number of a paragraph, where it begins, where it ends), its places from the last to the first."""
    for number, one in enumerate(wording.paragraphs):
        if one.words >= GRAM:
            for start in reversed(hits.paragraphs.get(one.digest, ())):
                yield number, start, start + one.words


def _chain(places: Iterator[tuple[int, int, int]]) -> list[tuple[int, int]]:
    """As many paragraphs as stand in their order without overlap (the longest increasing run)."""
    ends: list[int] = []
    tails: list[int] = []
    seen: list[tuple[int, int, int]] = []
    for number, start, end in places:
        at = bisect_right(ends, start)
        seen.append((number, start, tails[at - 1] if at else -1))
        if at == len(ends):
            ends.append(end)
            tails.append(len(seen) - 1)
        elif end < ends[at]:
            ends[at], tails[at] = end, len(seen) - 1
    chain = []
    at = tails[-1] if tails else -1
    while at >= 0:
        number, start, at = seen[at]
        chain.append((number, start))
    return chain[::-1]


class _Laying:
    """Walks along the paragraphs and collects what does not fit."""

    def __init__(self, wording: Wording, words: Words, chain: dict[int, int]) -> None:
        self.wording, self.words, self.chain = wording, words, chain
        self.placed: list[Span] = []
        self.gaps: list[Span] = []
        self.lacking: list[Paragraph] = []
        self.heading: Span = (0, 0)
        self.at = 0

    def done(self) -> Aligned:
        short: list[Paragraph] = []
        open_ended = False
        for number, one in enumerate(self.wording.paragraphs):
            start = self.chain.get(number)
            if start is None and one.words < GRAM and not one.optional:
                short.append(one)
            elif start is None or start < self.at:
                self.lacking.append(one)
                open_ended = open_ended and one.optional
            else:
                self._gap(start, short, name=open_ended and not short)
                self._place(start, one)
                short, open_ended = [], one.name_after
        self._gap(len(self.words), short, name=False)
        return self._aligned()

    def _aligned(self) -> Aligned:
        first = self.placed[0][0] if self.placed else 0
        last = self.placed[-1][1] if self.placed else 0
        inside = tuple(gap for gap in self.gaps if first <= gap[0] and gap[1] <= last)
        return Aligned(
            wording=self.wording,
            placed=tuple(self.placed),
            missing=self._missing(),
            heading=self.heading,
            words=sum(end - start for start, end in self.placed),
            between=inside,
            around=tuple(gap for gap in self.gaps if gap not in inside),
            begins=self._stands(0),
            ends=self._stands(-1),
        )

    def _missing(self) -> int:
        """Paragraphs of which something is lacking."""
        lacking = {id(one) for one in self.lacking if not one.optional}
        paragraph, found = 0, set()
        for one in self.wording.paragraphs:
            paragraph += not one.goes_on
            if id(one) in lacking:
                found.add(paragraph)
        return len(found)

    def _stands(self, number: int) -> bool:
        needed = [one for one in self.wording.paragraphs if not one.optional]
        return bool(needed) and needed[number] not in self.lacking

    def _place(self, start: int, one: Paragraph) -> None:
        self.placed.append((start, start + one.words))
        self.at = start + one.words

    def _gap(self, end: int, short: list[Paragraph], *, name: bool) -> None:
        """What stands from here to `end`, in which short paragraphs are expected, or else a name."""
        if not self.placed and short and end - self.at > NEAR_BY:
            self._rest(self.at, end - NEAR_BY)
            self.at = end - NEAR_BY
        for one in short:
            start = self._found(one, end)
            if start is None:
                self.lacking.append(one)
            else:
                self._rest(self.at, start)
                self._place(start, one)
        if not name or not is_name(self.words.words[self.at : end]):
            self._rest(self.at, end)
        self.at = end

    def _found(self, one: Paragraph, end: int) -> int | None:
        last = min(end - one.words, self.at + NEAR_BY)
        starts = (at for at in range(self.at, last + 1) if self.words.digest(at, one.words) == one.digest)
        return next(starts, None)

    def _rest(self, start: int, end: int) -> None:
        if start >= end:
            return
        if not self.placed:
            end = self._headed(start, end)
        if start < end and not harmless(self.words.words[start:end]):
            self.gaps.append((start, end))

    def _headed(self, start: int, end: int) -> int:
        """Where the heading right above the first paragraph begins; `end` where there is none."""
        for begin in range(max(start, end - NEAR_BY), end):
            if harmless(self.words.words[begin:end], self.wording.title):
                self.heading = (begin, end)
                return begin
        return end
