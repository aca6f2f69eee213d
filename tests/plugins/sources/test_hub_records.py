"""Answers of the real Hub, as recorded, are read whole."""

import json
from typing import Any

import pytest

from governance.core.reading import Known, Reading, SourceError
from plugins.sources._hub_info import ModelInfo
from plugins.sources._hub_reading import SnapshotReader
from plugins.sources._hub_wire import HubWire
from tests.plugins.sources.cast import check_types
from tests.shared import shared

KINDS = (("tag", "license"), ("license_name", "license_name"), ("license_link", "license_link"))


def records() -> list[dict[str, Any]]:
    """As served: remarks of the collectors stripped, sizes added where only names were recorded."""
    lines = shared("hub", "models.jsonl").read_text().splitlines()
    found = json.loads(shared("hub", "hub_api_records_sample.json").read_text()) + [
        json.loads(x) for x in lines
    ]
    return [served(record) for record in found if record.get("sha")]


def served(record: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in record.items() if not key.startswith("_") or key == "_id"}
    files = [{"size": 1, **file} for file in record.get("siblings") or [] if "/" in file["rfilename"]]
    return {**kept, "siblings": files}


def reading_of(record: dict[str, Any]) -> Reading:
    """No texts are asked for: only files in folders are listed."""
    wire = HubWire("http://127.0.0.1:1", "", timeout=0.2, total=0.5)
    return SnapshotReader(wire, ModelInfo(record), asked_id=record["id"], ref="main").snapshot(Known())


def test_every_recorded_model_is_read() -> None:
    for record in records():
        reading = reading_of(record)
        check_types(reading)
        assert reading.repo_id == record["id"]
        assert (reading.gated in ("", "auto", "manual")) == ("gated" in record)


def test_every_stated_license_is_found() -> None:
    for record in records():
        card = record.get("cardData") or {}
        stated = {(str(s.kind), s.value) for s in reading_of(record).statements}
        for kind, name in KINDS:
            assert card.get(name) is None or (kind, card[name]) in stated


def test_every_stated_base_is_found() -> None:
    for record in records():
        stated = (record.get("cardData") or {}).get("base_model") or []
        bases = {stated} if isinstance(stated, str) else set(stated)
        reading = reading_of(record)
        found = {edge.repo_id for edge in reading.ancestors} | {record["id"]}
        assert bases <= found or any("no model id" in problem for problem in reading.problems)


def test_a_record_without_commit_is_refused() -> None:
    with pytest.raises(SourceError, match="commit"):
        ModelInfo({"id": "acme/m"})
