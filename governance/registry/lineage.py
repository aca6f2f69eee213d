"""The ancestors of snapshots, level by level: a handful of queries for any number of snapshots.

What people curated counts beside what the repositories state, and before it where it calls that wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet

from governance.core.reading import Relation
from governance.registry.models import CuratedEdge, Edge, Model, Snapshot

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
    curated: CuratedEdge | None = None
    """Who says so, where a person does."""


def lineage(snapshot: Snapshot, depth: int | None = None) -> list[Ancestor]:
    return lineages([snapshot], depth)[snapshot.pk]


def lineages(snapshots: Iterable[Snapshot], depth: int | None = None) -> dict[int, list[Ancestor]]:
    """Snapshot id -> every step up from it, nearest first; circles end, and what is not tracked is named.

    An ancestor is listed once for each child and relation through which it is reached.
    """
    depth = settings.ANCESTOR_DEPTH if depth is None else depth
    walks = [_Walk(snapshot) for snapshot in {one.pk: one for one in snapshots}.values()]
    edges: dict[int, list[Stated]] = {}
    curated = CuratedEdge.objects.filter(retracted_at=None).exists()
    for level in range(1, depth + 2):
        ahead = {node.snapshot_id for walk in walks for node in walk.frontier if node.snapshot_id}
        _load(ahead, edges, curated)
        for walk in walks:
            walk.climb(edges, level) if level <= depth else walk.stop(edges)
    return {walk.start.pk: walk.found for walk in walks}


Stated = Edge | CuratedEdge


def _load(snapshot_ids: set[int], edges: dict[int, list[Stated]], curated: bool) -> None:
    missing = snapshot_ids - edges.keys()
    if not missing:
        return
    edges.update({snapshot_id: [] for snapshot_id in missing})
    for edge in _with_parents(Edge.objects.filter(snapshot__in=missing)):
        edges[edge.snapshot_id].append(edge)
    if curated:
        _correct(missing, edges)


def _with_parents(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related("parent__latest_snapshot").defer("parent__latest_snapshot__raw").order_by("id")


def _correct(snapshot_ids: set[int], edges: dict[int, list[Stated]]) -> None:
    """Add what people curated of these models, and leave out what they call wrong."""
    rows = CuratedEdge.objects.filter(retracted_at=None, model__snapshots__in=snapshot_ids)
    of_snapshot = _with_parents(rows.annotate(of=F("model__snapshots")))
    for one in of_snapshot:
        held = edges[one.of]
        if one.wrong:
            held[:] = [edge for edge in held if isinstance(edge, CuratedEdge) or not _same(edge, one)]
        else:
            held.append(one)


def _same(stated: Edge, curated: CuratedEdge) -> bool:
    """Whether both name one parent, under whatever name."""
    names = {stated.parent_repo_id.lower(), stated.parent.repo_id.lower() if stated.parent else ""}
    return _identity(stated) == _identity(curated) or curated.parent_repo_id.lower() in names


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

    def climb(self, edges: dict[int, list[Stated]], level: int) -> None:
        nodes, self.frontier = self.frontier, []
        for node in nodes:
            for edge in _stated(edges.get(node.snapshot_id or 0, ())):
                self._step(node, edge, level)

    def _step(self, node: _Node, edge: Stated, level: int) -> None:
        parent, who = edge.parent, _identity(edge)
        if who in (self.start.model_id, self.start.repo_id.lower()):
            return
        name = parent.repo_id if parent else edge.parent_repo_id
        snapshot = parent.latest_snapshot if parent else None
        curated = edge if isinstance(edge, CuratedEdge) else None
        self.found.append(
            Ancestor(name, edge.relation, level, node.repo_id, parent, snapshot, curated=curated)
        )
        if who not in self.seen:
            self.seen.add(who)
            self.frontier.append(_Node(name, snapshot.pk if snapshot else None))

    def stop(self, edges: dict[int, list[Stated]]) -> None:
        """Mark the models whose own parents lie too deep to be looked at."""
        beyond = {node.repo_id for node in self.frontier if edges.get(node.snapshot_id or 0)}
        self.found = [replace(one, cut=True) if one.repo_id in beyond else one for one in self.found]


def _identity(edge: Stated) -> Identity:
    return edge.parent_id or edge.parent_repo_id.lower()


def _stated(edges: Sequence[Stated]) -> list[Stated]:
    """Each parent and relation once, and an unknown relation only where no statement says which it is."""
    relations: dict[Identity, set[str]] = defaultdict(set)
    for edge in edges:
        relations[_identity(edge)].add(edge.relation)
    known = {who: found - {Relation.UNKNOWN} or found for who, found in relations.items()}
    distinct = {(_identity(edge), edge.relation): edge for edge in edges}
    return [edge for (who, relation), edge in distinct.items() if relation in known[who]]
