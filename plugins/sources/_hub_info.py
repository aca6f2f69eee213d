"""What a hub's answer for one model says, read tolerantly: one missing or odd value spoils only itself.

What a decision could be tricked with is refused whole: a commit that is none, a file name that leaves its
folder.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from governance.core.reading import RepositoryFile, SourceError, SourceState, canonical_json
from governance.core.sentences import shown

MODEL_ID = re.compile(r"(?:[A-Za-z0-9][\w.-]{0,95}/)?[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
COMMIT = re.compile(r"[0-9a-f]{1,64}")
FULL_COMMIT = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})")
SHA256 = re.compile(r"[0-9a-f]{64}")
HUB_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

MAX_PATH = 1024
MAX_SIZE = 2**63 - 1
MAX_RAW = 128 * 1024
MAX_DEPTH = 32
NOT_KEPT = frozenset({"siblings", "widgetData", "model-index", "spaces"})
"""Long parts of the answer that are kept elsewhere or say nothing that is judged."""


def invalid(sentence: str) -> SourceError:
    return SourceError(SourceState.INVALID, sentence)


class ModelInfo:
    """One answer of `/api/models/{id}/revision/{revision}`; `problems` grows as parts of it are read."""

    def __init__(self, answer: Any, asked_revision: str = "") -> None:
        if not isinstance(answer, dict):
            raise invalid("The hub's answer for the model is not an object.")
        self.answer: Mapping[str, Any] = answer
        self.problems: list[str] = []
        self.repo_id = self._repo_id()
        self.revision = self._revision(asked_revision)
        self.hub_id = self._hub_id()
        self.card = self._card()

    def _repo_id(self) -> str:
        repo_id = self.answer.get("id")
        if not is_model_id(repo_id):
            raise invalid(f"The hub's answer names the model {shown(repo_id)}, which is no model id.")
        return str(repo_id)

    def _revision(self, asked: str) -> str:
        revision = self.answer.get("sha")
        if not isinstance(revision, str) or not COMMIT.fullmatch(revision):
            raise invalid(f"The hub's answer names the commit {shown(revision)}, which is no commit id.")
        if FULL_COMMIT.fullmatch(asked) and asked != revision:
            raise invalid(f"The hub was asked for commit {asked} and answered with {revision}.")
        return revision

    def _hub_id(self) -> str:
        hub_id = self.answer.get("_id")
        if isinstance(hub_id, str) and HUB_ID.fullmatch(hub_id):
            return hub_id
        self.problems.append("The hub gives the model no id of its own: a re-used name would not be noticed.")
        return ""

    @property
    def gated(self) -> str:
        value = self.answer.get("gated")
        if value is False:
            return ""
        if value is True:
            return "manual"
        return value if value in ("auto", "manual") else "unstated"

    def flag(self, name: str) -> bool:
        """Whether `private` or `disabled` is said; anything that is not clearly no counts as yes."""
        return self.answer.get(name) not in (None, False)

    @property
    def last_modified(self) -> datetime | None:
        return date_of(self.answer.get("lastModified"))

    @property
    def config(self) -> Mapping[str, Any] | None:
        """The parts of config.json that the hub repeats; None where it does not."""
        config = self.answer.get("config")
        return config if isinstance(config, dict) and config else None

    def _card(self) -> Mapping[str, Any] | None:
        """The card's metadata as the hub parsed it; None where it gives none that can be used."""
        card = self.answer.get("cardData")
        if card is None:
            return None
        if isinstance(card, dict) and shallow(card):
            return card
        self.problems.append("The hub gives the card's metadata in a form that is not read.")
        return None

    @property
    def tags(self) -> tuple[str, ...]:
        tags = self.answer.get("tags")
        return tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()

    def text(self, name: str) -> str:
        value = self.answer.get(name)
        return value if isinstance(value, str) else ""

    @property
    def files(self) -> tuple[RepositoryFile, ...] | None:
        """The files, with sizes where the hub says them; None where it lists none at all."""
        siblings = self.answer.get("siblings")
        return None if siblings is None else files_of(siblings, "rfilename", "blobId", "sha256")

    def raw(self) -> dict[str, Any]:
        """The answer as evidence, without its long parts; what did not fit is named under `_omitted`."""
        kept: dict[str, Any] = {}
        omitted: list[str] = []
        left = MAX_RAW
        for name in sorted(self.answer):
            size = len(canonical_json(self.answer[name])) if shallow(self.answer[name]) else left
            if name in NOT_KEPT or len(name) + size >= left:
                omitted.append(name[:100])
                continue
            kept[name] = self.answer[name]
            left -= len(name) + size
        return {**kept, "_omitted": omitted[:100]} if omitted else kept


def is_model_id(value: Any) -> bool:
    return isinstance(value, str) and bool(MODEL_ID.fullmatch(value)) and ".." not in value


def date_of(value: Any) -> datetime | None:
    """A time with zone from ISO text; a time without zone is UTC."""
    try:
        date = datetime.fromisoformat(value)
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def shallow(value: Any, depth: int = MAX_DEPTH) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return depth > 0 and all(shallow(item, depth - 1) for item in value)
    return True


def files_of(items: Any, path_key: str, oid_key: str, lfs_key: str) -> tuple[RepositoryFile, ...]:
    """Files of `siblings` or of a page of `tree`; the two name the same things differently."""
    if not isinstance(items, list):
        raise invalid("The hub's list of files is no list.")
    files: dict[str, RepositoryFile] = {}
    for item in items:
        path = _path(item.get(path_key) if isinstance(item, dict) else None)
        lfs = item.get("lfs") if isinstance(item.get("lfs"), dict) else {}
        file = RepositoryFile(
            path=path,
            size=_size(lfs.get("size", item.get("size"))),
            sha256=_matching(SHA256, lfs.get(lfs_key)),
            oid=_matching(COMMIT, item.get(oid_key)),
        )
        if files.setdefault(path, file) != file:
            raise invalid(f"The hub lists the file {shown(path)} twice, and differently.")
    return tuple(files.values())


def _path(value: Any) -> str:
    if not isinstance(value, str) or not value or len(value) > MAX_PATH:
        raise invalid(f"The hub lists a file with the name {shown(value)}, which is none.")
    if any(unicodedata.category(c) in ("Cc", "Cs") or c in DIRECTION for c in value):
        raise invalid(f"The hub lists a file with control characters in its name: {shown(value)}.")
    if {"", ".", ".."} & set(re.split(r"[/\\]", value)) or re.match(r"[A-Za-z]:", value):
        raise invalid(f"The hub lists a file whose name leaves its folder: {shown(value)}.")
    return value


def _size(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value <= MAX_SIZE else None


def _matching(pattern: re.Pattern[str], value: Any) -> str:
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""
