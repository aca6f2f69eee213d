"""License texts that lie with the models themselves."""

from __future__ import annotations

from collections.abc import Iterable

from governance.core.recognition import Match
from governance.registry.models import Snapshot, Text
from governance.registry.recognized import recognition_of


def license_of(text: Text) -> str:
    """The key of the license whose text it is; empty where it is none that is known."""
    found = recognition_of(text)
    return found.key or "" if found.match is Match.EXACT else ""


def copies_of(snapshots: Iterable[Snapshot]) -> dict[int, tuple[str, ...]]:
    """Snapshot id -> the licenses of which it holds the whole text."""
    rows = Text.objects.filter(snapshot__in=[one.pk for one in snapshots]).exclude(recognition=None)
    found: dict[int, set[str]] = {}
    for text in rows.only("snapshot_id", "recognition"):
        keys = {one.key for one in recognition_of(text).licenses if one.whole}
        found.setdefault(text.snapshot_id, set()).update(keys)
    return {snapshot: tuple(sorted(keys)) for snapshot, keys in found.items() if keys}
