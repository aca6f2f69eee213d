"""Edges that people add or call wrong: what counts, what is refused, and that nothing is forgotten."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from governance.registry.models import CuratedEdge, Model
from governance.registry.services import curate_edge, lineage, retract_edge
from tests.registry.readings import LATER, NOON, B, parents, read, reading, registered, tracked

pytestmark = pytest.mark.django_db


def curate(model: Model, parent: str, relation: str = "merge", **said: Any) -> CuratedEdge:
    data = {"parent": parent, "relation": relation, "source": "https://example.com/paper", **said}
    return curate_edge(model=model, data=data, author="alice", track=registered, now=NOON)


def ways(model: Model) -> list[tuple[str, str, str]]:
    """Parent, relation, and who says so."""
    model.refresh_from_db()
    line = lineage(model.latest_snapshot, 5)
    return [(one.repo_id, one.relation, one.curated.author if one.curated else "") for one in line]


def test_an_added_parent_counts_with_all_that_lies_above_it() -> None:
    tracked("x/root")
    tracked("x/base", ancestors=parents("x/root"))
    leaf = tracked("x/leaf")
    curate(leaf, "x/base")
    assert ways(leaf) == [("x/base", "merge", "alice"), ("x/root", "finetune", "")]


def test_a_parent_that_is_called_wrong_counts_no_more_under_any_of_its_names() -> None:
    base = tracked("meta/Llama")
    base.aliases.create(repo_id="meta/Meta-Llama", since=NOON)
    leaf = tracked("x/leaf", ancestors=parents("meta/Meta-Llama", "x/other"))
    curate(leaf, "META/meta-llama", wrong=True, relation=None)
    assert ways(leaf) == [("x/other", "finetune", "")]


def test_what_was_called_wrong_may_be_added_as_it_is() -> None:
    tracked("x/base")
    leaf = tracked("x/leaf", ancestors=parents("x/base"))
    curate(leaf, "x/base", wrong=True)
    curate(leaf, "x/base", "distilled")
    assert ways(leaf) == [("x/base", "distilled", "alice")]


def test_what_is_curated_holds_for_every_revision() -> None:
    tracked("x/base")
    leaf = tracked("x/leaf")
    curate(leaf, "x/base")
    read(leaf, reading("x/leaf", hub_id=leaf.hub_id, revision=B), now=LATER)
    assert ways(leaf) == [("x/base", "merge", "alice")]


def test_retracting_brings_back_what_is_stated_and_keeps_the_record() -> None:
    tracked("x/base")
    leaf = tracked("x/leaf", ancestors=parents("x/base"))
    edge = curate(leaf, "x/base", wrong=True)
    retract_edge(edge=edge, author="bob", now=LATER)
    assert ways(leaf) == [("x/base", "finetune", "")]
    assert (edge.retracted_at, edge.retracted_by) == (LATER, "bob")
    curate(leaf, "x/base", wrong=True)
    assert leaf.curated_edges.count() == 2
    with pytest.raises(ValidationError, match="retracted already"):
        retract_edge(edge=edge, author="bob", now=LATER)


def test_a_circle_that_was_curated_ends() -> None:
    base, leaf = tracked("x/base"), tracked("x/leaf", ancestors=parents("x/base"))
    curate(base, "x/leaf")
    assert [name for name, _, _ in ways(leaf)] == ["x/base"]


@pytest.mark.parametrize(
    ("said", "field", "cause"),
    [
        ({"parent": None}, "parent", "is needed"),
        ({"parent": "no id at all"}, "parent", "org/name"),
        ({"parent": "X/Leaf"}, "parent", "itself"),
        ({"parent": "x/stated", "source": " "}, "source", "empty"),
        ({"relation": None}, "relation", "one of finetune"),
        ({"relation": "cousin"}, "relation", "no relation"),
        ({"wrong": "yes"}, "wrong", "true or false"),
        ({"parent": "x/never-named", "wrong": True}, "parent", "not stated"),
        ({"parent": "x/curated"}, "parent", "on record already"),
        ({"who": "me"}, "who", "is no field"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_changes(said: Any, field: str, cause: str) -> None:
    leaf = tracked("x/leaf", ancestors=parents("x/stated"))
    curate(leaf, "x/curated")
    models, edges = Model.objects.count(), CuratedEdge.objects.count()
    with pytest.raises(ValidationError) as refused:
        curate(leaf, **{"parent": "x/new", **said})
    assert cause in " ".join(refused.value.message_dict[field])
    assert (Model.objects.count(), CuratedEdge.objects.count()) == (models, edges)


def test_a_parent_that_is_tracked_later_is_tied_to_its_edge() -> None:
    leaf = tracked("x/leaf")
    edge = curate(leaf, "x/base")
    CuratedEdge.objects.update(parent=None)
    Model.objects.filter(repo_id="x/base").delete()
    base = registered("x/base")
    edge.refresh_from_db()
    assert edge.parent == base
