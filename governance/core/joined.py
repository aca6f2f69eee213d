"""A license that is several: a joined one (`apache-2.0 AND cc-by-4.0`) means that all of its parts govern."""

from __future__ import annotations

from collections.abc import Iterable

_JOINT = " AND "


def joined(keys: Iterable[str]) -> str:
    """The keys as one license, always written the same way."""
    return _JOINT.join(sorted(set(keys)))


def parts(license: str) -> tuple[str, ...]:
    """The keys that govern together: mostly one; none where no license was concluded."""
    return tuple(license.split(_JOINT)) if license else ()
