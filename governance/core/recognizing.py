"""What a statement of a model, or the text of a file, says of its license in terms of the catalog."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from governance.core.license_names import name_form
from governance.core.license_text import text_identity
from governance.core.reading import Statement, StatementKind, TextFile
from governance.core.sentences import shown
from governance.core.terms import LicenseTerms

Catalog = Mapping[str, LicenseTerms]
Text = TextFile | tuple[str, str]
"""A text that was read, or its path and `text_identity`."""

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
    named = {*known.license_names, terms.spdx, terms.name} - {""}
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
_OF_CODE = re.compile(r"(?<![a-z])code(?![a-z])", re.IGNORECASE)


def governs_weights(path: str) -> bool:
    """Whether a file may be the license of the weights: at the top, named so, and not for the code."""
    name = path.rpartition("/")[2]
    return "/" not in path and bool(_LICENSE_FILE.search(name)) and not _OF_CODE.search(name)


def identities(texts: Iterable[Text]) -> Iterator[tuple[str, str]]:
    for text in texts:
        path, identity = text if isinstance(text, tuple) else (text.path, text_identity(text.text))
        if governs_weights(path):
            yield path, identity


def from_files(files: Mapping[str, str], catalog: Catalog) -> Iterator[Said]:
    for path, identity in sorted(files.items()):
        known = (key for key, terms in catalog.items() if identity in terms.recognition.text_sha256)
        if keys := frozenset(known):
            yield Said(StatementKind.LICENSE_FILE, path, keys, keys)
