"""What a statement of a model, or the text of a file, says of its license in terms of the catalog."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from governance.core.license_names import name_form
from governance.core.reading import Statement, StatementKind
from governance.core.recognition import Match, Recognition
from governance.core.sentences import shown
from governance.core.terms import LicenseTerms
from governance.core.words import listed

Catalog = Mapping[str, LicenseTerms]
Text = tuple[str, Recognition]
"""The path of a text that was read, and what was recognized in it."""

NO_NAME = frozenset({"", "other", "unknown"})


@dataclass(frozen=True, slots=True)
class Said:
    """One statement as the catalog understands it.

    `keys`: licenses that it may name; `meant`: those that it names in this repository.
    """

    kind: StatementKind
    value: str
    keys: frozenset[str] = frozenset()
    meant: frozenset[str] = frozenset()

    @property
    def words(self) -> str:
        """The statement within a sentence."""
        value = self.value if self.kind is StatementKind.LICENSE_FILE else shown(self.value)
        return _WORDS[self.kind].format(value)


_WORDS = {
    StatementKind.MANUAL: "the license {} that a person gave",
    StatementKind.LICENSE_FILE: "the text of {}",
    StatementKind.LICENSE_NAME: "the license_name {}",
    StatementKind.TAG: "the license tag {}",
    StatementKind.LICENSE_LINK: "the license_link {}",
    StatementKind.GGUF: "the GGUF license {}",
}


def plain(value: str) -> str:
    """An id as it is compared. What is not ASCII equals no id, however alike it looks."""
    return value.strip().lower() if value.isascii() else ""


def from_statements(statements: Sequence[Statement], repo_id: str, catalog: Catalog) -> Iterator[Said]:
    for one in statements:
        if one.kind is StatementKind.LICENSE_FILE:
            continue
        keys = frozenset(key for key, terms in catalog.items() if _names(one, key, terms))
        manual = one.kind is StatementKind.MANUAL
        meant = frozenset(key for key in keys if manual or _means(catalog[key], repo_id))
        yield Said(one.kind, one.value, keys, meant)


def _names(statement: Statement, key: str, terms: LicenseTerms) -> bool:
    """Whether a statement can name these terms."""
    known = terms.recognition
    if terms.text_of:
        return statement.kind is StatementKind.MANUAL and plain(statement.value) == key
    if statement.kind is StatementKind.LICENSE_LINK:
        return _address(statement.value) in {_address(a) for a in (terms.published_at, *known.links) if a}
    value = plain(statement.value)
    if value in NO_NAME:
        return False
    if statement.kind is StatementKind.MANUAL:
        return value == key
    if statement.kind is StatementKind.TAG:  # cards also give a name where the Hub asks for one of its ids
        return value in known.hub_ids or value in known.license_names
    named = {key, *known.license_names, terms.spdx, terms.name} - {""}
    named |= set() if statement.kind is StatementKind.LICENSE_NAME else {*known.hub_ids}
    return value in named or name_form(value) in {name_form(name) for name in named}


def _means(terms: LicenseTerms, repo_id: str) -> bool:
    """Names that several texts share mean one of them only in the repositories listed for it."""
    patterns = terms.recognition.repositories
    return not patterns or any(fnmatchcase(repo_id.lower(), pattern.lower()) for pattern in patterns)


def _address(url: str) -> str:
    """A web address without what varies; empty for a path within the repository."""
    match = re.match(r"https?://(?:www\.)?([^?#]+)", url.strip(), re.IGNORECASE)
    return match[1].rstrip("/").lower() if match else ""


_LICENSE_FILE = re.compile(r"licen[cs]e|copying", re.IGNORECASE)
_OF_OTHERS = re.compile(r"(?<![a-z])(?:code|(?:third|3rd)[-_ ]?part(?:y|ies))(?![a-z])", re.IGNORECASE)


def governs_weights(path: str) -> bool:
    """Whether a file may be the license of the weights: at the top, named so, and not for something else."""
    name = path.rpartition("/")[2]
    return "/" not in path and bool(_LICENSE_FILE.search(name)) and not _OF_OTHERS.search(name)


def governing(texts: Iterable[Text]) -> Iterator[Text]:
    yield from (text for text in texts if governs_weights(text[0]))


@dataclass(frozen=True, slots=True)
class Alike(Said):
    """A text that is near to licenses, and the same as none. `told`: what it is, a sentence."""

    told: str = ""


def from_files(files: Mapping[str, Recognition], catalog: Catalog) -> Iterator[Said]:
    for path, found in sorted(files.items()):
        if found.match is Match.EXACT and found.key and found.key in catalog:
            keys = frozenset([found.key])
            yield Said(StatementKind.LICENSE_FILE, path, keys, keys)
        elif found.match is Match.NEAR:
            told = f"The text of {path} {_alike(found, catalog)}."
            yield Alike(StatementKind.LICENSE_FILE, path, told=told)


def _alike(found: Recognition, catalog: Catalog) -> str:
    """What a text is that is near to licenses, as the rest of a sentence."""
    keys = [one.key for one in found.licenses] or list(found.candidates)
    names = [catalog[key].name for key in dict.fromkeys(keys) if key in catalog] or ["a license"]
    if found.candidates:
        return f"is near the {listed(names, 'or')}, and too little of it is left to tell which"
    if len(names) > 1:
        return f"holds several licenses, the {listed(names)}"
    changed = f"paragraphs changed or missing: {found.missing}, stretches added: {len(found.added)}"
    return f"is near the {names[0]}, but not the same ({changed})"
