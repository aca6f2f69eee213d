"""License texts that lie with the models themselves."""

from __future__ import annotations

from collections.abc import Iterable

from governance.discovery import catalog
from governance.registry.models import Snapshot, Text


def license_of(text: Text) -> str:
    """The key of the license whose whole text it is; empty where it is none that is known."""
    return _known().get(text.identity, "")


def copies_of(snapshots: Iterable[Snapshot]) -> dict[int, tuple[str, ...]]:
    """Snapshot id -> the licenses of which it holds the whole text."""
    known = _known()
    rows = Text.objects.filter(snapshot__in=[one.pk for one in snapshots]).values_list(
        "snapshot_id", "identity"
    )
    found: dict[int, set[str]] = {}
    for snapshot, identity in rows:
        if key := known.get(identity):
            found.setdefault(snapshot, set()).add(key)
    return {snapshot: tuple(sorted(keys)) for snapshot, keys in found.items()}


def _known() -> dict[str, str]:
    """Text identity -> the key of its license."""
    return {
        sha256: key for key, terms in catalog().licenses.items() for sha256 in terms.recognition.text_sha256
    }
