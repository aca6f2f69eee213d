from __future__ import annotations

import pytest

from governance.core.reading import RepositoryFile, Statement, StatementKind
from governance.registry.models import Change, Snapshot
from governance.registry.services import known
from tests.registry.readings import (
    LATER,
    MUCH_LATER,
    NOON,
    A,
    B,
    C,
    kinds,
    parents,
    read,
    reading,
    registered,
    text_file,
    tracked,
)

pytestmark = pytest.mark.django_db

LICENSE = text_file("LICENSE", "You may do this.", oid="1" * 40)
LICENSE_BLOB = RepositoryFile("LICENSE", 16, oid="1" * 40)


class TestASnapshot:
    def test_keeps_what_the_revision_is(self) -> None:
        synced = read(registered(), reading(modalities=("text",), raw={"id": "acme/m"}, gated="auto"))
        snapshot = Snapshot.objects.get()
        assert synced.created
        assert synced.changes == []
        assert (snapshot.revision, snapshot.repo_id, snapshot.synced_at) == (A, "acme/m", NOON)
        assert (snapshot.files_count, snapshot.total_size) == (2, 1020)
        assert snapshot.formats == {"safetensors": 1, "text": 1}
        assert (snapshot.modalities, snapshot.gated, snapshot.custom_code) == (["text"], "auto", False)
        assert snapshot.raw == {"id": "acme/m"}
        assert snapshot.files.get(path="model.safetensors").sha256 == "e" * 64
        assert (synced.model.state, synced.model.latest_snapshot) == ("available", snapshot)
        assert synced.model.synced_at == NOON

    def test_keeps_every_statement_apart(self) -> None:
        stated = (
            Statement(StatementKind.TAG, "other"),
            Statement(StatementKind.LICENSE_NAME, "llama3.1"),
            Statement(StatementKind.LICENSE_LINK, "LICENSE"),
            Statement(StatementKind.LICENSE_FILE, "LICENSE", LICENSE.sha256),
        )
        snapshot = read(registered(), reading(statements=stated, texts=(LICENSE,))).snapshot
        rows = snapshot.stated_licenses.order_by("id").values_list("kind", "value", "sha256")
        assert list(rows) == [(str(s.kind), s.value, s.sha256) for s in stated]
        text = snapshot.texts.get()
        assert (text.path, text.text, text.oid) == ("LICENSE", "You may do this.", "1" * 40)
        assert len(text.identity) == 64

    def test_is_never_changed(self) -> None:
        snapshot = tracked().latest_snapshot
        with pytest.raises(TypeError, match="never changed"):
            snapshot.save()

    def test_says_nothing_of_sizes_that_were_not_all_given(self) -> None:
        files = (RepositoryFile("a.gguf", 5), RepositoryFile("b.gguf", None))
        assert read(registered(), reading(files=files)).snapshot.total_size is None

    def test_does_not_count_files_that_were_not_listed(self) -> None:
        snapshot = read(registered(), reading(files=())).snapshot
        assert (snapshot.files_count, snapshot.total_size, snapshot.formats) == (None, None, {})

    @pytest.mark.parametrize("size", [-1, 2**63, 10**30])
    def test_survives_impossible_sizes(self, size: int) -> None:
        snapshot = read(registered(), reading(files=(RepositoryFile("a.gguf", size),))).snapshot
        assert snapshot.files.get().size is None

    def test_ties_parents_that_are_tracked_under_any_name(self) -> None:
        base = tracked("meta/Base")
        base.aliases.create(repo_id="meta/Meta-Base", since=NOON)
        synced = read(registered(), reading(ancestors=parents("META/Meta-Base", "acme/m", "nobody/x")))
        tied = dict(synced.snapshot.edges.values_list("parent_repo_id", "parent"))
        assert tied["META/Meta-Base"] == base.pk
        assert tied["nobody/x"] is None
        assert synced.parents == [("META/Meta-Base", "finetune"), ("nobody/x", "finetune")]

    def test_of_a_revision_without_a_name_is_refused(self) -> None:
        synced = read(registered(), reading(revision="x" * 65))
        assert synced.snapshot is None
        assert synced.model.state == "invalid"


class TestAnUnchangedModel:
    def test_gets_no_other_snapshot(self) -> None:
        model = tracked(ancestors=parents("acme/base"))
        again = reading(hub_id=model.hub_id, unchanged=True, files=(), statements=())
        synced = read(model, again, now=LATER)
        assert not synced.created
        assert synced.snapshot == model.latest_snapshot
        assert synced.parents == [("acme/base", "finetune")]
        assert synced.model.synced_at == LATER
        assert synced.model.state_since == NOON
        assert not Change.objects.exists()

    def test_that_is_said_in_full_again_is_stored_once(self) -> None:
        model = registered()
        first, second = read(model, reading()), read(model, reading(), now=LATER)
        assert first.snapshot == second.snapshot
        assert not second.created
        assert second.snapshot.files.count() == 2
        assert second.snapshot.stated_licenses.count() == 1


class TestAText:
    def test_that_did_not_change_is_carried_over_by_its_blob_id(self) -> None:
        stated = Statement(StatementKind.LICENSE_FILE, "LICENSE", LICENSE.sha256)
        first = reading(files=(LICENSE_BLOB,), texts=(LICENSE,), statements=(stated,))
        model = read(registered(), first).model
        assert known(model, "main").text_oids == {"LICENSE": "1" * 40}
        assert known(model, "main").text_sha256 == {"LICENSE": LICENSE.sha256}
        moved = reading(revision=B, files=(LICENSE_BLOB,), statements=(stated,))
        snapshot = read(model, moved, now=LATER).snapshot
        assert snapshot.texts.get().text == "You may do this."
        assert snapshot.stated_licenses.get().sha256 == LICENSE.sha256

    def test_that_changed_is_never_carried_over(self) -> None:
        model = read(registered(), reading(files=(LICENSE_BLOB,), texts=(LICENSE,))).model
        other = RepositoryFile("LICENSE", 20, oid="2" * 40)
        assert not read(model, reading(revision=B, files=(other,)), now=LATER).snapshot.texts.exists()

    def test_without_a_blob_id_is_never_carried_over(self) -> None:
        bare = text_file("LICENSE", "You may do this.")
        model = read(registered(), reading(files=(RepositoryFile("LICENSE", 16),), texts=(bare,))).model
        moved = reading(revision=B, files=(RepositoryFile("LICENSE", 16),))
        assert not read(model, moved, now=LATER).snapshot.texts.exists()

    def test_of_another_model_is_never_carried_over(self) -> None:
        tracked("other/x", files=(LICENSE_BLOB,), texts=(LICENSE,))
        assert not read(registered(), reading(files=(LICENSE_BLOB,))).snapshot.texts.exists()

    def test_that_could_not_be_read_at_first_is_added_when_it_can(self) -> None:
        unread = Statement(StatementKind.LICENSE_FILE, "LICENSE")
        gated = reading(
            gated="manual",
            files=(LICENSE_BLOB,),
            statements=(unread,),
            custom_code=None,
            problems=("'LICENSE' could not be read.",),
        )
        model = read(registered(), gated, access=False).model
        assert known(model, "main").revision == ""
        stated = Statement(StatementKind.LICENSE_FILE, "LICENSE", LICENSE.sha256)
        full = reading(gated="manual", files=(LICENSE_BLOB,), texts=(LICENSE,), statements=(stated,))
        synced = read(model, full, now=LATER, access=True)
        snapshot = Snapshot.objects.get()
        assert not synced.created
        assert snapshot.texts.get().path == "LICENSE"
        assert snapshot.stated_licenses.get().sha256 == LICENSE.sha256
        assert (snapshot.custom_code, snapshot.problems) == (False, [])
        assert known(synced.model, "main").revision == A


class TestABranch:
    def test_that_moved_is_a_change_and_both_snapshots_stay(self) -> None:
        model = read(registered(), reading()).model
        synced = read(model, reading(revision=B), now=LATER, history=(B, A))
        assert kinds(synced.changes) == ["branch_moved"]
        assert synced.changes[0].sentence == f"acme/m: main moved from {A[:12]} to {B[:12]}."
        assert (synced.changes[0].before, synced.changes[0].after) == (A, B)
        assert synced.model.latest_snapshot.revision == B
        assert Snapshot.objects.count() == 2

    def test_whose_history_no_longer_holds_the_commit_was_rewritten(self) -> None:
        model = read(registered(), reading()).model
        synced = read(model, reading(revision=B), now=LATER, history=(B, C))
        assert kinds(synced.changes) == ["history_rewritten"]
        assert "it was rewritten" in synced.changes[0].sentence

    @pytest.mark.parametrize("history", [None, ()])
    def test_whose_history_is_not_known_moved(self, history: tuple[str, ...] | None) -> None:
        model = read(registered(), reading()).model
        synced = read(model, reading(revision=B), now=LATER, history=history)
        assert kinds(synced.changes) == ["branch_moved"]

    def test_that_moves_back_takes_no_new_snapshot(self) -> None:
        model = read(registered(), reading()).model
        read(model, reading(revision=B), now=LATER)
        synced = read(model, reading(), now=MUCH_LATER)
        assert not synced.created
        assert synced.model.latest_snapshot.revision == A
        assert Change.objects.count() == 2

    def test_beside_the_tracked_one_leaves_the_latest_snapshot(self) -> None:
        model = read(registered(), reading()).model
        synced = read(model, reading(revision=B, ref="v1"), ref="v1", now=LATER)
        assert synced.changes == []
        assert synced.model.latest_snapshot.revision == A
        moved = read(model, reading(revision=C, ref="v1"), ref="v1", now=MUCH_LATER)
        assert moved.changes[0].sentence.startswith("acme/m: v1 moved")


class TestAGate:
    @pytest.mark.parametrize(
        ("before", "after", "sentence"),
        [
            ("", "manual", "acme/m is now gated, with access by approval; it was open."),
            ("manual", "", "acme/m is now open; it was gated, with access by approval."),
            ("auto", "manual", "with access by approval; it was gated, with access on request."),
        ],
    )
    def test_that_changed_without_a_commit_is_noticed(self, before: str, after: str, sentence: str) -> None:
        model = read(registered(), reading(gated=before)).model
        synced = read(model, reading(gated=after, unchanged=True), now=LATER)
        assert kinds(synced.changes) == ["gated_changed"]
        assert sentence in synced.changes[0].sentence
        assert synced.model.gated == after

    def test_that_was_not_stated_says_nothing(self) -> None:
        model = read(registered(), reading(gated="manual")).model
        synced = read(model, reading(gated="unstated"), now=LATER)
        assert synced.changes == []
        assert synced.model.gated == "manual"

    def test_that_is_stated_at_last_is_no_change(self) -> None:
        model = read(registered(), reading(gated="unstated")).model
        assert read(model, reading(gated="manual"), now=LATER).changes == []

    def test_that_closes_to_us_and_opens_again(self) -> None:
        model = read(registered(), reading(gated="manual"), access=True).model
        revoked = read(model, reading(gated="manual", unchanged=True), now=LATER, access=False)
        assert kinds(revoked.changes) == ["state_changed"]
        assert (revoked.model.state, revoked.model.state_since) == ("gated", LATER)
        assert revoked.model.has_access is False
        assert revoked.model.latest_snapshot.revision == A
        restored = read(model, reading(gated="manual"), now=MUCH_LATER, access=True)
        assert restored.changes[0].sentence == "acme/m can be read now."
        assert (restored.model.state, restored.model.has_access) == ("available", True)

    def test_without_access_from_the_start_is_a_state_and_no_change(self) -> None:
        synced = read(registered(), reading(gated="manual"), access=False)
        assert synced.changes == []
        assert synced.model.state == "gated"


def test_a_model_that_the_hub_disabled_says_so() -> None:
    model = read(registered(), reading()).model
    synced = read(model, reading(disabled=True, unchanged=True), now=LATER)
    assert kinds(synced.changes) == ["state_changed"]
    assert "disabled" in synced.changes[0].sentence
    assert synced.model.state == "disabled"
