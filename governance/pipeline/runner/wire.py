"""Frames between the worker and its child: four bytes of length, then JSON in UTF-8."""

from __future__ import annotations

import json
from typing import Any

MAX_ANSWER = 1024 * 1024
"""Bytes of the largest answer of one evaluation."""

# Bound here once: a policy that replaces functions of the json module does not reach these.
_encode = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode
_decode = json.JSONDecoder().decode


class BrokenFrameError(ValueError):
    """The bytes are no frame."""


def pack(value: Any) -> bytes:
    """Raises ValueError, TypeError or RecursionError when the value is not JSON."""
    body = _encode(value).encode()
    return len(body).to_bytes(4, "big") + body


def unpack(body: bytes) -> Any:
    """Raises BrokenFrameError when the body is not JSON."""
    try:
        return _decode(body.decode())
    except (ValueError, RecursionError) as fault:
        raise BrokenFrameError("a frame is not JSON") from fault


class Frames:
    """Cuts a stream of bytes into the bodies of frames of at most `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def next(self) -> bytes | None:
        """The next whole body, or None when more bytes are needed. Raises BrokenFrameError."""
        if len(self._buffer) < 4:
            return None
        end = 4 + int.from_bytes(self._buffer[:4], "big")
        if end > 4 + self._limit:
            raise BrokenFrameError("a frame is too large")
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[4:end])
        del self._buffer[:end]
        return body
