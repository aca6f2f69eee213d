"""What one look at a model of a hub says."""

import hashlib
import json
from datetime import UTC, datetime

import pytest

from governance.core.reading import Relation, StatementKind
from governance.demo.hub import Hub
from plugins.sources.huggingface import HuggingFace
from tests.plugins.sources.cast import drop, edit, read, stated
from tests.plugins.sources.conftest import LICENSE


def test_a_reading_says_who_where_and_which_revision(hub: Hub, source: HuggingFace, address: str) -> None:
    reading = read(source)
    assert (reading.source, reading.endpoint) == ("huggingface", address)
    assert (reading.asked_id, reading.repo_id, reading.hub_id) == ("acme/m", "acme/m", hub["acme/m"].hub_id)
    assert (reading.ref, reading.revision) == ("main", hub["acme/m"].branches["main"])
    assert (reading.gated, reading.private, reading.disabled) == ("", False, False)
    assert reading.last_modified is not None
    assert reading.problems == ()


def test_files_have_sizes_and_hashes(source: HuggingFace) -> None:
    files = {file.path: file for file in read(source).files}
    assert set(files) == {"README.md", "LICENSE", "config.json", "model.safetensors"}
    assert files["model.safetensors"].size == 5_000_000
    assert len(files["model.safetensors"].sha256) == 64
    assert files["LICENSE"].sha256 == ""
    assert len(files["LICENSE"].oid) == 40


def test_the_license_text_comes_with_the_digest_of_its_bytes(source: HuggingFace) -> None:
    reading = read(source)
    digest = hashlib.sha256(LICENSE).hexdigest()
    text = next(text for text in reading.texts if text.path == "LICENSE")
    assert (text.text, text.sha256) == (LICENSE.decode(), digest)
    statement = next(s for s in reading.statements if s.kind is StatementKind.LICENSE_FILE)
    assert (statement.value, statement.sha256) == ("LICENSE", digest)


def test_every_stated_license_is_kept_apart(hub: Hub, source: HuggingFace) -> None:
    card = {"license": "other", "license_name": "acme", "license_link": "LICENSE"}
    edit(hub, tags=["license:mit", "license:other"], cardData=card, gguf={"general.license": "llama3"})
    assert stated(read(source)) == [
        ("tag", "mit"),
        ("tag", "other"),
        ("license_name", "acme"),
        ("license_link", "LICENSE"),
        ("gguf", "llama3"),
        ("license_file", "LICENSE"),
    ]


@pytest.mark.parametrize(
    ("license", "values"),
    [
        (False, ["false (a truth value, no text)"]),
        (True, ["true (a truth value, no text)"]),
        (2, ["2 (a number, no text)"]),
        ({"name": "mit"}, ['{"name": "mit"} (a structure, no text)']),
        (["mit", "apache-2.0"], ["mit", "apache-2.0"]),
        (None, []),
        ([], []),
        ("", []),
        ("mit", ["mit"]),
    ],
)
def test_a_license_of_any_type_is_stated_as_what_it_is(
    hub: Hub, source: HuggingFace, license: object, values: list[str]
) -> None:
    edit(hub, tags=[], cardData={"license": license})
    reading = read(source)
    assert [value for kind, value in stated(reading) if kind == "tag"] == values
    assert bool(reading.problems) == any("no text" in value for value in values)


def test_ancestors_come_from_tags_card_and_base_models(hub: Hub, source: HuggingFace) -> None:
    edit(
        hub,
        tags=["base_model:a/one", "base_model:quantized:a/one", "base_model:a/two", "base_model:new:a/three"],
        cardData={"base_model": ["a/one", "https://huggingface.co/a/four"], "base_model_relation": "merge"},
        baseModels={"relation": "adapter", "models": [{"_id": "1", "id": "a/five"}]},
    )
    edges = [(edge.repo_id, edge.relation, edge.stated_in) for edge in read(source).ancestors]
    assert edges == [
        ("a/one", Relation.QUANTIZED, "tag"),
        ("a/two", Relation.UNKNOWN, "tag"),
        ("a/three", Relation.UNKNOWN, "tag"),
        ("a/one", Relation.MERGE, "card"),
        ("a/four", Relation.MERGE, "card"),
        ("a/five", Relation.ADAPTER, "base_models"),
    ]


def test_base_models_may_be_a_list(hub: Hub, source: HuggingFace) -> None:
    edit(hub, baseModels=["a/one"])
    assert [edge.repo_id for edge in read(source).ancestors] == ["a/one"]


def test_a_base_model_that_is_no_id_is_a_problem(hub: Hub, source: HuggingFace) -> None:
    edit(hub, cardData={"base_model": ["../../etc", 7, "acme/m"]})
    reading = read(source)
    assert reading.ancestors == ()
    assert len(reading.problems) == 2


def test_too_many_ancestors_are_cut_and_said(hub: Hub, source: HuggingFace) -> None:
    edit(hub, cardData={"base_model": [f"a/m{i}" for i in range(500)]})
    reading = read(source)
    assert len(reading.ancestors) == 64
    assert "500 ancestors" in reading.problems[0]


@pytest.mark.parametrize(
    ("keys", "kinds"),
    [
        ({"pipeline_tag": "text-generation"}, ("text",)),
        ({"pipeline_tag": "image-text-to-text"}, ("text", "image")),
        ({"pipeline_tag": "automatic-speech-recognition"}, ("text", "audio")),
        ({"pipeline_tag": "image-to-video"}, ("image", "video")),
        ({"pipeline_tag": "any-to-any"}, ()),
        ({"pipeline_tag": ["text-generation"]}, ()),
        ({"pipeline_tag": None, "cardData": {"pipeline_tag": "fill-mask"}}, ("text",)),
        ({"pipeline_tag": None, "tags": ["text-to-image", "gguf"]}, ("text", "image")),
        ({"pipeline_tag": None, "library_name": "timm"}, ("image",)),
        ({"pipeline_tag": None, "library_name": "transformers"}, ()),
    ],
)
def test_modalities(hub: Hub, source: HuggingFace, keys: dict[str, object], kinds: tuple[str, ...]) -> None:
    edit(hub, **keys)
    assert read(source).modalities == kinds


@pytest.mark.parametrize(
    ("reported", "config", "custom_code"),
    [
        ({"model_type": "x"}, {"model_type": "x"}, False),
        ({"auto_map": {"AutoModel": "m.X"}}, {"model_type": "x"}, True),
        ({"model_type": "x"}, {"auto_map": {"AutoModel": "m.X"}}, True),
        (None, {"auto_map": {"AutoModel": "m.X"}}, True),
        (None, {"auto_map": {}}, False),
        (None, {"text_config": {"auto_map": {"AutoModel": "m.X"}}}, True),
        (None, {"_attn_implementation_internal": "evil-org/kernel"}, True),
        (None, {"_attn_implementation": "eager"}, False),
        (None, {}, False),
        ({}, None, None),
    ],
)
def test_custom_code(
    hub: Hub, source: HuggingFace, reported: object, config: object, custom_code: bool | None
) -> None:
    hub.add_file("acme/m", "config.json", b"{" if config is None else json.dumps(config).encode())
    edit(hub, config=reported)
    assert read(source).custom_code is custom_code


def test_without_configuration_and_code_files_there_is_no_custom_code(hub: Hub, source: HuggingFace) -> None:
    hub.create("acme/gguf")
    assert read(source, "acme/gguf").custom_code is False
    hub.push("acme/gguf", {"pipeline.py": b"pass"})
    assert read(source, "acme/gguf").custom_code is None


@pytest.mark.parametrize(
    ("gated", "kept"),
    [
        (False, ""),
        ("auto", "auto"),
        ("manual", "manual"),
        (True, "manual"),
        ("later", "unstated"),
        (None, "unstated"),
    ],
)
def test_gated(hub: Hub, source: HuggingFace, gated: object, kept: str) -> None:
    edit(hub, gated=gated)
    assert read(source).gated == kept


def test_a_missing_gated_is_not_an_open_model(hub: Hub, source: HuggingFace) -> None:
    drop(hub, "gated")
    assert read(source).gated == "unstated"


@pytest.mark.parametrize("value", [True, 1, "no", [1]])
def test_disabled_is_no_only_when_it_says_no(hub: Hub, source: HuggingFace, value: object) -> None:
    edit(hub, disabled=value, private=value)
    reading = read(source)
    assert (reading.disabled, reading.private) == (True, True)


@pytest.mark.parametrize(
    ("said", "read_as"),
    [
        ("2024-07-23T12:00:00.000Z", datetime(2024, 7, 23, 12, tzinfo=UTC)),
        ("2024-07-23T14:00:00+02:00", datetime(2024, 7, 23, 12, tzinfo=UTC)),
        ("2024-07-23", datetime(2024, 7, 23, tzinfo=UTC)),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
        (20240723, None),
    ],
)
def test_dates(hub: Hub, source: HuggingFace, said: object, read_as: datetime | None) -> None:
    edit(hub, lastModified=said)
    assert read(source).last_modified == read_as


def test_the_raw_answer_is_kept_without_its_long_parts(hub: Hub, source: HuggingFace) -> None:
    edit(hub, widgetData=["x" * 1000], essay="x" * 1_000_000, deep=[[[[[[]]]]]] * 2)
    raw = read(source).raw
    assert raw["_id"] == hub["acme/m"].hub_id
    assert set(raw["_omitted"]) == {"essay", "siblings", "spaces", "widgetData"}
