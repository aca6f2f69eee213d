"""What was recognized in the texts of a snapshot: kept with each, and found anew when more are known."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from governance.core.card_prose import CARD
from governance.core.recognition import Recognition, recognize
from governance.discovery import catalog
from governance.registry.models import Snapshot, Text


def recognize_again(text: Text) -> None:
    """Fill in what is recognized now, without saving it."""
    index = catalog().index
    prose = text.path == CARD or text.path.endswith(".json")
    text.recognition = None if prose else recognize(text.text, index).kept()
    text.recognized_by = index.digest


def recognized(texts: Iterable[Text]) -> list[tuple[Text, Recognition]]:
    """Each text with what is recognized in it by the texts that are known today, which is kept."""
    found = list(texts)
    stale = [text for text in found if text.recognized_by != catalog().index.digest]
    for text in stale:
        recognize_again(text)
    Text.objects.bulk_update(stale, ["recognition", "recognized_by"])
    return [(text, recognition_of(text)) for text in found]


def recognition_of(text: Text) -> Recognition:
    """As it is kept."""
    return Recognition.from_kept(text.recognition) if text.recognition else Recognition()


def outdated(snapshots: Iterable[Snapshot]) -> QuerySet[Text]:
    """The texts of the snapshots that were recognized by other texts than are known today."""
    return Text.objects.filter(snapshot__in=snapshots).exclude(recognized_by=catalog().index.digest)
