"""Where the text of a license leaves room, and which reading was adopted."""

from __future__ import annotations

from dataclasses import dataclass

from governance.core.ambiguities import Ambiguity
from governance.core.terms import LicenseTerms
from governance.licensing.models import Reading


@dataclass(frozen=True)
class Open:
    """One ambiguity with the key and sentence of the reading in force; `decided` None: nobody decided."""

    ambiguity: Ambiguity
    reading: str
    says: str
    decided: Reading | None

    @property
    def others(self) -> list[tuple[str, str]]:
        return [(one.key, one.says) for one in self.ambiguity.alternatives if one.key != self.reading]


def open_questions(terms: LicenseTerms) -> list[Open]:
    held = {one.ambiguity: one for one in Reading.objects.filter(license=terms.key, ended_at=None)}
    return [_one(ambiguity, held.get(ambiguity.id)) for ambiguity in terms.ambiguities]


def _one(ambiguity: Ambiguity, decided: Reading | None) -> Open:
    keys = {one.key: one.says for one in ambiguity.alternatives}
    key = decided.alternative if decided and decided.alternative in keys else ambiguity.adopted
    return Open(ambiguity, key, keys[key], decided)
