"""The hostile sequences of one name over time: each step is noticed, and nothing is carried over."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from governance.core.reading import SourceError
from governance.demo.hub import Hub, hub_server
from governance.licensing.services import conclude, notice_license_change
from governance.registry.models import Change, Model, Snapshot
from governance.registry.services import (
    apply_failure,
    apply_reading,
    look_at,
    register_model,
    resolve_revision,
)
from tests.registry.readings import NOON, A, B, kinds
from tests.shared import shared

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture(autouse=True)
def _served(hub: Hub, settings: Any) -> Iterator[None]:
    with hub_server(hub) as address:
        settings.SOURCE_OPTIONS = {"endpoint": address, "token": "", "timeout": 2}
        yield


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    script = shared("hostile", "make_corpus.py")
    options = ["--out", str(tmp_path / "corpus"), "--markers", str(tmp_path / "markers")]
    subprocess.run([sys.executable, str(script), *options], check=True, capture_output=True, timeout=100)
    return tmp_path / "corpus" / "dev"


def play(hub: Hub, states: list[dict[str, Any]]) -> list[list[Change]]:
    """Show one state after the other, look each time, and tell what was noticed."""
    noticed = []
    for hours, shown in enumerate(states):
        show(hub, shown)
        noticed.append(look_once(NOON + timedelta(hours=hours)))
    return noticed


def show(hub: Hub, shown: dict[str, Any]) -> None:
    held = hub.repositories.get("acme/m")
    if held and held.hub_id != shown.get("_id"):
        hub.delete("acme/m")
    if "_id" in shown:
        if not held or held.hub_id != shown["_id"]:
            hub.create("acme/m", card={}, hub_id=shown["_id"])
        card = shown.get("cardData", {"license": "mit"})
        hub.push("acme/m", {"model.safetensors": 1000}, card=card, commit_id=shown["sha"])


def look_once(now: Any) -> list[Change]:
    model = register_model(source="huggingface", repo_id="acme/m", now=now)[0]
    try:
        found = look_at(model)
    except SourceError as error:
        return apply_failure(model=model, error=error, now=now)
    synced = apply_reading(model=model, reading=found.reading, ref="main", now=now, history=found.history)
    conclude(snapshot=synced.snapshot, now=now)
    changed = notice_license_change(snapshot=synced.snapshot, now=now)
    return [*synced.changes, *([changed] if changed else [])]


def states(corpus: Path, case: str) -> list[dict[str, Any]]:
    return json.loads((corpus / case / "hub.json").read_text("utf-8"))["sequence"]


def test_a_name_that_was_deleted_and_taken_again_is_another_model(hub: Hub, corpus: Path) -> None:
    noticed = play(hub, states(corpus, "N01-reuse"))
    assert [kinds(changes) for changes in noticed] == [[], ["state_changed"], ["replaced"]]
    old, new = Model.objects.order_by("id")
    assert (old.state, new.state) == ("replaced", "available")
    assert (old.latest_snapshot.revision, new.latest_snapshot.revision) == (A, B)
    assert resolve_revision(new, A) is None


def test_a_branch_that_moved_leaves_the_commit_that_was_judged(hub: Hub, corpus: Path) -> None:
    noticed = play(hub, states(corpus, "N02-main"))
    assert [kinds(changes) for changes in noticed] == [[], ["branch_moved"]]
    model = Model.objects.get()
    assert resolve_revision(model, A).revision == A
    assert resolve_revision(model, "main").revision == B


def test_a_license_that_changed_in_a_later_commit_is_told(hub: Hub, corpus: Path) -> None:
    noticed = play(hub, states(corpus, "N03-licflip"))
    assert [kinds(changes) for changes in noticed] == [[], ["branch_moved", "license_changed"]]
    licenses = [one.conclusions.get(current=True).license for one in Snapshot.objects.order_by("id")]
    assert licenses == ["apache-2.0", ""]
