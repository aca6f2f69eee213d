"""Which license a text is, by its paragraphs: the same, near to one that is known, or none.

Near is never the same: a single changed word can turn a license into its opposite, so that a text which is
near concludes nothing and tells what differs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from governance.core.alignment import Aligned, Span, align
from governance.core.harmless import harmless
from governance.core.license_text import Words, words_of
from governance.core.recognition_index import Hits, Index

MOST_TEXT = 1_000_000
"""Characters. A longer text is no license."""
LEAST_WORDS = 20
LEAST_SHARE = 0.5
SLACK = 1.25
"""How much more than the best a license may lack, and still be what is meant."""
UNSURE = 0.1
"""How far off the count of words outside of whole paragraphs may be."""
CLOSE = 0.7
"""A wording is looked at where it is at least so near as the nearest."""
MOST_LICENSES = 6
MOST_ADDED, MOST_EXCERPT = 50, 500
MOST_KEPT, MOST_KEPT_EXCERPT = 20, 120


class Match(StrEnum):
    EXACT = "exact"
    NEAR = "near"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Found:
    """One license in a text. `whole`: every paragraph of it is there, unchanged."""

    key: str
    whole: bool
    similarity: float
    missing: int
    line: int
    """Where it begins, counted from 1, in the text without markup."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """`added` are stretches of the given text that are not of the license, `missing` counts paragraphs of the
    license that are not in the text; a changed paragraph is one of each.

    A text that holds several licenses is near the longest; one that is near several licenses, and too little
    to tell which, has no key and names them as `candidates`.
    """

    key: str | None = None
    match: Match = Match.NONE
    similarity: float = 0.0
    added: tuple[str, ...] = ()
    missing: int = 0
    licenses: tuple[Found, ...] = ()
    candidates: tuple[str, ...] = ()

    def kept(self) -> dict[str, Any]:
        """As JSON, with the first of what was added: the rest can be found again in the text."""
        told = {
            "key": self.key,
            "match": self.match.value,
            "similarity": self.similarity,
            "missing": self.missing,
            "added": [added[:MOST_KEPT_EXCERPT] for added in self.added[:MOST_KEPT]],
            "licenses": [[getattr(one, name) for name in Found.__slots__] for one in self.licenses],
            "candidates": list(self.candidates),
        }
        return {name: value for name, value in told.items() if value}

    @classmethod
    def from_kept(cls, data: Mapping[str, Any]) -> Recognition:
        return cls(
            key=data.get("key"),
            match=Match(data["match"]),
            similarity=data.get("similarity", 0.0),
            added=tuple(data.get("added", ())),
            missing=data.get("missing", 0),
            licenses=tuple(Found(*row) for row in data.get("licenses", ())),
            candidates=tuple(data.get("candidates", ())),
        )


def recognize(text: str, index: Index) -> Recognition:
    """Never fails, whatever the text; it takes time linear in its length."""
    if len(text) > MOST_TEXT:
        return Recognition()
    words = words_of(text)
    hits = index.hits(words)
    search = _Search(words, hits, index)
    found = list(search.licenses())
    if not found or not found[0].at.same:
        found = _several(_Search(words, hits, index), found) or found
    if not found:
        return Recognition(match=Match.NEAR, candidates=search.tied) if search.tied else Recognition()
    return search.told(found)


def _several(search: _Search, found: Sequence[_Near]) -> list[_Near]:
    """The licenses that are wholly there, where these leave no more unexplained; else none."""
    if len(whole := list(search.wholes())) < 2:
        return []
    better = not found or whole[-1].unexplained <= found[-1].unexplained
    return whole if better else []


@dataclass(frozen=True, slots=True)
class _Near:
    """A license laid over the text."""

    at: Aligned
    alike: int
    """About how many words outside of its paragraphs are worded as the license is."""
    left: frozenset[int]
    """The words of the text that are not of it and say something."""

    @property
    def key(self) -> str:
        return self.at.wording.key

    @property
    def words(self) -> int:
        """About how many of its words stand in the text."""
        return self.at.words + self.alike

    @property
    def unexplained(self) -> int:
        return len(self.left) - self.alike

    @property
    def lacking(self) -> int:
        """Words of the license that the text does not have."""
        return max(0, self.at.wording.words - self.words)

    @property
    def distance(self) -> float:
        """What a text holds tells more of it than what it has not: it may be cut off."""
        return self.unexplained + self.lacking / 100

    @property
    def exact(self) -> bool:
        return self.at.same and not self.at.around


class _Search:
    def __init__(self, words: Words, hits: Hits, index: Index) -> None:
        self.words, self.hits, self.index = words, hits, index
        self.taken: frozenset[int] = frozenset()
        self.tied: tuple[str, ...] = ()

    def licenses(self) -> Iterator[_Near]:
        """The licenses in the text, each in words that no other takes, the longest first."""
        keys: set[str] = set()
        while len(keys) < MOST_LICENSES:
            near = [one for one in self._close() if one.key not in keys]
            best = self._best(near)
            if best is None or not self._counts(best, later=bool(keys)):
                return
            if rivals := self._rivals(best, near):
                self.tied = () if keys else tuple(sorted({best.key, *rivals}))
                return
            yield best
            if best.exact:
                return
            keys.add(best.key)
            self._take((*best.at.placed, best.at.heading))

    def wholes(self) -> Iterator[_Near]:
        """The licenses of which every paragraph is there, unchanged, the longest first."""
        keys: set[str] = set()
        while len(keys) < MOST_LICENSES:
            near = [one for one in self._close() if one.at.same and one.key not in keys]
            best = self._best(near)
            if best is None or best.words < LEAST_WORDS:
                return
            yield best
            keys.add(best.key)
            self._take((*best.at.placed, best.at.heading))

    def _take(self, spans: Sequence[Span]) -> None:
        """These words belong to a license: they are not of another."""
        self.taken |= {at for span in spans for at in range(*span)}
        self.hits = self.hits.outside(self.taken)

    def _close(self) -> list[_Near]:
        """The wordings that are worth a look, or the first that is the same: no other can be nearer."""
        alike = self.index.alike(self.hits)
        least = max(LEAST_WORDS, max(alike.values(), default=0)) * CLOSE
        found: list[_Near] = []
        for at in sorted(alike, key=lambda at: -alike[at]):
            if alike[at] < least:
                break
            near = self._near(at)
            if near.exact:
                return [near]
            found.append(near)
        return found

    def _near(self, number: int) -> _Near:
        aligned = align(self.index.wordings[number], self.words, self.hits)
        gaps = (*aligned.between, *aligned.around)
        left = frozenset(at for span in gaps for at in range(*span))
        return _Near(aligned, self._alike(number, gaps), left - self.taken)

    def _alike(self, number: int, gaps: Sequence[Span]) -> int:
        places = self.index.places(number, self.hits) if gaps else []
        rate = self.index.wordings[number].rate
        found = 0
        for start, end in gaps:
            count = bisect_left(places, end) - bisect_left(places, start)
            found += min(end - start - 1, rate * count * 7 // 8)
        return found

    def _best(self, near: Sequence[_Near]) -> _Near | None:
        """The one that is the same, else the one that leaves least of the text unexplained."""
        return min(
            near,
            key=lambda one: (not one.exact, int(one.distance), not one.at.same, one.distance, one.key),
            default=None,
        )

    def _counts(self, near: _Near, *, later: bool) -> bool:
        """Whether it is enough: half of the license, or its beginning and half of the text."""
        if near.exact:
            return near.at.words > 0
        if near.words < LEAST_WORDS:
            return False
        if later:
            return near.at.words >= near.at.wording.words * LEAST_SHARE
        begun = near.at.begins and near.words >= len(self.words) * LEAST_SHARE
        return begun or near.words >= near.at.wording.words * LEAST_SHARE

    def _rivals(self, best: _Near, near: Sequence[_Near]) -> set[str]:
        """Other licenses that the text is as near to, so that it cannot be told which it is."""
        if best.exact:
            return set()
        return {one.key for one in near if one.key != best.key and self._rival(best, one)}

    def _rival(self, best: _Near, other: _Near) -> bool:
        """Not one that leaves all unexplained that the best does, and more."""
        if best.left < other.left or (best.at.same and not other.at.same):
            return False
        margin = float(best.at.wording.rate)
        if best.left != other.left:
            margin += other.at.wording.rate + max(best.alike, other.alike) * UNSURE
        if other.unexplained > best.unexplained + margin:
            return False
        return self._cut(best, other) or other.lacking <= best.lacking * SLACK + margin

    def _cut(self, best: _Near, other: _Near) -> bool:
        """Whether the text breaks off before it could tell the two apart."""
        ended = best.at.ends or best.at.wording.last in self.words.grams
        return not ended and best.at.begins and other.at.begins

    def told(self, found: list[_Near]) -> Recognition:
        best = found[0]
        added = tuple(self._added(found))
        exact = len(found) == 1 and best.at.same and not added
        return Recognition(
            key=best.key,
            match=Match.EXACT if exact else Match.NEAR,
            similarity=1.0 if exact else self._similarity(best),
            added=added,
            missing=best.at.missing,
            licenses=tuple(self._found(one) for one in found),
        )

    def _similarity(self, near: _Near) -> float:
        both = near.at.wording.words + len(self.words)
        return min(0.999, round(2 * near.words / max(1, both), 3))

    def _found(self, near: _Near) -> Found:
        whole = near.at.same
        similarity = 1.0 if whole else min(0.999, round(near.words / max(1, near.at.wording.words), 3))
        line = self.words.line(near.at.placed[0][0]) if near.at.placed else 1
        return Found(near.key, whole, similarity, near.at.missing, line)

    def _added(self, found: list[_Near]) -> Iterator[str]:
        """The stretches of the text that belong to no license, as they stand."""
        told = 0
        best = found[0]
        for start, end in sorted((*best.at.between, *best.at.around)):
            for begin, stop in self._untaken(start, end, found[1:]):
                for piece in self._stretches(begin, stop, best):
                    told += 1
                    if told > MOST_ADDED:
                        return
                    yield piece

    def _untaken(self, start: int, end: int, others: list[_Near]) -> Iterator[Span]:
        """The span without what belongs to the other licenses."""
        spans = sorted(
            span for one in others for span in (*one.at.placed, one.at.heading) if start <= span[0] < end
        )
        for begin, stop in spans:
            if start < begin:
                yield start, begin
            start = max(start, stop)
        if start < end:
            yield start, end

    def _stretches(self, start: int, end: int, best: _Near) -> Iterator[str]:
        first = not best.at.placed or end <= best.at.placed[0][0]
        title = best.at.wording.title if first else ()
        for piece in self.words.excerpt(start, end).split("\n\n"):
            plain = " ".join(piece.split())
            if plain and not harmless(words_of(plain).words, title):
                yield plain if len(plain) <= MOST_EXCERPT else f"{plain[:MOST_EXCERPT]}…"
