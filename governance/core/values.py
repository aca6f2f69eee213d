"""The base of every frozen value that crosses a layer: strict, immutable, JSON both ways."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from governance.core.reading import canonical_json


class Frozen(BaseModel):
    """A frozen value; unknown keys are refused, so that a typo never passes as silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


T = TypeVar("T")


class Keyed(Generic[T]):
    """A value as a key of a cache, equal to others by `key` alone; without one, to itself alone.

    A cache holds its keys, so that an identity stays the value's own for as long as it is looked up.
    """

    __slots__ = ("key", "value")

    def __init__(self, value: T, key: Hashable = None) -> None:
        self.value = value
        self.key = id(value) if key is None else key

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Keyed) and self.key == other.key


def digest(value: Any) -> str:
    """SHA-256 in hex of the canonical JSON form of a JSON value."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
