"""The paragraphs of all known license texts, as numbers, and where they stand in a given text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from governance.core.license_text import GRAM, Words, digest_of
from governance.core.paragraphs import Paragraph

Name = TypeVar("Name", bytes, int)

ROUGH = 8
"""One of so many samples is enough to find out which texts to look at."""
MOST_WORK = 100
"""How many times the words of a text are read again at most: no text can make the search slow."""


@dataclass(frozen=True)
class Wording:
    """One text of a license. `partial`: not all of it is known, so that nothing can be the same."""

    key: str
    paragraphs: tuple[Paragraph, ...]
    samples: tuple[int, ...] = ()
    rate: int = 1
    """One of how many word groups is a sample."""
    last: int = 0
    """The number of its last words: a text without them may be cut off."""
    partial: bool = False
    title: frozenset[str] = frozenset()
    """Words that a heading above it may hold."""

    @cached_property
    def words(self) -> int:
        """How many words a copy must have."""
        return sum(one.words for one in self.paragraphs if not one.optional)


@dataclass(frozen=True)
class Hits:
    """Digest of a paragraph -> where it begins; sample -> where it stands. In words from the start."""

    paragraphs: Mapping[bytes, list[int]]
    samples: Mapping[int, list[int]]

    def outside(self, taken: Set[int]) -> Hits:
        """The hits in words that are not taken."""
        return Hits(_free(self.paragraphs, taken), _free(self.samples, taken))


def _free(found: Mapping[Name, list[int]], taken: Set[int]) -> dict[Name, list[int]]:
    left = ((name, [at for at in places if at not in taken]) for name, places in found.items())
    return {name: places for name, places in left if places}


class Index:
    def __init__(self, wordings: Iterable[Wording]) -> None:
        self.wordings = tuple(wordings)
        self._sizes: dict[bytes, int] = {}
        self._owners: dict[bytes, list[int]] = {}
        self._known: dict[int, list[Paragraph]] = {}
        """Number of a word group -> the paragraphs that begin with it, none for a sample only."""
        self._by_sample: dict[int, list[int]] = {}
        self._samples = [frozenset(wording.samples) for wording in self.wordings]
        self._rough: list[int] = []
        for at, wording in enumerate(self.wordings):
            self._take(at, wording)

    def _take(self, at: int, wording: Wording) -> None:
        rough = [sample for sample in wording.samples if sample % ROUGH == 0]
        self._rough.append(max(1, len(rough)))
        for sample in rough:
            self._by_sample.setdefault(sample, []).append(at)
        for sample in wording.samples:
            self._known.setdefault(sample, [])
        for one in wording.paragraphs:
            if one.words < GRAM:
                continue
            if one.digest not in self._sizes:
                self._sizes[one.digest] = one.words
                self._known.setdefault(one.gram, []).append(one)
                self._owners[one.digest] = []
            if self._owners[one.digest][-1:] != [at]:
                self._owners[one.digest].append(at)

    @cached_property
    def digest(self) -> str:
        """Of all texts: what was recognized by other ones must be recognized again."""
        rows = (one.key.encode() + b"".join(row.digest for row in one.paragraphs) for one in self.wordings)
        return digest_of(b"\0".join(sorted(rows))).hex()

    def hits(self, words: Words) -> Hits:
        """What of the known texts stands in `words`; in time linear in them."""
        paragraphs: dict[bytes, list[int]] = {}
        samples: dict[int, list[int]] = {}
        known, length = self._known, len(words)
        left = MOST_WORK * (length + 1000)
        for at, gram in enumerate(words.grams):
            if gram not in known:
                continue
            samples.setdefault(gram, []).append(at)
            for one in known[gram] if left > 0 else ():
                left -= one.words
                if at + one.words <= length and words.digest(at, one.words) == one.digest:
                    paragraphs.setdefault(one.digest, []).append(at)
        return Hits(paragraphs, samples)

    def alike(self, hits: Hits) -> dict[int, float]:
        """Number of a wording -> about how many of its words stand in the text."""
        words: Counter[int] = Counter()
        for digest in hits.paragraphs:
            size = self._sizes[digest]
            for at in self._owners[digest]:
                words[at] += size
        shared: Counter[int] = Counter()
        for sample in hits.samples:
            if sample % ROUGH == 0 and sample in self._by_sample:
                shared.update(self._by_sample[sample])
        share = {at: self.wordings[at].words * count / self._rough[at] for at, count in shared.items()}
        return {at: max(words[at], share.get(at, 0.0)) for at in words.keys() | share.keys()}

    def places(self, number: int, hits: Hits) -> list[int]:
        """Where the text has a sample of the wording, from the first to the last."""
        shared = self._samples[number] & hits.samples.keys()
        return sorted(at for sample in shared for at in hits.samples[sample])
