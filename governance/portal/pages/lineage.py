"""Where a model comes from: each step with how the licenses stand to each other, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from governance.compliance.edges import Edge, edges
from governance.compliance.model_facts import model_facts
from governance.core.inheriting import Inherited
from governance.portal.wording import Badge
from governance.registry.models import CuratedEdge, Model

OUTCOMES = {
    Inherited.CONFLICT: Badge("Conflict", tone="red", shape="octagon", icon="minus"),
    Inherited.CANNOT_TELL: Badge("Cannot tell", tone="violet", shape="dashed", icon="question-mark"),
    Inherited.UNDECLARED: Badge("States no license", tone="amber", shape="diamond", icon="eye"),
    Inherited.MISMATCH: Badge("Statements disagree", tone="amber", shape="diamond", icon="eye"),
    Inherited.OBLIGATION: Badge("Something to do", tone="blue", shape="square", icon="list-check"),
    Inherited.OVER_RESTRICTIVE: Badge(
        "Stricter than needed", tone="muted", shape="circle", icon="circle-off"
    ),
    Inherited.OK: Badge("In order", tone="green", shape="circle", icon="check"),
}
_RELATIONS = {
    "finetune": "fine-tuned from",
    "adapter": "an adapter for",
    "quantized": "quantized from",
    "merge": "merged from",
    "distilled": "distilled from",
    "unknown": "made from",
}


@dataclass(frozen=True)
class Step:
    """One ancestor on the way up, indented by depth."""

    repo_id: str
    relation: str
    depth: int
    license: str
    model: Model | None
    note: str
    brings: bool
    badge: Badge
    told: str
    curated: CuratedEdge | None


def lineage(model: Model) -> dict[str, Any]:
    """Every step up from the model, as a list that anybody can read and print, and what came of it."""
    snapshot = model.latest_snapshot
    facts = model_facts([(model, snapshot)])[(model.pk, snapshot.pk if snapshot else None)].terms
    bringing = {one.repo_id for one in facts.governing if one.depth}
    return {
        "steps": [_step(one, bringing) for one in (edges(snapshot) if snapshot else ())],
        "said": model.curated_edges.order_by("-id")[:50],
        "relations": _RELATIONS,
        "children": _children(model),
    }


def _step(edge: Edge, bringing: set[str]) -> Step:
    one = edge.ancestor
    relation = f"{one.child} is {_RELATIONS.get(one.relation, 'made from')}"
    return Step(
        repo_id=one.repo_id,
        relation=relation,
        depth=min(one.depth - 1, 4),
        license=edge.license,
        model=one.model,
        note="" if one.snapshot else "not tracked" if one.model is None else "not read yet",
        brings=one.repo_id in bringing,
        badge=OUTCOMES[edge.outcome],
        told=edge.told,
        curated=one.curated,
    )


def _children(model: Model) -> list[Model]:
    """Tracked models that were made from this one."""
    curated = Q(curated_edges__parent=model, curated_edges__wrong=False, curated_edges__retracted_at=None)
    made = Model.objects.filter(Q(latest_snapshot__edges__parent=model) | curated).exclude(pk=model.pk)
    return list(made.distinct().order_by("repo_id")[:50])
