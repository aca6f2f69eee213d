from __future__ import annotations

import pytest

from governance.core.reading import SourceState
from governance.registry.models import Change, Model
from tests.registry.readings import LATER, MUCH_LATER, NOON, A, fail, kinds, read, reading, registered

pytestmark = pytest.mark.django_db

LASTING = [s for s in SourceState if s not in (SourceState.RATE_LIMITED, SourceState.UNREACHABLE)]
TRANSIENT = [SourceState.RATE_LIMITED, SourceState.UNREACHABLE]


@pytest.mark.parametrize("state", LASTING)
def test_each_lasting_failure_is_a_state_of_its_own_and_a_change(state: SourceState) -> None:
    read(registered(), reading())
    model = Model.objects.get()
    changes = fail(model, state)
    model = Model.objects.get()
    assert kinds(changes) == ["state_changed"]
    assert changes[0].sentence == f"acme/m: The hub says {state.value}."
    assert (changes[0].before, changes[0].after) == ("available", state.value)
    assert (model.state, model.state_since, model.state_reason) == (
        state.value,
        LATER,
        f"The hub says {state.value}.",
    )
    assert model.latest_snapshot.revision == A


@pytest.mark.parametrize("state", TRANSIENT)
def test_limits_and_outages_are_a_state_and_no_change(state: SourceState) -> None:
    model = read(registered(), reading()).model
    assert fail(model, state) == []
    model = Model.objects.get()
    assert (model.state, model.lasting_state) == (state.value, "available")
    assert read(model, reading(unchanged=True), now=MUCH_LATER).changes == []
    assert Model.objects.get().state_since == MUCH_LATER


def test_an_outage_between_hides_no_change() -> None:
    model = read(registered(), reading()).model
    fail(model, SourceState.UNREACHABLE)
    assert kinds(fail(model, SourceState.NOT_FOUND)) == ["state_changed"]
    fail(model, SourceState.RATE_LIMITED)
    assert fail(model, SourceState.NOT_FOUND) == []
    fail(model, SourceState.UNREACHABLE)
    assert kinds(read(model, reading(), now=MUCH_LATER).changes) == ["state_changed"]


def test_a_state_that_lasts_is_told_once_and_since_when() -> None:
    model = read(registered(), reading()).model
    fail(model, SourceState.NOT_FOUND, now=LATER)
    assert fail(model, SourceState.NOT_FOUND, now=MUCH_LATER) == []
    assert Model.objects.get().state_since == LATER
    assert Change.objects.count() == 1


def test_a_first_look_that_fails_changes_nothing_upstream() -> None:
    model = registered()
    assert fail(model, SourceState.NOT_FOUND) == []
    assert (Model.objects.get().state, Model.objects.get().latest_snapshot) == ("not_found", None)
    found = read(model, reading(), now=MUCH_LATER)
    assert found.changes[0].sentence == "acme/m can be read now."
    assert found.created


def test_a_closed_gate_means_no_access() -> None:
    model = read(registered(), reading(gated="manual")).model
    fail(model, SourceState.GATED)
    assert Model.objects.get().has_access is False


def test_a_commit_that_is_gone_means_a_rewritten_history() -> None:
    model = registered(ref=A)
    read(model, reading(ref=A), ref=A)
    changes = fail(model, SourceState.REVISION_NOT_FOUND)
    assert kinds(changes) == ["history_rewritten"]
    assert changes[0].sentence == f"acme/m no longer has the commit {A[:12]}: its history was rewritten."
    assert fail(model, SourceState.REVISION_NOT_FOUND) == []
    assert Model.objects.get().state == "revision_not_found"
    assert Change.objects.count() == 1


def test_a_revision_beside_the_tracked_one_that_is_missing_says_nothing_of_the_model() -> None:
    model = read(registered(), reading()).model
    assert fail(model, SourceState.REVISION_NOT_FOUND, ref="dev") == []
    assert Model.objects.get().state == "available"


def test_a_commit_beside_the_tracked_branch_that_is_gone_is_told_once() -> None:
    model = read(registered(), reading()).model
    assert kinds(fail(model, SourceState.REVISION_NOT_FOUND, ref=A)) == ["history_rewritten"]
    assert fail(model, SourceState.REVISION_NOT_FOUND, ref=A, now=MUCH_LATER) == []
    assert Model.objects.get().state == "available"


def test_a_branch_that_is_gone_is_a_state() -> None:
    model = read(registered(), reading()).model
    assert kinds(fail(model, SourceState.REVISION_NOT_FOUND)) == ["state_changed"]


def test_a_replaced_model_keeps_its_state_whatever_its_old_name_answers() -> None:
    model = read(registered(), reading()).model
    read(model, reading(hub_id="another"), now=LATER)
    assert fail(model, SourceState.NOT_FOUND, now=MUCH_LATER) == []
    model.refresh_from_db()
    assert (model.state, model.state_since) == ("replaced", LATER)
    assert NOON < LATER
