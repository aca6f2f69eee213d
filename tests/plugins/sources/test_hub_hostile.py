"""Hostile inputs of the shared corpus, class by class, through a served Hub."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.core.reading import Known, Reading, SourceError, SourceState
from governance.demo.hub import Answer, Fault, Hub, Request, faults
from plugins.sources._hub_info import ModelInfo
from plugins.sources._hub_reading import SnapshotReader
from plugins.sources._hub_wire import HubWire
from plugins.sources.huggingface import HuggingFace
from tests.hostile import case, case_json, markers
from tests.plugins.sources.cast import check_types
from tests.plugins.sources.conftest import TOKEN

INFO = "/api/models/*/revision/*"


def serve(hub: Hub, folder: Path) -> None:
    """The files of a case as acme/case; large ones by their size only."""
    hub.create("acme/case")
    small = {p.name: p.read_bytes() for p in folder.iterdir() if p.stat().st_size < 8_000_000}
    hub.push("acme/case", {p.name: small.get(p.name, p.stat().st_size) for p in folder.iterdir()}, card={})


def replayed(states: list[dict[str, Any]]) -> Fault:
    """One state after the other, each as the whole answer."""
    left = list(states)

    def answer(request: Request, right: Answer) -> Answer:
        state = left.pop(0)
        if "status" in state:
            return Answer(state["status"], {"X-Error-Code": "RepoNotFound"})
        return Answer(200, {}, json.dumps(state).encode())

    return answer


@pytest.mark.parametrize("name", ["H01-dotdot", "H02-abs", "H03-nl"])
def test_names_that_leave_their_folder_are_refused(hub: Hub, source: HuggingFace, name: str) -> None:
    answer = case_json(name)["model_info"]
    hub.fail(faults.edited(lambda _: answer), INFO)
    with pytest.raises(SourceError) as caught:
        source.read("acme/m", "main", Known())
    assert caught.value.state is SourceState.INVALID
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "path",
    [
        "a/../b",
        "./a",
        "a//b",
        "/a",
        "\\\\host\\a",
        "..\\a",
        "C:\\a",
        "c:a",
        "a\rb",
        "a\u202eb",
        "",
        "x" * 2000,
    ],
)
def test_other_names_of_that_class_are_refused(hub: Hub, source: HuggingFace, path: str) -> None:
    hub.fail(faults.edited(lambda info: {**info, "siblings": [{"rfilename": path, "size": 1}]}), INFO)
    with pytest.raises(SourceError, match="The hub lists a file"):
        source.read("acme/m", "main", Known())


def test_one_name_with_two_contents_is_refused(hub: Hub, source: HuggingFace) -> None:
    twice = [{"rfilename": "a.bin", "size": 1}, {"rfilename": "a.bin", "size": 2}]
    hub.fail(faults.edited(lambda info: {**info, "siblings": twice}), INFO)
    with pytest.raises(SourceError, match="twice"):
        source.read("acme/m", "main", Known())


@pytest.mark.parametrize("name", ["J01-laughs", "J02-tag", "J03-huge", "J04-norway"])
def test_hostile_cards_give_no_license(hub: Hub, address: str, name: str) -> None:
    serve(hub, case(name))
    hub.fail(faults.edited(lambda info: {**info, "cardData": None, "tags": []}), INFO)
    start = time.monotonic()
    reading = HuggingFace({"endpoint": address}).read("acme/case", "main", Known())
    assert time.monotonic() - start < 5
    assert reading.problems
    assert not [s for s in reading.statements if s.value in ("mit", "False", "false", "no")]
    assert markers() == []


def test_a_card_with_keys_that_break_the_client_is_read(hub: Hub, source: HuggingFace) -> None:
    card = {"ignore_metadata_errors": True, "license": "mit", "model-index": [[]], "eval_results": 7}
    hub.fail(faults.edited(lambda info: {**info, "cardData": card, "safetensors": {}, "siblings": []}), INFO)
    assert [s.value for s in source.read("acme/m", "main", Known()).statements][-1] == "mit"


@pytest.mark.parametrize("name", ["E01-automap", "E02-attn"])
def test_code_named_by_the_configuration_is_seen(hub: Hub, source: HuggingFace, name: str) -> None:
    serve(hub, case(name))
    assert source.read("acme/case", "main", Known()).custom_code is True
    assert markers() == []


def test_a_license_file_beside_another_tag_is_kept(hub: Hub, source: HuggingFace) -> None:
    serve(hub, case("K01-mismatch"))
    reading = source.read("acme/case", "main", Known())
    assert "700 million" in next(text.text for text in reading.texts if text.path == "LICENSE")


def test_no_license_anywhere_is_no_statement(hub: Hub, source: HuggingFace) -> None:
    serve(hub, case("K03-none"))
    assert source.read("acme/case", "main", Known()).statements == ()


def test_a_name_used_anew_has_another_id(hub: Hub, source: HuggingFace) -> None:
    hub.fail(replayed(case_json("N01-reuse")["sequence"]), INFO)
    first = _bare(source)
    assert _bare(source) is SourceState.NOT_FOUND
    again = _bare(source)
    assert isinstance(first, Reading)
    assert isinstance(again, Reading)
    assert (first.hub_id, first.revision) != (again.hub_id, again.revision)


def test_a_license_that_flips_is_a_new_revision(hub: Hub, source: HuggingFace) -> None:
    hub.fail(replayed(case_json("N03-licflip")["sequence"]), INFO)
    first, second = _bare(source), _bare(source)
    assert isinstance(first, Reading)
    assert "The hub does not list the files of the model." in first.problems
    assert (first.files, first.custom_code) == ((), None)
    assert isinstance(second, Reading)
    assert first.revision != second.revision
    assert [s.value for s in first.statements] == ["apache-2.0"]
    assert [s.value for s in second.statements] == ["other", "nc"]


def _bare(source: HuggingFace) -> Reading | SourceState:
    try:
        return source.read("acme/m", "main", Known())
    except SourceError as error:
        return error.state


def test_a_slow_hub_is_left(hub: Hub, impatient: HuggingFace) -> None:
    (route,) = case_json("O04-slow")["routes"]
    hub.fail(faults.dripping(route["drip_s"]), INFO)
    assert _bare(impatient) is SourceState.UNREACHABLE


def test_five_faults_are_five_answers_and_then_it_works(hub: Hub, source: HuggingFace) -> None:
    fault, _ = case_json("O02-500")["routes"]
    hub.fail(faults.status(fault["status"]), INFO, times=fault["times"])
    assert [_bare(source) for _ in range(5)] == [SourceState.UNREACHABLE] * 5
    assert isinstance(_bare(source), Reading)


def test_a_wait_that_is_asked_for_is_handed_on(hub: Hub, source: HuggingFace) -> None:
    fault, _ = case_json("O01-429")["routes"]
    hub.fail(faults.too_many_requests(fault["headers"]["Retry-After"]), INFO)
    with pytest.raises(SourceError) as caught:
        source.read("acme/m", "main", Known())
    assert caught.value.retry_after == 30
    assert hub.count() == 1


# ---------------------------------------------------------------- any JSON anywhere

TEXT = st.text(max_size=8)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
GOOD: dict[str, Any] = {
    "_id": "66aa00000000000000000001",
    "id": "acme/m",
    "sha": "a" * 40,
    "gated": "auto",
    "private": False,
    "disabled": False,
    "lastModified": "2024-07-23T12:00:00.000Z",
    "pipeline_tag": "text-generation",
    "library_name": "transformers",
    "tags": ["license:mit", "base_model:a/one", "base_model:merge:a/one"],
    "config": {"auto_map": {"AutoModel": "m.X"}},
    "gguf": {"general.license": "mit"},
    "baseModels": {"relation": "merge", "models": [{"id": "a/one"}]},
    "siblings": [{"rfilename": "model.safetensors", "size": 1, "lfs": {"size": 1, "sha256": "b" * 64}}],
    "cardData": {
        "license": "mit",
        "license_name": "x",
        "license_link": "y",
        "base_model": ["a/one"],
        "base_model_relation": "merge",
        "pipeline_tag": "x",
        "library_name": "y",
    },
}
Path_ = tuple[str | int, ...]


def places(value: Any, path: Path_ = ()) -> list[Path_]:
    """Every place in a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] + [place for key, item in items for place in places(item, (*path, key))]


def put(value: Any, path: Path_, new: Any) -> Any:
    if not path:
        return new
    key, *rest = path
    changed = put(value[key], tuple(rest), new)
    if isinstance(value, dict):
        return {**value, key: changed}
    return [changed if number == key else item for number, item in enumerate(value)]


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(places(GOOD)), JSON)
def test_any_value_anywhere_gives_a_reading_or_a_source_error(place: Path_, value: Any) -> None:
    """Without a server: nothing listens at the endpoint, so whatever would be asked for is an error too."""
    wire = HubWire("http://127.0.0.1:1", "", timeout=0.2, total=0.5)
    try:
        info = ModelInfo(put(GOOD, place, value))
        reading = SnapshotReader(wire, info, asked_id="acme/m", ref="main").snapshot(Known())
    except SourceError as error:
        assert str(error).isprintable()  # noqa: PT017
    else:
        check_types(reading)


def test_the_good_answer_is_good(hub: Hub, address: str) -> None:
    hub.fail(faults.edited(lambda _: GOOD), INFO)
    reading = HuggingFace({"endpoint": address, "token": TOKEN}).read("acme/m", "main", Known())
    check_types(reading)
    assert reading.problems == ()
    assert reading.custom_code is True
