"""Ancestors of many snapshots at once: complete, cycle-safe, in a handful of queries."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.core.reading import AncestorEdge, Relation
from governance.registry.models import Edge, Model, Snapshot
from governance.registry.services import lineage, lineages
from tests.registry.readings import LATER, NOON, B, parents, read, reading, registered, tracked

pytestmark = pytest.mark.django_db


def ways(snapshot: Snapshot, depth: int = 5) -> list[tuple[str, str, int, str]]:
    return [(a.repo_id, a.relation, a.depth, a.child) for a in lineage(snapshot, depth)]


def family(edges: dict[str, list[str]]) -> dict[str, Model]:
    """Models by name, each with its parents."""
    return {name: tracked(name, ancestors=parents(*above)) for name, above in edges.items()}


def test_a_chain_is_climbed_to_its_end() -> None:
    models = family({"x/base": [], "x/mid": ["x/base"], "x/leaf": ["x/mid"]})
    assert ways(models["x/leaf"].latest_snapshot) == [
        ("x/mid", "finetune", 1, "x/leaf"),
        ("x/base", "finetune", 2, "x/mid"),
    ]


def test_an_ancestor_brings_its_snapshot() -> None:
    models = family({"x/base": [], "x/leaf": ["x/base"]})
    ancestor = lineage(models["x/leaf"].latest_snapshot)[0]
    assert ancestor.model == models["x/base"]
    assert ancestor.snapshot == models["x/base"].latest_snapshot


def test_a_missing_ancestor_is_named() -> None:
    leaf = tracked("x/leaf", ancestors=parents("nobody/base"))
    ancestor = lineage(leaf.latest_snapshot)[0]
    assert (ancestor.repo_id, ancestor.model, ancestor.snapshot) == ("nobody/base", None, None)


def test_an_ancestor_that_was_not_read_yet_has_no_snapshot() -> None:
    base = registered("x/base")
    leaf = tracked("x/leaf", ancestors=parents("x/base"))
    ancestor = lineage(leaf.latest_snapshot)[0]
    assert (ancestor.model, ancestor.snapshot) == (base, None)


def test_the_old_name_of_an_ancestor_means_the_ancestor() -> None:
    base = tracked("meta/Llama")
    base.aliases.create(repo_id="meta/Meta-Llama", since=NOON)
    leaf = tracked("x/leaf", ancestors=parents("meta/Meta-Llama", "meta/Llama"))
    assert ways(leaf.latest_snapshot) == [("meta/Llama", "finetune", 1, "x/leaf")]


def test_a_stated_relation_comes_before_an_unknown_one() -> None:
    tracked("x/base")
    stated = (
        AncestorEdge("x/base", Relation.UNKNOWN, "card"),
        AncestorEdge("x/base", Relation.QUANTIZED, "tag"),
    )
    leaf = tracked("x/leaf", ancestors=stated)
    assert ways(leaf.latest_snapshot) == [("x/base", "quantized", 1, "x/leaf")]
    assert Edge.objects.count() == 2


def test_two_ways_to_one_ancestor_are_both_told() -> None:
    models = family({"x/base": [], "x/a": ["x/base"], "x/b": ["x/base"], "x/leaf": ["x/a", "x/b"]})
    found = [(a.repo_id, a.child) for a in lineage(models["x/leaf"].latest_snapshot)]
    assert found == [("x/a", "x/leaf"), ("x/b", "x/leaf"), ("x/base", "x/a"), ("x/base", "x/b")]


def test_a_circle_ends() -> None:
    models = family({"x/a": ["x/b"], "x/b": ["x/c"], "x/c": ["x/a"]})
    assert [a.repo_id for a in lineage(models["x/a"].latest_snapshot, 20)] == ["x/b", "x/c"]


def test_a_model_is_no_ancestor_of_itself() -> None:
    model = tracked("x/a", ancestors=parents("x/a", "X/A"))
    assert ways(model.latest_snapshot) == []


def test_what_lies_too_deep_is_said() -> None:
    models = family({"x/0": [], **{f"x/{n}": [f"x/{n - 1}"] for n in range(1, 5)}})
    found = lineage(models["x/4"].latest_snapshot, 2)
    assert [(a.repo_id, a.cut) for a in found] == [("x/3", False), ("x/2", True)]
    whole = lineage(models["x/4"].latest_snapshot, 4)
    assert not any(a.cut for a in whole)


def test_the_latest_snapshot_of_an_ancestor_counts() -> None:
    models = family({"x/root": [], "x/base": [], "x/leaf": ["x/base"]})
    base = models["x/base"]
    moved = reading("x/base", hub_id=base.hub_id, revision=B, ancestors=parents("x/root"))
    read(base, moved, now=LATER)
    assert [a.repo_id for a in lineage(models["x/leaf"].latest_snapshot)] == ["x/base", "x/root"]


def snapshots_of(count: int) -> list[Snapshot]:
    """`count` models in chains of five."""
    models = [
        Model(source="huggingface", repo_id=f"x/{n}", hub_id=str(n), state_since=NOON) for n in range(count)
    ]
    Model.objects.bulk_create(models)
    rows = [
        Snapshot(model=m, revision=f"{n:040d}", repo_id=m.repo_id, synced_at=NOON)
        for n, m in enumerate(models)
    ]
    Snapshot.objects.bulk_create(rows)
    for model, row in zip(models, rows, strict=True):
        model.latest_snapshot = row
    Model.objects.bulk_update(models, ["latest_snapshot"])
    Edge.objects.bulk_create(
        Edge(
            snapshot=rows[n],
            parent_repo_id=f"x/{n - 1}",
            parent=models[n - 1],
            relation="merge",
            stated_in="tag",
        )
        for n in range(count)
        if n % 5
    )
    return rows


@pytest.mark.parametrize("count", [5, 500])
def test_the_number_of_queries_does_not_grow_with_the_snapshots(
    count: int, django_assert_max_num_queries: Any
) -> None:
    rows = snapshots_of(count)
    with django_assert_max_num_queries(6):
        found = lineages(rows, 5)
    assert len(found) == count
    assert sum(len(line) for line in found.values()) == count * 2


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=20))
def test_in_any_graph_exactly_the_reachable_ancestors_are_found(edges: set[tuple[int, int]]) -> None:
    Edge.objects.all().delete()
    if not Snapshot.objects.exists():
        snapshots_of(6)
        Edge.objects.all().delete()
    rows = list(Snapshot.objects.order_by("id").select_related("model"))
    Edge.objects.bulk_create(
        Edge(
            snapshot=rows[c], parent_repo_id=f"x/{p}", parent=rows[p].model, relation="merge", stated_in="tag"
        )
        for c, p in edges
    )
    for row, line in zip(rows, lineages(rows, 6).values(), strict=True):
        assert {a.repo_id for a in line} == reachable(row.repo_id, edges)


def reachable(start: str, edges: set[tuple[int, int]]) -> set[str]:
    held, before = {int(start[2:])}, set()
    while held != before:
        before = set(held)
        held |= {p for c, p in edges if c in held}
    return {f"x/{n}" for n in held} - {start}
