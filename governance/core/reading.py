"""What a source says of one revision of a model, and how it says that it cannot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Relation(StrEnum):
    """How a model came from its ancestor. `unknown` is treated as a derivative of any kind."""

    FINETUNE = "finetune"
    ADAPTER = "adapter"
    QUANTIZED = "quantized"
    MERGE = "merge"
    DISTILLED = "distilled"
    UNKNOWN = "unknown"


class StatementKind(StrEnum):
    """Where a license was stated; several statements may disagree and all are kept."""

    TAG = "tag"
    LICENSE_NAME = "license_name"
    LICENSE_LINK = "license_link"
    LICENSE_FILE = "license_file"
    GGUF = "gguf"
    MANUAL = "manual"


@dataclass(frozen=True)
class Statement:
    """One stated license. `value` is the id, name, link or path, exactly as stated."""

    kind: StatementKind
    value: str
    sha256: str = ""
    """Of the file's bytes, in hex; only for `license_file`."""


@dataclass(frozen=True)
class RepositoryFile:
    """One file of the revision. Sizes are in bytes; None where the source did not say."""

    path: str
    size: int | None = None
    sha256: str = ""
    """LFS sha256 in hex, empty for files outside LFS."""
    oid: str = ""
    """Git blob id, empty where the source did not say."""


@dataclass(frozen=True)
class TextFile:
    """A text that was read with the snapshot (README, LICENSE), with the digest of its bytes."""

    path: str
    text: str
    sha256: str
    oid: str = ""


@dataclass(frozen=True)
class AncestorEdge:
    """`repo_id` as stated; `stated_in` is `card`, `tag` or `base_models`."""

    repo_id: str
    relation: Relation
    stated_in: str


@dataclass(frozen=True)
class Allowance:
    """How many more requests a source said that it allows."""

    name: str
    """The source's own word for what it counts."""
    remaining: int
    quota: int | None = None
    """In a whole period; None where the source did not say."""
    resets_in: float | None = None
    """Seconds until the quota is whole again; None where the source did not say."""


@dataclass(frozen=True)
class Reading:
    """One immutable look at one revision of a model.

    `revision` is the commit id, an opaque string of at most 64 characters; `asked_id` differs from
    `repo_id` after a rename; `unchanged` is set when `revision` was already known, and then only
    the fields that can change without a commit (gated, disabled, private, repo_id) are filled.
    """

    source: str
    endpoint: str
    asked_id: str
    repo_id: str
    hub_id: str
    ref: str
    revision: str
    gated: str = ""
    """Empty (open), `auto`, `manual`, or `unstated` when the source did not say."""
    private: bool = False
    disabled: bool = False
    unchanged: bool = False
    files: tuple[RepositoryFile, ...] = ()
    statements: tuple[Statement, ...] = ()
    ancestors: tuple[AncestorEdge, ...] = ()
    texts: tuple[TextFile, ...] = ()
    modalities: tuple[str, ...] = ()
    """Subset of `text`, `image`, `audio`, `video`; empty = not known."""
    custom_code: bool | None = None
    """Whether the configuration names code of the repository to run (`auto_map`); None = not known."""
    last_modified: datetime | None = None
    problems: tuple[str, ...] = ()
    """What could not be read, each a sentence; a reading with problems is still kept."""
    raw: Mapping[str, Any] = field(default_factory=dict)
    access: bool | None = None
    """Whether files behind the gate could be read, where one was asked for; None: not asked."""
    requests: int = 0
    allowances: tuple[Allowance, ...] = ()
    """As the source said last, one for each thing that it counts."""


class SourceState(StrEnum):
    """Why a reading could not be had; each is recorded on the model as its own state."""

    NOT_FOUND = "not_found"
    """Gone, private, or never there: the wire does not tell these apart."""
    GATED = "gated"
    DISABLED = "disabled"
    REVISION_NOT_FOUND = "revision_not_found"
    BAD_TOKEN = "bad_token"  # noqa: S105
    RATE_LIMITED = "rate_limited"
    UNREACHABLE = "unreachable"
    INVALID = "invalid"
    """The answer could not be understood."""


class SourceError(Exception):
    """A reading could not be had. The text is a sentence that is safe to show (no token, no signed URL)."""

    def __init__(self, state: SourceState, sentence: str, *, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.state = state
        self.retry_after = retry_after
        """Seconds after which the source asked to be called again."""
        self.allowances: tuple[Allowance, ...] = ()
        """As in a reading, where the source said so with its refusal."""

    @property
    def transient(self) -> bool:
        return self.state in (SourceState.RATE_LIMITED, SourceState.UNREACHABLE)


@dataclass(frozen=True)
class Known:
    """What we already hold of a model, so that a source can save requests."""

    revision: str = ""
    text_oids: Mapping[str, str] = field(default_factory=dict)
    """path -> git blob id of texts that we hold already; these need not be read again."""
    text_sha256: Mapping[str, str] = field(default_factory=dict)
    """path -> digest of the same texts, for the statement of a LICENSE file that is not read again."""


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_json(value: Any) -> str:
    """The one JSON form that digests are taken of: sorted keys, no spaces, no NaN."""
    return _CANONICAL.encode(value)
