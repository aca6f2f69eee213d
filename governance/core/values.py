"""The base of every frozen value that crosses a layer: strict, immutable, JSON both ways."""

from __future__ import annotations

import hashlib
from typing import Any

from pydantic import BaseModel, ConfigDict

from governance.core.reading import canonical_json


class Frozen(BaseModel):
    """A frozen value; unknown keys are refused, so that a typo never passes as silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def digest(value: Any) -> str:
    """SHA-256 in hex of the canonical JSON form of a JSON value."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
