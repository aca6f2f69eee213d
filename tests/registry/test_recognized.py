"""What was recognized in a text is kept with it, and found anew when the texts that are known change."""

from __future__ import annotations

import pytest

from governance.discovery import catalog
from governance.licensing.services import conclude, reconclude
from governance.registry.recognized import outdated, recognition_of, recognized
from tests.registry.readings import MUCH_LATER, NOON, read, reading, registered, text_file
from tests.shared import shared

pytestmark = pytest.mark.django_db


def snapshot_with(path: str, text: str):
    return read(registered(), reading(texts=(text_file(path, text),))).snapshot


def llama() -> str:
    return shared("licenses", "texts", "llama3.1.txt").read_text("utf-8")


def test_it_is_kept_when_the_snapshot_is_taken() -> None:
    held = snapshot_with("LICENSE", llama()).texts.get()
    assert held.recognition["key"] == "llama3.1"
    assert held.recognized_by == catalog().index.digest
    assert recognition_of(held).match == "exact"


def test_cards_are_not_taken_for_licenses() -> None:
    assert snapshot_with("README.md", llama()).texts.get().recognition is None


def test_a_text_that_was_kept_before_is_recognized_when_it_is_asked_for() -> None:
    snapshot = snapshot_with("LICENSE", llama())
    snapshot.texts.update(recognition=None, recognized_by="")
    assert outdated([snapshot]).count() == 1
    ((_, found),) = recognized(snapshot.texts.all())
    assert (found.key, recognition_of(snapshot.texts.get()).key) == ("llama3.1", "llama3.1")
    assert not outdated([snapshot]).exists()


def test_a_license_follows_from_more_texts_that_are_known() -> None:
    snapshot = snapshot_with("LICENSE", llama())
    snapshot.texts.update(recognition={"match": "none"}, recognized_by="of yesterday")
    assert [one.license for one in reconclude(snapshots=[snapshot], now=NOON)] == ["llama3.1"]


def test_a_changed_text_concludes_nothing() -> None:
    snapshot = snapshot_with("LICENSE", llama().replace("700 million", "900 million"))
    found = conclude(snapshot=snapshot, now=MUCH_LATER)
    assert found.license == ""
    assert "is near the Llama 3.1" in found.reason
