"""What one look at a model of a hub says, and what it costs."""

import hashlib
import json
from datetime import UTC, datetime

import pytest

from governance.core.reading import Known, Reading, Relation, SourceError, SourceState, StatementKind
from governance.demo.hub import Hub, faults
from plugins.sources.huggingface import HuggingFace
from tests.plugins.sources.conftest import LICENSE, TOKEN

INFO = "/api/models/*/revision/*"
NOTHING = Known()


def read(source: HuggingFace, model: str = "acme/m", revision: str = "main") -> Reading:
    return source.read(model, revision, NOTHING)


def stated(reading: Reading) -> list[tuple[str, str]]:
    return [(str(statement.kind), statement.value) for statement in reading.statements]


def refused(source: HuggingFace, model: str = "acme/m", revision: str = "main") -> SourceError:
    with pytest.raises(SourceError) as caught:
        source.read(model, revision, NOTHING)
    return caught.value


def edit(hub: Hub, **keys: object) -> None:
    """The answer for the model has these keys instead."""
    hub.fail(faults.edited(lambda info: {**info, **keys}), INFO)


def drop(hub: Hub, *keys: str) -> None:
    hub.fail(faults.edited(lambda info: {k: v for k, v in info.items() if k not in keys}), INFO)


# ---------------------------------------------------------------- what it says


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


# ---------------------------------------------------------------- what it costs


def test_an_unchanged_model_costs_one_request(hub: Hub, source: HuggingFace) -> None:
    first = read(source)
    hub.change("acme/m", gated="auto")
    hub.forget()
    again = source.read("acme/m", "main", Known(revision=first.revision))
    assert (again.unchanged, again.gated, again.files, again.requests) == (True, "auto", (), 1)
    assert hub.count() == 1


def test_a_model_of_any_size_costs_at_most_three(hub: Hub, source: HuggingFace) -> None:
    shards: dict[str, bytes | int | None] = {f"model-{i:05}.safetensors": 5_000_000_000 for i in range(500)}
    policies = {"USE_POLICY.md": b"..", "NOTICE": b"..", "LICENSE-CODE": b"code", "LICENSE-MODEL": b"model"}
    hub.push("acme/m", {**shards, **policies})
    reading = read(source)
    assert (reading.requests, hub.count()) == (3, 3)
    assert len(reading.files) == 508
    assert [text.path for text in reading.texts] == ["LICENSE", "LICENSE-MODEL"]
    assert reading.problems == (
        "'LICENSE-CODE' was not read: a snapshot costs at most 3 requests.",
        "'USE_POLICY.md' was not read: a snapshot costs at most 3 requests.",
    )


def test_weights_are_never_read(hub: Hub, source: HuggingFace) -> None:
    read(source)
    assert hub.count("*safetensors*") == 0


def test_a_license_that_is_held_already_is_not_read_again(hub: Hub, source: HuggingFace) -> None:
    first = read(source)
    text = next(text for text in first.texts if text.path == "LICENSE")
    hub.push("acme/m", {"more.txt": b".."})
    hub.forget()
    known = Known(first.revision, {"LICENSE": text.oid}, {"LICENSE": text.sha256})
    second = source.read("acme/m", "main", known)
    assert second.revision != first.revision
    assert hub.count("/acme/m/resolve/*/LICENSE") == 0
    assert [s.sha256 for s in second.statements if s.kind is StatementKind.LICENSE_FILE] == [text.sha256]


def test_a_changed_license_is_read(hub: Hub, source: HuggingFace) -> None:
    first = read(source)
    oids = {text.path: text.oid for text in first.texts}
    hub.push("acme/m", {"LICENSE": b"Other terms.\n"})
    second = source.read("acme/m", "main", Known(first.revision, oids))
    assert "Other terms.\n" in [text.text for text in second.texts]


def test_a_card_that_the_hub_did_not_read_is_read_by_us(hub: Hub, source: HuggingFace) -> None:
    hub.push("acme/m", {"README.md": b"---\nlicense: other\nlicense_name: ours\n---\n"})
    edit(hub, cardData=None, tags=[])
    reading = read(source)
    assert stated(reading)[:2] == [("tag", "other"), ("license_name", "ours")]
    assert reading.requests == 3


def test_a_hostile_card_is_a_problem_and_the_reading_stays(hub: Hub, source: HuggingFace) -> None:
    hub.push("acme/m", {"README.md": b"---\nlicense: mit\nlicense: other\n---\n"})
    edit(hub, cardData=["not", "a", "card"], tags=[])
    reading = read(source)
    assert stated(reading) == [("license_file", "LICENSE")]
    assert "The card states 'license' more than once (line 3)." in reading.problems


def test_missing_siblings_are_taken_from_the_tree(hub: Hub, source: HuggingFace) -> None:
    whole = read(source)
    drop(hub, "siblings")
    hub.forget()
    reading = read(source)
    assert {file.path: file for file in reading.files} == {file.path: file for file in whole.files}
    assert [text.path for text in reading.texts] == ["LICENSE"]
    assert (reading.requests, hub.count()) == (3, 3)


def test_siblings_without_sizes_are_taken_from_the_tree(hub: Hub, source: HuggingFace) -> None:
    names = [{"rfilename": "LICENSE"}, {"rfilename": "model.safetensors"}]
    edit(hub, siblings=names)
    assert all(file.size is not None for file in read(source).files)
    hub.fail(faults.status(404), "/api/models/*/tree/*")
    reading = read(source)
    assert [file.path for file in reading.files] == ["LICENSE", "model.safetensors"]
    assert "The hub does not say how large the files are." in reading.problems


def test_a_tree_of_many_pages_is_cut_and_said(hub: Hub, source: HuggingFace) -> None:
    hub.page_size = 2
    drop(hub, "siblings")
    reading = read(source)
    assert len(reading.files) == 2
    assert "incomplete" in reading.problems[0]
    hub.heal()
    drop(hub, "siblings", "config")
    assert read(source).custom_code is None
    assert reading.requests <= 3


def test_a_text_that_is_too_large_is_not_read(hub: Hub, source: HuggingFace) -> None:
    hub.push("acme/m", {"LICENSE": b"x" * 3_000_000})
    reading = read(source)
    assert "at most 2,097,152 are read" in reading.problems[0]
    assert hub.count("*/LICENSE") == 0


def test_a_text_that_is_larger_than_it_said_is_refused(hub: Hub, source: HuggingFace) -> None:
    hub.fail(faults.huge(8, announced=False), "*/LICENSE")
    assert "more than 2,097,152 bytes" in read(source).problems[0]


# ---------------------------------------------------------------- identity


def test_a_renamed_model_answers_under_its_new_name(hub: Hub, source: HuggingFace) -> None:
    hub.rename("acme/m", "acme/new")
    reading = read(source)
    assert (reading.asked_id, reading.repo_id) == ("acme/m", "acme/new")
    assert all(file.size for file in reading.files if file.path != "README.md")
    assert [text.path for text in reading.texts] == ["LICENSE", "config.json"]
    assert (reading.requests, hub.count()) == (4, 4)


def test_a_rename_that_names_only_the_model_keeps_the_question(hub: Hub, source: HuggingFace) -> None:
    first = hub.push("acme/m", {"LICENSE": b"first"})
    hub.push("acme/m", {"LICENSE": b"second"})
    hub.create("acme/new")
    hub.rename("acme/m", "acme/other")
    hub.fail(faults.redirected("/api/models/acme/other"), "/api/models/acme/m/*")
    assert read(source, revision=first).revision == first


def test_another_model_under_an_old_name_has_another_id(hub: Hub, source: HuggingFace) -> None:
    first = read(source)
    hub.delete("acme/m")
    hub.create("acme/m", hub_id="66aa00000000000000000099")
    assert read(source).hub_id != first.hub_id


def test_a_commit_of_sixty_four_characters_is_a_commit(hub: Hub, source: HuggingFace) -> None:
    commit = hub.push("acme/m", {"a.txt": b"a"}, commit_id="ab" * 32)
    assert read(source).revision == commit
    assert read(source, revision=commit).revision == commit


def test_a_moved_branch_gives_the_new_commit(hub: Hub, source: HuggingFace) -> None:
    first = read(source).revision
    moved = hub.push("acme/m", {"a.txt": b"a"})
    assert read(source).revision == moved != first
    assert read(source, revision=first).revision == first


def test_a_tag_and_a_branch_with_a_slash_can_be_asked_for(hub: Hub, source: HuggingFace) -> None:
    commit = hub["acme/m"].branches["main"]
    hub.tag("acme/m", "v1.0", commit)
    hub.move_branch("acme/m", "refs/pr/1", commit)
    assert read(source, revision="v1.0").revision == commit
    assert read(source, revision="refs/pr/1").revision == commit


def test_another_commit_than_the_asked_one_is_refused(hub: Hub, source: HuggingFace) -> None:
    commit = hub["acme/m"].branches["main"]
    edit(hub, sha="b" * 40)
    error = refused(source, revision=commit)
    assert error.state is SourceState.INVALID
    assert "answered with" in str(error)


@pytest.mark.parametrize("sha", [None, "", 7, "main", "A" * 40, "a" * 65, "a" * 40 + "\n", ["a"]])
def test_what_is_no_commit_id_is_refused(hub: Hub, source: HuggingFace, sha: object) -> None:
    edit(hub, sha=sha)
    assert refused(source).state is SourceState.INVALID


@pytest.mark.parametrize("repo_id", [None, "", 7, "../x", "a/b/c", "a/..", "acme/m\n", ["acme/m"]])
def test_what_is_no_model_id_is_refused(hub: Hub, source: HuggingFace, repo_id: object) -> None:
    edit(hub, id=repo_id)
    assert refused(source).state is SourceState.INVALID


def test_a_hub_without_ids_of_its_own_is_a_problem(hub: Hub, source: HuggingFace) -> None:
    drop(hub, "_id")
    reading = read(source)
    assert reading.hub_id == ""
    assert "re-used name" in reading.problems[0]


@pytest.mark.parametrize(
    "model", ["", "../etc/passwd", "a/b/c", "acme/m?x=1", "acme/m\r\nX: y", "http://x/y", "a b"]
)
def test_a_wrong_model_id_is_never_sent(hub: Hub, source: HuggingFace, model: str) -> None:
    error = refused(source, model)
    assert error.state is SourceState.INVALID
    assert str(error).isprintable()
    assert hub.count() == 0


@pytest.mark.parametrize("revision", ["a\nb", "x" * 300, "\x00"])
def test_a_wrong_revision_is_never_sent(hub: Hub, source: HuggingFace, revision: str) -> None:
    assert refused(source, revision=revision).state is SourceState.INVALID
    assert hub.count() == 0


# ---------------------------------------------------------------- access


def test_a_gated_model_is_read_and_its_license_text_is_a_problem(hub: Hub, source: HuggingFace) -> None:
    hub.change("acme/m", gated="manual")
    reading = read(source)
    assert reading.gated == "manual"
    assert reading.files
    assert [s.sha256 for s in reading.statements if s.kind is StatementKind.LICENSE_FILE] == [""]
    assert reading.problems == (
        "'LICENSE' could not be read. "
        "The model is gated and the hub does not give access with the token in use.",
    )


def test_access_granted_and_revoked(hub: Hub, source: HuggingFace, anybody: HuggingFace) -> None:
    hub.change("acme/m", gated="manual")
    assert not source.has_access("acme/m")
    hub.grant_access("acme/m", "alice")
    assert source.has_access("acme/m")
    assert not anybody.has_access("acme/m")
    assert "LICENSE" in [text.path for text in read(source).texts]
    hub.revoke_access("acme/m", "alice")
    assert not source.has_access("acme/m")


def test_access_to_a_missing_model_is_an_error_and_no_answer(source: HuggingFace) -> None:
    with pytest.raises(SourceError):
        source.has_access("acme/none")


@pytest.mark.parametrize("token", ["", None])
def test_anonymous_sends_no_header(hub: Hub, address: str, token: str | None) -> None:
    read(HuggingFace({"endpoint": address, "token": token}))
    assert {entry.request.authorization for entry in hub.asked()} == {""}


def test_the_token_goes_with_every_question(hub: Hub, source: HuggingFace) -> None:
    read(source)
    assert {entry.request.authorization for entry in hub.asked()} == {f"Bearer {TOKEN}"}


# ---------------------------------------------------------------- history and changes


def test_history_has_every_page(hub: Hub, source: HuggingFace) -> None:
    hub.page_size = 2
    commits = [hub.push("acme/m", {"n.txt": str(i).encode()}) for i in range(5)]
    history = source.history("acme/m", "main")
    assert list(history[:5]) == commits[::-1]
    assert len(history) == 7


def test_history_that_was_rewritten_lacks_the_old_commit(hub: Hub, source: HuggingFace) -> None:
    old = read(source).revision
    hub.rewrite_history("acme/m")
    assert old not in source.history("acme/m", "main")
    assert refused(source, revision=old).state is SourceState.REVISION_NOT_FOUND


def test_a_history_that_is_too_long_to_read_cannot_tell(hub: Hub, source: HuggingFace) -> None:
    hub.page_size = 1
    for i in range(25):
        hub.push("acme/m", {"n.txt": str(i).encode()})
    assert source.history("acme/m", "main") == ()
    assert hub.count("*/commits/*") == 20


@pytest.mark.parametrize("commits", [{}, [{}], [None], [{"id": "../x"}], "x"])
def test_a_history_that_is_none_is_refused(hub: Hub, source: HuggingFace, commits: object) -> None:
    hub.fail(faults.edited(lambda _: commits), "*/commits/*")
    with pytest.raises(SourceError):
        source.history("acme/m", "main")


def test_changes_since(hub: Hub, source: HuggingFace) -> None:
    hub.create("acme/old")
    hub.push("acme/m", {"n.txt": b"n"}, date=datetime(2026, 1, 2, tzinfo=UTC))
    hub.push("acme/old", {"n.txt": b"n"}, date=datetime(2025, 1, 2, tzinfo=UTC))
    assert list(source.changes(datetime(2026, 1, 1, tzinfo=UTC))) == ["acme/m"]


def test_changes_of_some_authors_only(hub: Hub, address: str) -> None:
    hub.create("other/m")
    since = datetime(2000, 1, 1, tzinfo=UTC)
    assert list(HuggingFace({"endpoint": address, "authors": ["other"]}).changes(since)) == ["other/m"]


def test_a_hostile_item_does_not_end_the_changes(hub: Hub, source: HuggingFace) -> None:
    hub.fail(faults.edited(lambda items: [None, 7, {"id": "../x"}, {"cardData": 1}, *items]), "/api/models")
    assert list(source.changes(datetime(2000, 1, 1, tzinfo=UTC))) == ["acme/m"]


def test_changes_end_after_some_pages(hub: Hub, source: HuggingFace) -> None:
    hub.page_size = 1
    for i in range(15):
        hub.create(f"acme/m{i}")
    assert len(list(source.changes(datetime(2000, 1, 1, tzinfo=UTC)))) == 10


# ---------------------------------------------------------------- options


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"endpoint": "ftp://hub"}, "endpoint"),
        ({"endpoint": "hub.example"}, "endpoint"),
        ({"endpoint": "http://user:secret@hub"}, "endpoint"),
        ({"endpoint": "https://hub?x=1"}, "endpoint"),
        ({"endpoint": "https://hub:99999"}, "endpoint"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": "ten"}, "timeout"),
        ({"timeout": True}, "timeout"),
        ({"total_seconds": 1000}, "total_seconds"),
        ({"authors": "acme"}, "authors"),
        ({"authors": [7]}, "authors"),
        ({"token": "hf_a\r\nX-Admin: 1"}, "token"),
        ({"token": "hf_ä"}, "token"),
    ],
)
def test_options_that_cannot_work_are_refused_by_name(options: dict[str, object], says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        HuggingFace(options)
    assert "secret" not in str(caught.value)
    assert "hf_" not in str(caught.value)


def test_the_public_hub_is_the_default() -> None:
    assert HuggingFace({}).settings.endpoint == "https://huggingface.co"
    assert HuggingFace({}).settings.timeout == 10
