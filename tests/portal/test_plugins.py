"""Plugins, and assigning a policy with its parameters."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from governance.compliance.models import Assignment
from governance.discovery import catalog
from tests.portal import cast
from tests.portal.reading import words

As = Callable[[str], Client]
FORM = {"param.formats": "safetensors\r\ngguf", "param.allow_pickle": "yes", "mode": "observe"}


def test_every_plugin_is_listed_with_its_sentence(as_: As) -> None:
    told = words(as_("vera").get("/plugins/"))
    everything = {**catalog().policies, **catalog().sources, **catalog().notifiers}
    assert [key for key, found in everything.items() if f"{key} {found.summary()}" not in told] == []


@pytest.mark.parametrize("key", [*catalog().policies, *catalog().sources, *catalog().notifiers])
def test_every_plugin_has_a_page(as_: As, key: str) -> None:
    assert as_("adam").get(f"/plugins/{key}/").status_code == 200


def test_what_does_not_exist_is_not_found(as_: As) -> None:
    assert as_("adam").get("/plugins/no.such/").status_code == 404
    assert as_("adam").post("/plugins/huggingface/assign/").status_code == 404


def test_the_form_shows_each_parameter_with_its_default(as_: As) -> None:
    html = as_("adam").get("/plugins/license.usage-threshold/").content.decode()
    assert 'name="param.warn_at" value="0.8" type="number" step="any" min="0" max="1"' in html
    assert "Share of a limit from which it counts as approaching." in html


def test_only_an_administrator_sees_the_form(as_: As) -> None:
    assert "Assign it" not in words(as_("ann").get("/plugins/model.file-formats/"))


def test_a_policy_is_assigned_with_what_the_form_says(as_: As) -> None:
    as_("adam").post("/plugins/model.file-formats/assign/", {**FORM, "environments": "production, staging"})
    made = Assignment.objects.get()
    assert made.params["formats"] == ["safetensors", "gguf"]
    assert made.params["allow_pickle"] is True
    assert made.environments == ["production", "staging"]
    assert made.mode == "observe"


def test_parameters_that_do_not_fit_are_refused_and_kept_in_the_form(as_: As) -> None:
    sent = {"param.warn_at": "7", "mode": "observe"}
    answer = as_("adam").post("/plugins/license.usage-threshold/assign/", sent)
    assert answer.status_code == 422
    assert "Params.warn at : Input should be less than or equal to 1" in words(answer)
    assert 'value="7"' in answer.content.decode()
    assert not Assignment.objects.exists()


def test_an_unknown_mode_is_refused(as_: As) -> None:
    answer = as_("adam").post("/plugins/model.file-formats/assign/", {**FORM, "mode": "sometimes"})
    assert answer.status_code == 422
    assert not Assignment.objects.exists()


def test_modes_change_and_assignments_are_removed(as_: As) -> None:
    made, client = cast.assigned("model.file-formats"), as_("adam")
    client.post(f"/assignments/{made.pk}/change/", {"mode": "warn"})
    made.refresh_from_db()
    assert made.mode == "warn"
    client.post(f"/assignments/{made.pk}/remove/")
    made.refresh_from_db()
    assert made.removed_at


def test_an_assignment_of_a_policy_that_is_gone_can_be_removed(as_: As) -> None:
    lost, client = cast.assigned("gone.policy"), as_("adam")
    assert "Assigned, but not installed." in words(client.get("/plugins/"))
    assert client.post(f"/assignments/{lost.pk}/remove/").headers["Location"] == "/plugins/"
