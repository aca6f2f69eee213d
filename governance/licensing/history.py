"""Which license texts were seen, from which revision to which: a name may stay while its text changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, QuerySet

from governance.core.recognizing import governs_weights
from governance.licensing.concluding import under
from governance.licensing.models import Conclusion
from governance.licensing.texts import license_of
from governance.registry.models import Model, Text

MOST_TEXTS = 100


@dataclass(frozen=True)
class Sighting:
    repo_id: str
    revision: str
    at: datetime


@dataclass(frozen=True)
class SeenText:
    """One text under one name. `license`: the license that it is, word for word; empty for none known."""

    path: str
    sha256: str
    license: str
    first: Sighting
    last: Sighting
    revisions: int
    models: int


def texts_of_model(model: Model) -> list[SeenText]:
    """The license texts of every revision that was read, in the order in which they appeared."""
    return _seen(Text.objects.filter(snapshot__model=model))


def texts_of_license(key: str) -> list[SeenText]:
    """The texts that lay with models concluded to be under a license, whoever published them."""
    concluded = Conclusion.objects.filter(under(key), current=True).values("snapshot")
    return _seen(Text.objects.filter(snapshot__in=concluded))


def _seen(texts: QuerySet[Text]) -> list[SeenText]:
    spans = texts.values("path", "identity").annotate(
        first=Min("snapshot__synced_at"),
        last=Max("snapshot__synced_at"),
        revisions=Count("snapshot", distinct=True),
        models=Count("snapshot__model", distinct=True),
    )
    found = [one for one in spans.order_by("first", "path", "identity") if governs_weights(one["path"])]
    found = found[:MOST_TEXTS]
    rows = _rows(texts, {one["identity"] for one in found}, {at for one in found for at in _ends(one)})
    return [_one(span, rows[span["path"], span["identity"]]) for span in found]


def _ends(span: dict[str, datetime]) -> tuple[datetime, datetime]:
    return span["first"], span["last"]


def _rows(
    texts: QuerySet[Text], identities: Collection[str], instants: Collection[datetime]
) -> dict[tuple[str, str], list[Text]]:
    """The texts that stand at the ends of their spans."""
    rows = texts.filter(identity__in=identities, snapshot__synced_at__in=instants)
    found: dict[tuple[str, str], list[Text]] = {}
    rows = rows.select_related("snapshot").defer("text", "snapshot__raw")
    for row in rows.order_by("snapshot__synced_at", "pk"):
        found.setdefault((row.path, row.identity), []).append(row)
    return found


def _one(span: dict[str, int], rows: Sequence[Text]) -> SeenText:
    first, last = rows[0], rows[-1]
    return SeenText(
        path=first.path,
        sha256=first.sha256,
        license=license_of(last),
        first=_sighting(first),
        last=_sighting(last),
        revisions=span["revisions"],
        models=span["models"],
    )


def _sighting(text: Text) -> Sighting:
    return Sighting(text.snapshot.repo_id, text.snapshot.revision, text.snapshot.synced_at)
