"""The options of a hub, refused with a sentence when they cannot work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from governance.core.reading import SourceError, SourceState
from governance.core.sentences import shown
from plugins.sources._hub_addresses import origin

PUBLIC_HUB = "https://huggingface.co"


@dataclass(frozen=True)
class HubOptions:
    endpoint: str = PUBLIC_HUB
    token: str = ""
    timeout: float = 10
    total_seconds: float = 30
    authors: tuple[str, ...] = ()

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> HubOptions:
        return cls(
            endpoint=_endpoint(options.get("endpoint") or PUBLIC_HUB),
            token=_token(options.get("token") or ""),
            timeout=_seconds(options, "timeout", 10),
            total_seconds=_seconds(options, "total_seconds", 30),
            authors=_authors(options.get("authors") or ()),
        )


def _endpoint(value: Any) -> str:
    address = str(value).strip().rstrip("/")
    if origin(address) is None or "?" in address or "#" in address:
        raise SourceError(
            SourceState.INVALID, "endpoint must be an http(s) address without user, password and query."
        )
    return address


def _token(value: Any) -> str:
    """A token goes into a header: a stray line break must not, and is worth saying."""
    token = str(value).strip()
    if not token.isascii() or not token.isprintable() or " " in token:
        raise SourceError(SourceState.BAD_TOKEN, "token holds characters that no token has.")
    return token


def _authors(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(author, str) for author in value):
        raise SourceError(SourceState.INVALID, f"authors must be a list of names, not {shown(value)}.")
    return tuple(value)


def _seconds(options: Mapping[str, Any], name: str, default: float) -> float:
    value = options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 300:
        raise SourceError(SourceState.INVALID, f"{name} must be 1 to 300 seconds, not {shown(value)}.")
    return float(value)
