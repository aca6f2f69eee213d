"""Which license a snapshot is under: concluded by the platform, or set by a person with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from governance.core import concluding as core
from governance.core import fields
from governance.core.card_prose import CARD
from governance.core.joined import joined, parts
from governance.core.reading import Statement, StatementKind
from governance.core.words import listed
from governance.discovery import catalog
from governance.licensing.models import Conclusion
from governance.licensing.terms import no_terms
from governance.registry.models import Change, ChangeKind, Model, Snapshot
from governance.registry.recognized import outdated, recognized
from governance.registry.services import previous_snapshot, record_license_change

MOST_REASON = 2000


@transaction.atomic
def conclude(*, snapshot: Snapshot, now: datetime) -> Conclusion:
    """The conclusion that counts; a new one only where it differs.

    What a person set stays, and goes along to a later snapshot that states exactly the same.
    """
    current = _current(snapshot)
    if current and current.author:
        return current
    if set_before := None if current else _set_for_the_same_statements(snapshot):
        reason, author = set_before.reason, set_before.author
        return _put(snapshot, core.Conclusion(set_before.license, reason), set_before.concluded_at, author)
    found = _found(snapshot)
    if current and _same(current, found):
        return current
    return _put(snapshot, found, now)


def reconclude(*, snapshots: Iterable[Snapshot], now: datetime) -> list[Conclusion]:
    """Conclude again, as after the catalog changed; only the conclusions that are new."""
    snapshots = list(snapshots)
    recognized(outdated(snapshots))
    before = current_licenses(snapshots)
    after = [conclude(snapshot=snapshot, now=now) for snapshot in snapshots]
    return [one for one in after if before.get(one.snapshot_id) != one]


@transaction.atomic
def override(*, snapshot: Snapshot, license: str, reason: str, author: str, now: datetime) -> Conclusion:
    """A person says which license holds, and why. The statements stay as they are."""
    faults = {}
    keys = parts(license)
    if not keys or (strange := [key for key in keys if key not in catalog().licenses]):
        cause = no_terms(strange[0] if keys else license)
        faults["license"] = [f"{cause[:1].upper()}{cause[1:]}."]
    if fault := _reason_fault(reason):
        faults["reason"] = [fault]
    if not author:
        faults["author"] = ["Who decides must be named."]
    if faults:
        raise ValidationError(faults)
    _current(snapshot)
    return _put(snapshot, core.Conclusion(joined(keys), reason.strip()), now, author)


def _reason_fault(reason: str) -> str:
    if not reason.strip():
        return "A reason is needed: it is shown wherever the license is."
    try:
        fields.text(MOST_REASON)(reason)
    except ValueError as fault:
        return str(fault)
    return ""


@transaction.atomic
def withdraw_override(*, snapshot: Snapshot, now: datetime) -> Conclusion:
    """Back to what the platform concludes."""
    current = _current(snapshot)
    if current is None or not current.author:
        raise ValidationError({"license": ["The license was not set by a person."]})
    return _put(snapshot, _found(snapshot), now)


def current_licenses(snapshots: Iterable[Snapshot]) -> dict[int, Conclusion]:
    """Snapshot id -> the conclusion that counts; a snapshot without one is left out."""
    ids = {snapshot.pk for snapshot in snapshots}
    return {one.snapshot_id: one for one in Conclusion.objects.filter(snapshot__in=ids, current=True)}


def under(key: str, field: str = "license") -> Q:
    """Concluded to be under a license, be it alone or together with others."""
    beside = {"startswith": f"{key} AND ", "endswith": f" AND {key}", "contains": f" AND {key} AND "}
    found = Q(**{field: key})
    for lookup, text in beside.items():
        found |= Q(**{f"{field}__{lookup}": text})
    return found


@transaction.atomic
def notice_license_change(*, snapshot: Snapshot, now: datetime) -> Change | None:
    """The change, recorded once, where the tracked branch moved to a snapshot under another license."""
    model = Model.objects.select_for_update(no_key=True).get(pk=snapshot.model_id)
    step = previous_snapshot(model) if model.latest_snapshot_id == snapshot.pk else None
    if step is None or _noticed(model, step.moved_at):
        return None
    concluded = current_licenses([snapshot, step.snapshot])
    if len(concluded) < 2:
        return None
    before, after = concluded[step.snapshot.pk].license, concluded[snapshot.pk].license
    if before == after:
        return None
    sentence = (
        f"{model.repo_id}: the license changed from {_named(before)} to {_named(after)}, "
        f"between {step.snapshot.revision[:12]} and {snapshot.revision[:12]}."
    )
    return record_license_change(model=model, before=before, after=after, sentence=sentence, now=now)


def _noticed(model: Model, since: datetime) -> bool:
    return model.changes.filter(kind=ChangeKind.LICENSE_CHANGED, seen_at__gte=since).exists()


def _named(key: str) -> str:
    known = catalog().licenses
    names = [known[part].name if part in known else part for part in parts(key)]
    return listed(names) if names else "none that is known"


def _current(snapshot: Snapshot) -> Conclusion | None:
    """Two workers never conclude one model at the same time: the row of the model is held meanwhile."""
    Model.objects.select_for_update(no_key=True).get(pk=snapshot.model_id)
    return Conclusion.objects.filter(snapshot=snapshot, current=True).first()


def _found(snapshot: Snapshot) -> core.Conclusion:
    rows = snapshot.stated_licenses.order_by("id")
    statements = [Statement(StatementKind(row.kind), row.value, row.sha256) for row in rows]
    texts = [(text.path, found) for text, found in recognized(snapshot.texts.order_by("id").defer("text"))]
    licenses = catalog().licenses
    card = snapshot.texts.filter(path=CARD).values_list("text", flat=True).first() or ""
    return core.conclude(
        repo_id=snapshot.repo_id, statements=statements, texts=texts, catalog=licenses, card=card
    )


def _same(current: Conclusion, found: core.Conclusion) -> bool:
    held = (current.license, current.reason, tuple(current.disagreements))
    return held == (found.license, found.reason, found.disagreements)


def _put(snapshot: Snapshot, found: core.Conclusion, now: datetime, author: str = "") -> Conclusion:
    Conclusion.objects.filter(snapshot=snapshot, current=True).update(current=False)
    return Conclusion.objects.create(
        snapshot=snapshot,
        license=found.license,
        reason=found.reason,
        disagreements=list(found.disagreements),
        concluded_at=now,
        author=author,
    )


def _set_for_the_same_statements(snapshot: Snapshot) -> Conclusion | None:
    """What a person set for the snapshot before this one, where both state the same."""
    stated = _stated(snapshot)
    of_model = Conclusion.objects.filter(snapshot__model=snapshot.model_id, current=True)
    latest = of_model.exclude(snapshot=snapshot).order_by("-snapshot_id").select_related("snapshot").first()
    if latest is None or not latest.author or stated is None:
        return None
    return latest if _stated(latest.snapshot) == stated else None


def _stated(snapshot: Snapshot) -> set[tuple[str, str, str]] | None:
    """None where a license file was not read: then nothing is certain to be the same."""
    stated = set(snapshot.stated_licenses.values_list("kind", "value", "sha256"))
    unread = any(kind == StatementKind.LICENSE_FILE and not sha256 for kind, _, sha256 in stated)
    return None if unread else stated
