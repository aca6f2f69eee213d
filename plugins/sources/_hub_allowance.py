"""How many more requests a hub allows, from the RateLimit headers that it puts on every answer."""

from __future__ import annotations

import re
from collections.abc import Mapping

from governance.core.reading import Allowance

_LIMIT = re.compile(r'"([\w. -]{1,40})"((?:\s*;\s*\w+=\d{1,9}\b)+)')
_PART = re.compile(r";\s*(\w+)=(\d{1,9})")


def allowance(headers: Mapping[str, str]) -> Allowance | None:
    """None where the hub says nothing, or nothing that is understood. `headers` have names in lower case."""
    said = _LIMIT.search(headers.get("ratelimit", "")[:1000])
    if not said:
        return None
    name, parts = said[1], dict(_PART.findall(said[2]))
    if "r" not in parts:
        return None
    resets_in = float(parts["t"]) if "t" in parts else None
    return Allowance(name, int(parts["r"]), _quota(name, headers), resets_in)


def _quota(name: str, headers: Mapping[str, str]) -> int | None:
    """The policy names what it is about; several policies may stand in one header."""
    for policy in headers.get("ratelimit-policy", "")[:1000].split(","):
        quota = re.search(r";\s*q=(\d{1,9})\b", policy)
        if quota and f'"{name}"' in policy:
            return int(quota[1])
    return None
