"""What a license file holds of the texts of its license: where each is from, its paragraphs as numbers."""

from __future__ import annotations

from pydantic import Field

from governance.core.license_text import words_of
from governance.core.paragraphs import (
    cut,
    decoded,
    decoded_samples,
    encoded,
    encoded_samples,
    sampled,
    samples,
)
from governance.core.recognition_index import Wording
from governance.core.terms import LicenseTerms
from governance.core.values import Frozen


class TextNumbers(Frozen):
    """One text of a license. Its words cannot be had back from it."""

    file: str = Field(min_length=1)
    source: str = Field(min_length=1)
    version: str = ""
    """Where the text was read: a repository and a commit, a package and a version."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    partial: bool = False
    """Only a part of the text is known: a copy is never the same."""
    words: int = Field(gt=0)
    last: int = Field(ge=0)
    """The number of its last words."""
    paragraphs: str
    samples: str

    def wording(self, terms: LicenseTerms) -> Wording:
        """Raises ValueError where the numbers are spoiled."""
        return Wording(
            key=terms.key,
            paragraphs=tuple(decoded(self.paragraphs)),
            samples=decoded_samples(self.samples),
            rate=sampled(self.words),
            last=self.last,
            partial=self.partial,
            title=title_words(terms),
        )


def numbers_of(
    text: str, *, file: str, source: str, version: str, sha256: str, partial: bool, names: bool
) -> TextNumbers:
    """`names`: see `paragraphs.cut`. Raises ValueError where there is nothing to go by."""
    words = words_of(text)
    rows = cut(text, names=names)
    if not rows:
        raise ValueError("holds no paragraph")
    return TextNumbers(
        file=file,
        source=source,
        version=version,
        sha256=sha256,
        partial=partial,
        words=len(words),
        last=words.grams[-1] if words.grams else 0,
        paragraphs=encoded(rows),
        samples=encoded_samples(samples(words)),
    )


def title_words(terms: LicenseTerms) -> frozenset[str]:
    """What a heading over a copy may be made of."""
    return frozenset(words_of(f"{terms.name} {terms.spdx} {terms.key}").words)
