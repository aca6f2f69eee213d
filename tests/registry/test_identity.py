"""Who is who: the hub's own id tells, and names move from one repository to another."""

from __future__ import annotations

import pytest

from governance.core.reading import SourceState
from governance.registry.models import Change, Model, Snapshot
from governance.registry.services import find_model, known
from tests.registry.readings import (
    LATER,
    MUCH_LATER,
    A,
    B,
    fail,
    kinds,
    parents,
    read,
    reading,
    registered,
    tracked,
)

pytestmark = pytest.mark.django_db


def found(name: str) -> Model | None:
    return find_model(source="huggingface", repo_id=name)


class TestARename:
    def test_makes_the_old_name_an_alias(self) -> None:
        model = read(registered(), reading()).model
        synced = read(model, reading("acme/new", asked_id="acme/m", unchanged=True), now=LATER)
        assert synced.model == model
        assert synced.model.repo_id == "acme/new"
        assert kinds(synced.changes) == ["renamed"]
        assert synced.changes[0].sentence == "acme/m is now called acme/new."
        assert found("acme/m") == found("ACME/NEW") == model
        assert read(model, reading("acme/new", unchanged=True), now=MUCH_LATER).changes == []

    def test_back_and_forth_is_remembered_each_time(self) -> None:
        model = read(registered(), reading()).model
        read(model, reading("acme/new"), now=LATER)
        synced = read(model, reading("acme/m"), now=MUCH_LATER)
        assert synced.model.repo_id == "acme/m"
        assert found("acme/new") == found("acme/m") == model
        assert Change.objects.filter(kind="renamed").count() == 2

    def test_of_letters_only_is_no_news(self) -> None:
        synced = read(registered("ACME/M"), reading("acme/m", asked_id="ACME/M"))
        assert synced.changes == []
        assert synced.model.repo_id == "acme/m"

    def test_keeps_the_name_that_an_older_snapshot_was_read_under(self) -> None:
        model = read(registered(), reading()).model
        read(model, reading("acme/new", revision=B), now=LATER)
        assert list(Snapshot.objects.order_by("id").values_list("repo_id", flat=True)) == [
            "acme/m",
            "acme/new",
        ]

    def test_ties_children_that_name_the_new_name(self) -> None:
        child = tracked("acme/child", ancestors=parents("acme/new"))
        base = read(registered(), reading()).model
        read(base, reading("acme/new"), now=LATER)
        assert child.latest_snapshot.edges.get().parent == base


class TestAnotherRepositoryUnderTheName:
    def test_is_another_model_and_the_old_one_is_kept(self) -> None:
        old = read(registered(), reading()).model
        synced = read(old, reading(hub_id="another", revision=B), now=LATER)
        old.refresh_from_db()
        assert synced.model != old
        assert (synced.model.repo_id, synced.model.hub_id, synced.model.state) == (
            "acme/m",
            "another",
            "available",
        )
        assert (old.state, old.state_since, old.latest_snapshot.revision) == ("replaced", LATER, A)
        assert kinds(synced.changes) == ["replaced"]
        assert synced.changes[0].model == old
        assert (synced.changes[0].before, synced.changes[0].after) == ("id-of-m", "another")
        assert found("acme/m") == synced.model
        assert synced.created

    def test_is_noticed_after_the_name_was_free_for_a_while(self) -> None:
        old = read(registered(), reading()).model
        fail(old, SourceState.NOT_FOUND)
        synced = read(old, reading(hub_id="another", revision=B), now=MUCH_LATER)
        assert kinds(synced.changes) == ["replaced"]

    def test_with_the_same_commits_is_not_taken_for_the_old_one(self) -> None:
        """Who takes a name may push the old history: the commit id proves nothing of the owner."""
        old = read(registered(), reading()).model
        synced = read(old, reading(hub_id="another", unchanged=True, files=(), statements=()), now=LATER)
        assert synced.snapshot is None
        assert synced.incomplete
        assert (synced.model.state, synced.model.latest_snapshot) == ("pending", None)
        assert known(synced.model, "main").revision == ""
        full = read(synced.model, reading(hub_id="another"), now=MUCH_LATER)
        assert full.created
        assert full.model == synced.model
        assert full.snapshot.model != old

    def test_is_told_once(self) -> None:
        old = read(registered(), reading()).model
        read(old, reading(hub_id="another"), now=LATER)
        again = read(old, reading(hub_id="another"), now=MUCH_LATER)
        assert again.changes == []
        assert Model.objects.count() == 2

    def test_leaves_children_with_the_model_they_came_from(self) -> None:
        old = read(registered(), reading()).model
        child = tracked("acme/child", ancestors=parents("acme/m"))
        read(old, reading(hub_id="another"), now=LATER)
        assert child.latest_snapshot.edges.get().parent == old

    def test_gives_the_name_back_when_the_first_returns(self) -> None:
        old = read(registered(), reading()).model
        usurper = read(old, reading(hub_id="another", revision=B), now=LATER).model
        back = read(usurper, reading(), now=MUCH_LATER)
        usurper.refresh_from_db()
        assert back.model == old
        assert (back.model.state, usurper.state) == ("available", "replaced")
        assert found("acme/m") == old

    def test_that_is_tracked_under_its_earlier_name_takes_it_along(self) -> None:
        old, other = tracked("acme/m"), tracked("acme/other")
        synced = read(old, reading("acme/m", hub_id=other.hub_id), now=LATER)
        old.refresh_from_db()
        assert synced.model == other
        assert synced.model.repo_id == "acme/m"
        assert old.state == "replaced"
        assert sorted(kinds(synced.changes)) == ["renamed", "replaced"]
        assert found("acme/other") == found("acme/m") == other

    def test_frees_the_name_when_it_is_noticed_from_the_other_side(self) -> None:
        old, other = tracked("acme/m"), tracked("acme/other")
        synced = read(other, reading("acme/m", hub_id=other.hub_id, asked_id="acme/other"), now=LATER)
        old.refresh_from_db()
        assert (synced.model, old.state) == (other, "replaced")
        assert {change.model for change in synced.changes} == {old, other}

    def test_under_a_name_borne_before_ends_the_alias(self) -> None:
        """A renamed organization leaves its name free: whoever takes it must not be taken for the old one."""
        model = read(registered(), reading()).model
        read(model, reading("acme/new", asked_id="acme/m"), now=LATER)
        synced = read(model, reading("acme/m", hub_id="another", revision=B), now=MUCH_LATER)
        model.refresh_from_db()
        assert (model.repo_id, model.state) == ("acme/new", "available")
        assert kinds(synced.changes) == ["replaced"]
        assert synced.changes[0].model == model
        assert "took the name acme/m, which acme/new bore before" in synced.changes[0].sentence
        assert found("acme/m") == synced.model != model

    def test_that_swapped_names_with_another_is_followed(self) -> None:
        one, two = tracked("acme/one"), tracked("acme/two")
        read(one, reading("acme/two", asked_id="acme/one", hub_id=one.hub_id), now=LATER)
        read(one, reading("acme/one", hub_id=two.hub_id), now=MUCH_LATER)
        assert found("acme/two") == one
        assert found("acme/one") == two


class TestTwoNamesOfOneRepository:
    def test_become_one_model_when_the_second_is_read(self) -> None:
        first = read(registered("acme/new"), reading("acme/new")).model
        second = registered("acme/old")
        synced = read(second, reading("acme/new", asked_id="acme/old"), now=LATER)
        second.refresh_from_db()
        assert synced.model == first
        assert synced.duplicates == [second]
        assert second.state == "replaced"
        assert synced.changes == []
        assert found("acme/old") == first

    def test_become_one_model_when_the_other_was_never_read(self) -> None:
        waiting = registered("acme/new")
        child = tracked("acme/child", ancestors=parents("acme/new"))
        synced = read(registered("acme/old"), reading("acme/new", asked_id="acme/old"), now=LATER)
        assert synced.duplicates == [waiting]
        assert found("acme/new") == found("acme/old") == synced.model
        assert child.latest_snapshot.edges.get().parent == synced.model


def test_a_hub_that_no_longer_tells_its_id_is_not_believed() -> None:
    model = read(registered(), reading()).model
    synced = read(model, reading(hub_id="", revision=B), now=LATER)
    assert synced.snapshot is None
    assert not synced.incomplete
    assert synced.model.state == "invalid"
    assert "another one may stand under its name" in synced.model.state_reason
    assert synced.model.latest_snapshot.revision == A


def test_a_hub_that_never_tells_an_id_is_followed_by_name() -> None:
    model = read(registered(), reading(hub_id="")).model
    assert read(model, reading(hub_id="", revision=B), now=LATER).model == model
