from __future__ import annotations

import pytest

from governance.core.reading import RepositoryFile
from governance.registry.models import Ref
from governance.registry.services import known, resolve_revision
from tests.registry.readings import LATER, A, B, read, reading, registered, text_file

pytestmark = pytest.mark.django_db

CLOSE = "a" * 39 + "b"


def test_a_branch_means_what_it_pointed_at_when_last_seen() -> None:
    model = read(registered(), reading()).model
    read(model, reading(revision=B), now=LATER)
    assert resolve_revision(model, "main").revision == B
    assert Ref.objects.get().seen_at == LATER


def test_a_commit_that_was_read_once_is_found_for_good() -> None:
    model = read(registered(), reading()).model
    read(model, reading(revision=B), now=LATER)
    assert resolve_revision(model, A).revision == A
    assert resolve_revision(model, A[:7]).revision == A
    assert resolve_revision(model, A[:12].upper()).revision == A


@pytest.mark.parametrize("name", ["dev", A[:6], "", "c" * 40, "%", A + "a", "main\x00"])
def test_what_was_never_read_is_not_found(name: str) -> None:
    assert resolve_revision(read(registered(), reading()).model, name) is None


def test_a_short_commit_id_that_fits_two_is_not_found() -> None:
    model = read(registered(), reading()).model
    read(model, reading(revision=CLOSE), now=LATER)
    assert resolve_revision(model, A[:10]) is None
    assert resolve_revision(model, CLOSE).revision == CLOSE


def test_a_branch_named_like_a_commit_never_stands_for_it() -> None:
    model = read(registered(), reading()).model
    read(model, reading(revision=B, ref=A), ref=A, now=LATER)
    assert resolve_revision(model, A).revision == A


def test_another_models_commit_is_not_found() -> None:
    read(registered(), reading(revision=B))
    assert resolve_revision(registered("acme/other"), B) is None


def test_a_pinned_model_needs_no_branch() -> None:
    model = read(registered(ref=A), reading(ref=A), ref=A).model
    assert model.latest_snapshot.revision == A
    assert not Ref.objects.exists()
    assert known(model, A).revision == A


def test_nothing_is_known_of_what_was_never_read() -> None:
    model = read(registered(), reading()).model
    assert known(model, "dev").revision == ""
    assert known(model, "dev").text_oids == {}


def test_texts_that_are_held_are_known_by_blob_and_digest() -> None:
    text = text_file("LICENSE", "words", oid="9" * 40)
    files = (RepositoryFile("LICENSE", 5, oid="9" * 40),)
    model = read(registered(), reading(texts=(text, text_file("README.md", "x")), files=files)).model
    held = known(model, "main")
    assert held.text_oids == {"LICENSE": "9" * 40}
    assert held.text_sha256 == {"LICENSE": text.sha256}
