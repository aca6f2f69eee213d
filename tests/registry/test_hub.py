"""The registry against a hub that is asked over HTTP by the real client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from governance.core.reading import SourceError
from governance.demo.hub import Hub, faults, hub_server
from governance.registry.models import Change, Model, Snapshot
from governance.registry.services import (
    Synced,
    apply_failure,
    apply_reading,
    find_model,
    look_at,
    register_model,
)
from tests.registry.readings import NOON, kinds

pytestmark = pytest.mark.django_db

TOKEN = "hf_alice"
INFO = "/api/models/acme/m*"
Sync = Callable[..., Synced]


@pytest.fixture
def hub() -> Hub:
    hub = Hub()
    hub.add_token(TOKEN, "alice")
    hub.create("acme/m", card={"license": "mit", "base_model": "acme/base"})
    hub.push("acme/m", {"LICENSE": b"Some words.", "config.json": b"{}", "model.safetensors": 5_000_000})
    return hub


@pytest.fixture(autouse=True)
def _served(hub: Hub, settings: Any) -> Iterator[None]:
    with hub_server(hub) as address:
        settings.SOURCE_OPTIONS = {"endpoint": address, "token": TOKEN, "timeout": 2}
        yield


@pytest.fixture
def model() -> Model:
    return register_model(source="huggingface", repo_id="acme/m", now=NOON)[0]


@pytest.fixture
def sync() -> Sync:
    """Look and take in what is said, each time an hour later; a refusal becomes a Synced without snapshot."""
    clock = iter(NOON + timedelta(hours=n) for n in range(100))

    def once(model: Model, ref: str = "main", name: str = "") -> Synced:
        model = Model.objects.get(pk=model.pk)
        now = next(clock)
        try:
            found = look_at(model, ref, name=name)
        except SourceError as error:
            return Synced(model, changes=apply_failure(model=model, error=error, now=now, ref=ref))
        return apply_reading(
            model=model, reading=found.reading, ref=ref, now=now, history=found.history, access=found.access
        )

    return once


def state(model: Model) -> str:
    return str(Model.objects.get(pk=model.pk).state)


def test_a_first_look_keeps_a_snapshot_in_three_requests(hub: Hub, model: Model, sync: Sync) -> None:
    synced = sync(model)
    assert synced.created
    assert synced.snapshot.revision == hub["acme/m"].commit("main").id
    assert synced.model.hub_id == hub["acme/m"].hub_id
    assert set(synced.snapshot.stated_licenses.values_list("kind", "value")) == {
        ("tag", "mit"),
        ("license_file", "LICENSE"),
    }
    assert synced.snapshot.texts.get(path="LICENSE").text == "Some words."
    assert ("acme/base", "finetune") in synced.parents
    assert len(hub.asked("*")) <= 3


def test_an_unchanged_model_costs_one_request(hub: Hub, model: Model, sync: Sync) -> None:
    sync(model)
    hub.forget()
    assert not sync(model).created
    assert len(hub.asked("*")) == 1
    assert Snapshot.objects.count() == 1


def test_a_push_is_another_snapshot_that_keeps_the_unchanged_license(
    hub: Hub, model: Model, sync: Sync
) -> None:
    sync(model)
    head = hub.push("acme/m", {"more.safetensors": 7})
    hub.forget()
    synced = sync(model)
    assert kinds(synced.changes) == ["branch_moved"]
    assert synced.snapshot.revision == head
    assert synced.snapshot.texts.get(path="LICENSE").text == "Some words."
    assert synced.snapshot.stated_licenses.get(kind="license_file").sha256
    assert not hub.asked("*LICENSE*")


def test_a_rewritten_history_is_told_from_a_push(hub: Hub, model: Model, sync: Sync) -> None:
    first = sync(model).snapshot
    hub.rewrite_history("acme/m")
    synced = sync(model)
    assert kinds(synced.changes) == ["history_rewritten"]
    assert Snapshot.objects.filter(pk=first.pk).exists()
    pinned = sync(model, ref=first.revision)
    assert (pinned.snapshot, kinds(pinned.changes)) == (None, ["history_rewritten"])


def test_a_renamed_model_is_followed(hub: Hub, model: Model, sync: Sync) -> None:
    sync(model)
    hub.rename("acme/m", "acme/new")
    synced = sync(model)
    assert kinds(synced.changes) == ["renamed"]
    assert synced.model == model
    assert synced.model.repo_id == "acme/new"
    assert find_model(source="huggingface", repo_id="acme/m") == model
    assert sync(model).changes == []


def test_a_name_that_was_registered_again_is_another_model(hub: Hub, model: Model, sync: Sync) -> None:
    sync(model)
    hub.delete("acme/m")
    assert kinds(sync(model).changes) == ["state_changed"]
    hub.create("acme/m", card={"license": "mit"}, hub_id="f" * 24)
    synced = sync(model)
    assert kinds(synced.changes) == ["replaced"]
    assert state(model) == "replaced"
    assert synced.model.hub_id == "f" * 24
    assert Model.objects.get(pk=model.pk).latest_snapshot is not None


def test_a_name_left_by_a_rename_and_taken_by_another_is_noticed_when_asked_for(
    hub: Hub, model: Model, sync: Sync
) -> None:
    sync(model)
    hub.rename("acme/m", "acme/new")
    sync(model)
    hub.create("acme/m", card={"license": "mit"}, hub_id="f" * 24)
    again, created = register_model(source="huggingface", repo_id="acme/m", now=NOON)
    assert (again, created) == (model, False)
    synced = sync(again, name="acme/m")
    assert kinds(synced.changes) == ["replaced"]
    assert synced.model != model
    assert state(model) == "available"
    assert find_model(source="huggingface", repo_id="acme/m") == synced.model


def test_a_model_that_is_gone_keeps_its_last_snapshot(hub: Hub, model: Model, sync: Sync) -> None:
    sync(model)
    hub.delete("acme/m")
    sync(model)
    model.refresh_from_db()
    assert model.state == "not_found"
    assert model.latest_snapshot is not None


def test_a_disabled_model_is_a_state_of_its_own(hub: Hub, model: Model, sync: Sync) -> None:
    sync(model)
    hub.change("acme/m", disabled=True)
    synced = sync(model)
    assert kinds(synced.changes) == ["state_changed"]
    assert state(model) == "disabled"


def test_a_gate_that_closes_and_opens_is_told_both_times(hub: Hub, model: Model, sync: Sync) -> None:
    sync(model)
    hub.change("acme/m", gated="manual")
    assert sorted(kinds(sync(model).changes)) == ["gated_changed", "state_changed"]
    assert state(model) == "gated"
    hub.grant_access("acme/m", "alice")
    assert kinds(sync(model).changes) == ["state_changed"]
    assert state(model) == "available"
    hub.revoke_access("acme/m", "alice")
    assert kinds(sync(model).changes) == ["state_changed"]
    assert state(model) == "gated"


def test_a_license_behind_a_gate_is_read_once_access_is_given(hub: Hub, model: Model, sync: Sync) -> None:
    hub.change("acme/m", gated="manual")
    first = sync(model)
    assert not first.snapshot.texts.filter(path="LICENSE").exists()
    assert first.snapshot.stated_licenses.get(kind="license_file").sha256 == ""
    hub.grant_access("acme/m", "alice")
    second = sync(model)
    assert second.snapshot == first.snapshot
    assert second.snapshot.texts.get(path="LICENSE").text == "Some words."
    assert second.snapshot.stated_licenses.get(kind="license_file").sha256
    hub.forget()
    sync(model)
    assert len(hub.asked("/api/models/acme/m/revision/*")) == 1
    assert not hub.asked("*LICENSE*")


def test_a_busy_hub_is_no_news_and_says_when_to_come_back(hub: Hub, model: Model, sync: Sync) -> None:
    sync(model)
    hub.fail(faults.too_many_requests("30"), INFO, times=1)
    model.refresh_from_db()
    with pytest.raises(SourceError) as refused:
        look_at(model)
    assert refused.value.retry_after == 30
    assert apply_failure(model=model, error=refused.value, now=NOON) == []
    assert state(model) == "rate_limited"
    assert sync(model).changes == []
    assert state(model) == "available"
    assert not Change.objects.exists()


def test_a_hub_with_a_fault_is_unreachable(hub: Hub, model: Model, sync: Sync) -> None:
    sync(model)
    hub.fail(faults.status(503), INFO, times=1)
    assert sync(model).changes == []
    assert state(model) == "unreachable"


def test_a_refused_token_is_a_state_of_its_own(hub: Hub, model: Model, sync: Sync, settings: Any) -> None:
    sync(model)
    settings.SOURCE_OPTIONS = {**settings.SOURCE_OPTIONS, "token": "hf_nobody"}
    assert kinds(sync(model).changes) == ["state_changed"]
    assert state(model) == "bad_token"


@pytest.mark.parametrize("ref", ["dev", "0" * 40])
def test_an_unknown_revision_is_a_state_and_changes_nothing(model: Model, sync: Sync, ref: str) -> None:
    assert sync(model, ref=ref).changes == []
    assert state(model) == "revision_not_found"
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("given", [True, False])
def test_a_look_behind_a_gate_costs_no_more_than_another(
    hub: Hub, model: Model, sync: Sync, given: bool
) -> None:
    """What reading the license showed of access is not asked for again."""
    hub.change("acme/m", gated="manual")
    if given:
        hub.grant_access("acme/m", "alice")
    sync(model)
    assert hub.count() <= 3
    assert state(model) == ("available" if given else "gated")
