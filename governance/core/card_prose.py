"""Licenses that the prose of a card mentions: a hint for a person, never a statement.

Prose speaks of the license of the code, of the data and of other models as well.
"""

from __future__ import annotations

import re
from functools import lru_cache

from governance.core.recognizing import NO_NAME, Catalog
from governance.core.terms import LicenseTerms

CARD = "README.md"
MOST_PROSE, MOST_LINES = 200_000, 20_000
"""Characters of prose that are read, and of lines on licensing that are searched."""
MOST_MENTIONED = 5
_SPEAKS = re.compile(r"licen[cs]|terms of use", re.IGNORECASE)
_BLOCK = re.compile(r"\A---\s*$.*?^---\s*$", re.MULTILINE | re.DOTALL)


def mentioned(card: str, catalog: Catalog) -> tuple[str, ...]:
    """Keys of the licenses that lines on licensing name, in the order of the catalog; the first few."""
    prose = _BLOCK.sub("", card[:MOST_PROSE], count=1)
    lines = "\n".join(line for line in prose.lower().splitlines() if _SPEAKS.search(line))
    lines = lines[:MOST_LINES]
    found = (
        key for key, terms in catalog.items() if (named := _pattern(_names(terms))) and named.search(lines)
    )
    return tuple(found)[:MOST_MENTIONED]


def _names(terms: LicenseTerms) -> tuple[str, ...]:
    """Those that tell: without a figure, a short name is too common."""
    known = terms.recognition
    names = {terms.name, terms.spdx, *known.hub_ids, *known.license_names} - NO_NAME
    telling = (name.lower() for name in names if re.search(r"\d", name) or name.count(" ") > 1)
    return () if terms.text_of else tuple(sorted(telling))


@lru_cache(maxsize=1024)
def _pattern(telling: tuple[str, ...]) -> re.Pattern[str] | None:
    """The names as whole words."""
    if not telling:
        return None
    return re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, telling))})(?![\w-]|\.\d)")
