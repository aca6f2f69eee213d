"""What one look at a model costs, and what is read with it."""

from governance.core.reading import Known, StatementKind
from governance.demo.hub import Hub, faults
from plugins.sources.huggingface import HuggingFace
from tests.plugins.sources.cast import drop, edit, read, stated


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
