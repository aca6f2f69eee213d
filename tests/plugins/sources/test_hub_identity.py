"""Which model and which revision it is, and who may read it."""

import pytest

from governance.core.reading import SourceError, SourceState, StatementKind
from governance.demo.hub import Hub, faults
from plugins.sources.huggingface import HuggingFace
from tests.plugins.sources.cast import drop, edit, read, refused
from tests.plugins.sources.conftest import TOKEN


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
