"""A repository of the sample Hub as frozen values: files, commits, branches, tags."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

EPOCH = datetime(2024, 7, 23, 12, tzinfo=UTC)
LFS_SUFFIXES = (
    ".safetensors",
    ".bin",
    ".gguf",
    ".pt",
    ".pth",
    ".onnx",
    ".msgpack",
    ".h5",
    ".ot",
    ".ckpt",
    ".pkl",
)
CHUNK = 1 << 16


def sha1(text: str) -> str:
    """How made-up ids are made: the same on every machine."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def blob_id(body: bytes) -> str:
    """Git's id of a blob."""
    return hashlib.sha1(b"blob %d\0" % len(body) + body, usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class File:
    """`body`, then filling up to `size`: weights have their true size and cost no memory."""

    path: str
    size: int
    body: bytes = b""

    @classmethod
    def of(cls, path: str, body: bytes) -> File:
        return cls(path, len(body), body)

    @property
    def lfs(self) -> bool:
        return self.path.lower().endswith(LFS_SUFFIXES) or self.size > 10_000_000

    @property
    def known(self) -> bytes:
        """What the digests are taken of: the bytes where all are held, else path and size."""
        return self.body if len(self.body) == self.size else f"{self.path}:{self.size}".encode()

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.known).hexdigest()

    @property
    def pointer(self) -> bytes:
        """What git holds of an LFS file."""
        spec = "https://git-lfs.github.com/spec/v1"
        return f"version {spec}\noid sha256:{self.sha256}\nsize {self.size}\n".encode()

    @cached_property
    def oid(self) -> str:
        return blob_id(self.pointer if self.lfs else self.known)

    @property
    def etag(self) -> str:
        return self.sha256 if self.lfs else self.oid

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` until before `end`; filling is zero bytes in weights, spaces in texts."""
        filling = b"\0" if self.lfs else b" "
        while start < end:
            stop = min(start + CHUNK, end)
            part = self.body[start:stop]
            yield part + filling * (stop - start - len(part))
            start = stop


@dataclass(frozen=True)
class Commit:
    """One revision with all its files. `card` is what the Hub makes of the front matter of README.md."""

    id: str
    title: str
    date: datetime
    files: tuple[File, ...] = ()
    card: Mapping[str, Any] = field(default_factory=dict)
    parent: str = ""

    def file(self, path: str) -> File | None:
        return next((file for file in self.files if file.path == path), None)

    @cached_property
    def config(self) -> dict[str, Any]:
        """config.json as far as it is an object."""
        file = self.file("config.json")
        try:
            value = json.loads(file.body) if file else {}
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True)
class Repository:
    """`hub_id` is the Hub's own `_id`; `gated` is `""`, `auto` or `manual`.

    `labels` are tags without license and base model, which follow from the card; `relation` is how it came
    from the base; `facts` are further keys of the model info.
    """

    id: str
    hub_id: str
    commits: Mapping[str, Commit] = field(default_factory=dict)
    branches: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    gated: str = ""
    private: bool = False
    disabled: bool = False
    former_ids: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    relation: str = "finetune"
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def author(self) -> str:
        return self.id.split("/")[0] if "/" in self.id else ""

    def commit(self, revision: str) -> Commit | None:
        """By branch, tag, full ref or commit id."""
        name = revision.removeprefix("refs/heads/").removeprefix("refs/tags/")
        return self.commits.get(self.branches.get(name, self.tags.get(name, revision)))

    def history(self, revision: str) -> list[Commit]:
        """From the revision back to the first commit."""
        found: list[Commit] = []
        commit = self.commit(revision)
        while commit is not None:
            found.append(commit)
            commit = self.commits.get(commit.parent)
        return found
