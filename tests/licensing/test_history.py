"""Which license text was seen with which revisions, while the name stayed the same."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance.core.reading import Statement, StatementKind
from governance.licensing.history import texts_of_license, texts_of_model
from governance.licensing.services import conclude, current_licenses
from governance.registry.models import Model
from tests.registry.readings import NOON, A, B, C, read, reading, registered, text_file
from tests.shared import shared

pytestmark = pytest.mark.django_db

TAGGED = (
    Statement(StatementKind.TAG, "llama3.1"),
    Statement(StatementKind.LICENSE_FILE, "LICENSE", "f" * 64),
)


def text_of(key: str) -> str:
    return shared("licenses", "texts", f"{key}.txt").read_text("utf-8")


def took(revision: str, day: int, text: str, path: str = "LICENSE") -> None:
    model = Model.objects.first() or registered()
    now = NOON + timedelta(days=day)
    said = reading(revision=revision, statements=TAGGED, texts=(text_file(path, text),))
    conclude(snapshot=read(model, said, now=now).snapshot, now=now)


def test_a_text_is_told_from_its_first_to_its_last_revision() -> None:
    took(A, 0, text_of("llama3.1"))
    took(B, 1, text_of("llama3.1"))
    took(C, 2, text_of("llama3.2"))
    old, new = texts_of_model(Model.objects.get())
    assert (old.license, old.first.revision, old.last.revision, old.revisions) == ("llama3.1", A, B, 2)
    assert (new.license, new.first.revision, new.last.revision, new.revisions) == ("llama3.2", C, C, 1)
    assert (old.first.at, new.path, new.models) == (NOON, "LICENSE", 1)


def test_an_old_revision_stays_under_the_license_of_its_own_text() -> None:
    took(A, 0, text_of("llama3.1"))
    took(B, 1, text_of("llama3.2"))
    licenses = current_licenses(Model.objects.get().snapshots.all())
    told = {one.snapshot.revision: (one.license, bool(one.disagreements)) for one in licenses.values()}
    assert told == {A: ("llama3.1", False), B: ("llama3.2", True)}  # the tag stayed llama3.1


def test_texts_of_a_license_are_those_of_models_under_it() -> None:
    took(A, 0, text_of("llama3.1"))
    took(B, 1, "Do as you like.", path="LICENSE")
    (one, other) = texts_of_license("llama3.1")
    assert (one.license, other.license) == ("llama3.1", "")
    assert texts_of_license("mit") == []


def test_other_files_are_no_license_texts() -> None:
    took(A, 0, "Be nice.", path="USE_POLICY.md")
    assert texts_of_model(Model.objects.get()) == []
