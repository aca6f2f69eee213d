"""Which snapshot a branch, a tag or a commit id means, and what a source may leave unread."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from governance.core.reading import Known, StatementKind
from governance.registry.models import ChangeKind, Model, Ref, Snapshot

_SHORT_COMMIT = re.compile(r"[0-9a-f]{7,64}")


def snapshot_at(model: Model, ref: str) -> Snapshot | None:
    """The snapshot that `ref` meant when last seen. A whole commit id comes before a branch of that name."""
    if exact := Snapshot.objects.filter(model=model, revision=ref).first():
        return exact
    seen = Ref.objects.filter(model=model, name=ref).select_related("snapshot").first()
    return seen.snapshot if seen else None


def resolve_revision(model: Model, revision: str) -> Snapshot | None:
    """As `snapshot_at`, and by the beginning of a commit id (7 characters or more) if only one begins so."""
    if "\x00" in revision:  # no database can be asked for it
        return None
    if found := snapshot_at(model, revision):
        return found
    if not _SHORT_COMMIT.fullmatch(revision.lower()):
        return None
    beginning = Snapshot.objects.filter(model=model, revision__startswith=revision.lower())[:2]
    return beginning[0] if len(beginning) == 1 else None


@dataclass(frozen=True)
class Step:
    """Where the tracked branch stood before it moved to where it stands."""

    snapshot: Snapshot
    moved_at: datetime


def previous_snapshot(model: Model) -> Step | None:
    """The last step of the tracked branch; None where it never moved."""
    if model.latest_snapshot is None:
        return None
    moves = model.changes.filter(
        kind__in=(ChangeKind.BRANCH_MOVED, ChangeKind.HISTORY_REWRITTEN),
        after=model.latest_snapshot.revision,
    )
    move = moves.order_by("-seen_at", "-id").first()
    before = Snapshot.objects.filter(model=model, revision=move.before).first() if move else None
    return Step(before, move.seen_at) if move and before else None


def known(model: Model, ref: str) -> Known:
    """What we hold of `ref`, so that the source need not say it again.

    A snapshot of which something could not be read counts as not known: access may have come since.
    """
    held = snapshot_at(model, ref)
    if held is None:
        return Known()
    texts = list(held.texts.exclude(oid="").values_list("path", "oid", "sha256"))
    return Known(
        revision=held.revision if _complete(model, held) else "",
        text_oids={path: oid for path, oid, _ in texts},
        text_sha256={path: sha256 for path, _, sha256 in texts},
    )


def _complete(model: Model, held: Snapshot) -> bool:
    unread = held.stated_licenses.filter(kind=StatementKind.LICENSE_FILE, sha256="")
    return model.has_access is not False and held.custom_code is not None and not unread.exists()
