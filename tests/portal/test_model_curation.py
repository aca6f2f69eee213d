"""What editors say of a model on its page: parents and training compute, recorded, retracted and refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from governance.pipeline.models import Work
from governance.registry.models import CuratedEdge, Edge, Model, ModelFigure
from tests.portal import cast
from tests.portal.reading import words

As = Callable[[str], Client]
PAGE = "/models/huggingface/x/silent/"
PARENT = {"parent": cast.LLAMA, "relation": "merge", "source": "https://example.com/paper"}
FIGURE = {"metric": "training_compute_flop", "value": "3.8e25", "source": "Epoch AI", "on": "2025-02-20"}


@pytest.fixture
def client(as_: As) -> Client:
    return as_("ed")


@pytest.fixture
def child(db: None) -> Model:
    cast.model()
    return cast.model("x/silent", "mit")


def test_a_parent_is_added_told_with_who_says_so_and_retracted(client: Client, child: Model) -> None:
    told = words(client.post(f"{PAGE}lineage/add/", PARENT, follow=True))
    assert "It is on record" in told
    assert f"x/silent is merged from {cast.LLAMA}" in told
    assert f"{cast.LLAMA} Merged from https://example.com/paper user:ed" in told
    assert Work.objects.filter(kind="judge").exists()
    edge = CuratedEdge.objects.get()
    told = words(client.post(f"{PAGE}lineage/{edge.pk}/retract/", follow=True))
    assert "No ancestor is stated" in told
    assert "Merged from Retracted https://example.com/paper user:ed" in told
    assert "retracted by user:ed" in told


def test_a_parent_that_the_repository_names_in_error_counts_no_more(client: Client, child: Model) -> None:
    llama = Model.objects.get(repo_id=cast.LLAMA)
    Edge.objects.create(
        snapshot=child.latest_snapshot, parent=llama, parent_repo_id=llama.repo_id, relation="finetune"
    )
    told = words(client.post(f"{PAGE}lineage/add/", {**PARENT, "wrong": "yes"}, follow=True))
    assert f"The repository names {cast.LLAMA} in error" in told
    assert "No ancestor is stated" in told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"parent": "not a name"}, "Parent : 'not a name' is no repository id"),
        ({"parent": ""}, "Parent : is needed"),
        ({"parent": "X/Silent"}, "Parent : is the model itself"),
        ({"relation": "cousin"}, "Relation : 'cousin' is no relation"),
        ({"source": " "}, "Source : is needed"),
        ({"wrong": "yes"}, "Parent : is not stated by x/silent"),
    ],
)
def test_what_is_no_parent_is_refused_beside_the_form_and_kept(
    client: Client, child: Model, said: dict, told: str
) -> None:
    answer = client.post(f"{PAGE}lineage/add/", {**PARENT, **said})
    assert answer.status_code == 422
    assert told in words(answer)
    assert f'value="{said.get("parent", cast.LLAMA)}"' in answer.content.decode()
    assert not CuratedEdge.objects.exists()


def test_a_figure_is_recorded_replaced_and_retracted(client: Client, child: Model) -> None:
    told = words(client.post(f"{PAGE}figures/add/", FIGURE, follow=True))
    assert "3.8e25 FLOP Training compute Epoch AI 20 Feb 2025 user:ed" in told
    later = {**FIGURE, "value": "", "low": "5e22", "high": "9e22", "source": "our logs", "on": ""}
    told = words(client.post(f"{PAGE}figures/add/", later, follow=True))
    assert "5e22 to 9e22 FLOP Training compute our logs user:ed" in told
    assert "3.8e25 FLOP Training compute Replaced" in told
    latest = ModelFigure.objects.latest("id")
    told = words(client.post(f"{PAGE}figures/{latest.pk}/retract/", follow=True))
    assert "5e22 to 9e22 FLOP Training compute Retracted" in told
    assert "3.8e25 FLOP Training compute Epoch AI" in told
    again = client.post(f"{PAGE}figures/{latest.pk}/retract/")
    assert "It was retracted already." in words(again)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"value": "a lot"}, "Value : 'a lot'"),
        ({"value": "-1"}, "Value : '-1' is negative"),
        ({"value": ""}, "Value : give either value, or low and high"),
        ({"value": "", "low": "2e25", "high": "1e25"}, "Low : "),
        ({"source": ""}, "Source : is needed"),
        ({"on": "yesterday"}, "On : 'yesterday'"),
        ({"metric": "weight"}, "Metric : 'weight' is no figure"),
    ],
)
def test_what_is_no_figure_is_refused_beside_the_form_and_kept(
    client: Client, child: Model, said: dict, told: str
) -> None:
    answer = client.post(f"{PAGE}figures/add/", {**FIGURE, **said})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert told in words(answer)
    assert page.count(" open>") == 1
    assert f'value="{said.get("source", "Epoch AI")}"' in page
    assert not ModelFigure.objects.exists()


def test_what_was_said_of_another_model_is_not_found_here(client: Client, child: Model) -> None:
    client.post(f"{PAGE}lineage/add/", PARENT)
    client.post(f"{PAGE}figures/add/", FIGURE)
    other = f"/models/huggingface/{cast.LLAMA}/"
    assert client.post(f"{other}lineage/{CuratedEdge.objects.get().pk}/retract/").status_code == 404
    assert client.post(f"{other}figures/{ModelFigure.objects.get().pk}/retract/").status_code == 404


def test_who_only_views_sees_what_was_said_and_no_form(as_: As, client: Client, child: Model) -> None:
    viewer = as_("vera")
    assert "Training compute" not in words(viewer.get(PAGE))
    assert "What people said" not in words(viewer.get(f"{PAGE}lineage/"))
    client.post(f"{PAGE}lineage/add/", PARENT)
    client.post(f"{PAGE}figures/add/", FIGURE)
    lineage, overview = words(viewer.get(f"{PAGE}lineage/")), words(viewer.get(PAGE))
    assert "Merged from https://example.com/paper user:ed" in lineage
    assert "3.8e25 FLOP Training compute Epoch AI" in overview
    for told in (lineage, overview):
        assert "Retract" not in told
        assert "Record a figure" not in told
        assert "Add a parent" not in told
