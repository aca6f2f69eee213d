"""Conclusions in the database: kept, renewed, set by people, and compared over time."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from governance.core.license_text import text_identity
from governance.core.reading import Statement, StatementKind
from governance.licensing.models import Conclusion
from governance.licensing.services import (
    conclude,
    current_licenses,
    notice_license_change,
    override,
    reconclude,
    withdraw_override,
)
from governance.registry.models import Change, Model, Snapshot
from tests.registry.readings import (
    LATER,
    MUCH_LATER,
    NOON,
    A,
    B,
    C,
    read,
    reading,
    registered,
    text_file,
    tracked,
)
from tests.shared import shared

pytestmark = pytest.mark.django_db


def tagged(*tags: str) -> tuple[Statement, ...]:
    return tuple(Statement(StatementKind.TAG, tag) for tag in tags)


def snapshot_under(*tags: str) -> Snapshot:
    return read(registered(), reading(statements=tagged(*tags))).snapshot


def next_snapshot(*tags: str, revision: str = B, **fields: object) -> Snapshot:
    said = reading(revision=revision, statements=tagged(*tags), **fields)
    return read(Model.objects.get(), said, now=LATER).snapshot


class TestAConclusion:
    def test_says_license_and_reason(self) -> None:
        found = conclude(snapshot=snapshot_under("apache-2.0"), now=NOON)
        assert (found.license, found.author, found.concluded_at) == ("apache-2.0", "", NOON)
        assert "apache-2.0" in found.reason

    def test_of_nothing_known_is_kept_as_unknown(self) -> None:
        found = conclude(snapshot=snapshot_under("other"), now=NOON)
        assert found.license == ""
        assert found.reason
        assert Conclusion.objects.count() == 1

    def test_that_does_not_differ_is_not_written_again(self) -> None:
        snapshot = snapshot_under("mit")
        assert conclude(snapshot=snapshot, now=NOON) == conclude(snapshot=snapshot, now=LATER)
        assert Conclusion.objects.count() == 1

    def test_that_differs_takes_the_place_of_the_old_one_which_stays_on_record(self) -> None:
        snapshot = snapshot_under("other")
        first = conclude(snapshot=snapshot, now=NOON)
        snapshot.stated_licenses.create(kind="license_name", value="llama3.1")
        second = conclude(snapshot=snapshot, now=LATER)
        first.refresh_from_db()
        assert (first.current, second.current) == (False, True)
        assert second.license == "llama3.1"
        assert current_licenses([snapshot]) == {snapshot.pk: second}

    def test_keeps_disagreements(self) -> None:
        stated = (*tagged("apache-2.0"), Statement(StatementKind.LICENSE_NAME, "llama3.1"))
        snapshot = read(registered(), reading(statements=stated)).snapshot
        assert conclude(snapshot=snapshot, now=NOON).disagreements

    def test_comes_from_the_text_where_there_is_one(self) -> None:
        text = shared("licenses", "texts", "llama3.1.txt").read_text("utf-8")
        stated = (*tagged("mit"), Statement(StatementKind.LICENSE_FILE, "LICENSE", "f" * 64))
        said = reading(statements=stated, texts=(text_file("LICENSE", text),))
        snapshot = read(registered(), said).snapshot
        assert snapshot.texts.get().identity == text_identity(text)
        found = conclude(snapshot=snapshot, now=NOON)
        assert found.license == "llama3.1"
        assert found.disagreements

    def test_is_renewed_for_many_and_only_what_is_new_is_told(self) -> None:
        known, unknown = snapshot_under("mit"), tracked("acme/n", statements=tagged("other")).latest_snapshot
        assert len(reconclude(snapshots=[known, unknown], now=NOON)) == 2
        unknown.stated_licenses.create(kind="license_name", value="llama3.1")
        assert [one.snapshot for one in reconclude(snapshots=[known, unknown], now=LATER)] == [unknown]


class TestAnOverride:
    def test_counts_with_author_and_reason(self) -> None:
        snapshot = snapshot_under("other")
        conclude(snapshot=snapshot, now=NOON)
        made = override(
            snapshot=snapshot, license="mit", reason=" They said so. ", author="user:eve", now=LATER
        )
        assert current_licenses([snapshot]) == {snapshot.pk: made}
        assert (made.license, made.reason, made.author) == ("mit", "They said so.", "user:eve")
        assert (made.concluded_at, made.disagreements) == (LATER, [])
        assert conclude(snapshot=snapshot, now=MUCH_LATER) == made

    @pytest.mark.parametrize(
        ("field", "words"),
        [
            ("license", {"license": "my-own"}),
            ("license", {"license": ""}),
            ("reason", {"reason": "  "}),
            ("reason", {"reason": "a\0b"}),
            ("reason", {"reason": "x" * 2001}),
            ("license", {"license": "mit\0"}),
            ("license", {"license": "mit AND my-own"}),
            ("author", {"author": ""}),
        ],
    )
    def test_without_known_license_reason_or_author_is_refused(
        self, field: str, words: dict[str, str]
    ) -> None:
        snapshot = snapshot_under("other")
        said = {"license": "mit", "reason": "They said so.", "author": "user:eve", **words}
        with pytest.raises(ValidationError) as refused:
            override(snapshot=snapshot, now=LATER, **said)
        assert list(refused.value.message_dict) == [field]
        assert not Conclusion.objects.exists()

    def test_can_be_withdrawn(self) -> None:
        snapshot = snapshot_under("apache-2.0")
        override(snapshot=snapshot, license="mit", reason="They said so.", author="user:eve", now=NOON)
        assert withdraw_override(snapshot=snapshot, now=LATER).license == "apache-2.0"
        with pytest.raises(ValidationError, match="not set by a person"):
            withdraw_override(snapshot=snapshot, now=LATER)

    def test_goes_along_to_a_snapshot_that_states_the_same(self) -> None:
        override(snapshot=snapshot_under("other"), license="mit", reason="So.", author="user:eve", now=NOON)
        carried = conclude(snapshot=next_snapshot("other"), now=LATER)
        assert (carried.license, carried.reason, carried.author) == ("mit", "So.", "user:eve")

    @pytest.mark.parametrize("tags", [("apache-2.0",), ("other", "llama3.1"), ()])
    def test_ends_where_something_else_is_stated(self, tags: tuple[str, ...]) -> None:
        override(snapshot=snapshot_under("other"), license="mit", reason="So.", author="user:eve", now=NOON)
        assert conclude(snapshot=next_snapshot(*tags), now=LATER).author == ""

    def test_ends_where_a_license_file_could_not_be_read(self) -> None:
        unread = (Statement(StatementKind.LICENSE_FILE, "LICENSE"),)
        first = read(registered(), reading(statements=unread)).snapshot
        override(snapshot=first, license="mit", reason="So.", author="user:eve", now=NOON)
        second = read(Model.objects.get(), reading(revision=B, statements=unread), now=LATER).snapshot
        assert conclude(snapshot=second, now=LATER).author == ""


class TestALicenseChange:
    def test_between_two_commits_is_told_with_both_names(self) -> None:
        conclude(snapshot=snapshot_under("apache-2.0"), now=NOON)
        snapshot = next_snapshot("llama3.1")
        conclude(snapshot=snapshot, now=LATER)
        change = notice_license_change(snapshot=snapshot, now=LATER)
        assert (change.kind, change.before, change.after) == ("license_changed", "apache-2.0", "llama3.1")
        assert "Apache License 2.0 to Llama 3.1" in change.sentence
        assert A[:12] in change.sentence
        assert B[:12] in change.sentence

    def test_to_something_unknown_is_told(self) -> None:
        conclude(snapshot=snapshot_under("apache-2.0"), now=NOON)
        snapshot = next_snapshot("other")
        conclude(snapshot=snapshot, now=LATER)
        assert "to none that is known" in notice_license_change(snapshot=snapshot, now=LATER).sentence

    def test_is_told_once_and_again_when_it_changes_back(self) -> None:
        conclude(snapshot=snapshot_under("apache-2.0"), now=NOON)
        snapshot = next_snapshot("mit")
        conclude(snapshot=snapshot, now=LATER)
        assert notice_license_change(snapshot=snapshot, now=LATER)
        assert notice_license_change(snapshot=snapshot, now=MUCH_LATER) is None
        back = read(Model.objects.get(), reading(statements=tagged("apache-2.0")), now=MUCH_LATER).snapshot
        assert back.revision == A
        change = notice_license_change(snapshot=back, now=MUCH_LATER)
        assert (change.before, change.after) == ("mit", "apache-2.0")

    def test_is_none_where_the_license_stayed(self) -> None:
        conclude(snapshot=snapshot_under("mit"), now=NOON)
        snapshot = next_snapshot("mit")
        conclude(snapshot=snapshot, now=LATER)
        assert notice_license_change(snapshot=snapshot, now=LATER) is None

    def test_is_none_at_the_first_look_and_beside_the_tracked_branch(self) -> None:
        first = snapshot_under("mit")
        conclude(snapshot=first, now=NOON)
        assert notice_license_change(snapshot=first, now=NOON) is None
        side = read(Model.objects.get(), reading(revision=C, statements=tagged("qwen")), ref="v1", now=LATER)
        conclude(snapshot=side.snapshot, now=LATER)
        assert notice_license_change(snapshot=side.snapshot, now=LATER) is None
        assert not Change.objects.filter(kind="license_changed").exists()


def test_licenses_of_many_snapshots_are_one_query(django_assert_num_queries: object) -> None:
    snapshots = [tracked(f"acme/{n}").latest_snapshot for n in range(5)]
    for snapshot in snapshots[:4]:
        conclude(snapshot=snapshot, now=NOON)
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = current_licenses(snapshots)
    assert sorted(found) == [snapshot.pk for snapshot in snapshots[:4]]
