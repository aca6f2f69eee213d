"""The ancestors of snapshots, level by level: a handful of queries for any number of snapshots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings

from governance.core.reading import Relation
from governance.registry.models import Edge, Model, Snapshot

Identity = int | str
"""A model's row id, or the name in lower case of one that is not tracked."""


@dataclass(frozen=True)
class Ancestor:
    """One step up the lineage. `snapshot` is None where the ancestor was not read (yet)."""

    repo_id: str
    relation: str
    """Of `child`, the next model on the way down, to this one."""
    depth: int
    child: str
    model: Model | None
    snapshot: Snapshot | None
    cut: bool = False
    """Its own ancestors were not looked at, as they lie too deep."""


def lineage(snapshot: Snapshot, depth: int | None = None) -> list[Ancestor]:
    return lineages([snapshot], depth)[snapshot.pk]


def lineages(snapshots: Iterable[Snapshot], depth: int | None = None) -> dict[int, list[Ancestor]]:
    """Snapshot id -> every step up from it, nearest first; circles end, and what is not tracked is named.

    An ancestor is listed once for each child and relation through which it is reached.
    """
    depth = settings.ANCESTOR_DEPTH if depth is None else depth
    walks = [_Walk(snapshot) for snapshot in {one.pk: one for one in snapshots}.values()]
    edges: dict[int, list[Edge]] = {}
    for level in range(1, depth + 2):
        _load({node.snapshot_id for walk in walks for node in walk.frontier if node.snapshot_id}, edges)
        for walk in walks:
            walk.climb(edges, level) if level <= depth else walk.stop(edges)
    return {walk.start.pk: walk.found for walk in walks}


def _load(snapshot_ids: set[int], edges: dict[int, list[Edge]]) -> None:
    missing = snapshot_ids - edges.keys()
    edges.update({snapshot_id: [] for snapshot_id in missing})
    rows = Edge.objects.filter(snapshot__in=missing).order_by("id")
    if missing:
        for edge in rows.select_related("parent__latest_snapshot").defer("parent__latest_snapshot__raw"):
            edges[edge.snapshot_id].append(edge)


@dataclass(frozen=True)
class _Node:
    """A model that the walk arrived at, and whose own parents are still to be looked at."""

    repo_id: str
    snapshot_id: int | None


@dataclass
class _Walk:
    start: Snapshot
    found: list[Ancestor] = field(default_factory=list)
    frontier: list[_Node] = field(default_factory=list)
    seen: set[Identity] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.seen = {self.start.model_id, self.start.repo_id.lower()}
        self.frontier = [_Node(self.start.repo_id, self.start.pk)]

    def climb(self, edges: dict[int, list[Edge]], level: int) -> None:
        nodes, self.frontier = self.frontier, []
        for node in nodes:
            for edge in _stated(edges.get(node.snapshot_id or 0, ())):
                self._step(node, edge, level)

    def _step(self, node: _Node, edge: Edge, level: int) -> None:
        parent, who = edge.parent, _identity(edge)
        if who in (self.start.model_id, self.start.repo_id.lower()):
            return
        name = parent.repo_id if parent else edge.parent_repo_id
        snapshot = parent.latest_snapshot if parent else None
        self.found.append(Ancestor(name, edge.relation, level, node.repo_id, parent, snapshot))
        if who not in self.seen:
            self.seen.add(who)
            self.frontier.append(_Node(name, snapshot.pk if snapshot else None))

    def stop(self, edges: dict[int, list[Edge]]) -> None:
        """Mark the models whose own parents lie too deep to be looked at."""
        beyond = {node.repo_id for node in self.frontier if edges.get(node.snapshot_id or 0)}
        self.found = [replace(one, cut=True) if one.repo_id in beyond else one for one in self.found]


def _identity(edge: Edge) -> Identity:
    return edge.parent_id or edge.parent_repo_id.lower()


def _stated(edges: Sequence[Edge]) -> list[Edge]:
    """Each parent and relation once, and an unknown relation only where no statement says which it is."""
    relations: dict[Identity, set[str]] = defaultdict(set)
    for edge in edges:
        relations[_identity(edge)].add(edge.relation)
    known = {who: found - {Relation.UNKNOWN} or found for who, found in relations.items()}
    distinct = {(_identity(edge), edge.relation): edge for edge in edges}
    return [edge for (who, relation), edge in distinct.items() if relation in known[who]]
