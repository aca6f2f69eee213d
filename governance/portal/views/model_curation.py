"""What people say of a model: where it comes from and what its training took, recorded and retracted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from governance.pipeline import intake
from governance.portal.access import actor_of, changing
from governance.portal.faults import Faults, refusals
from governance.portal.views.models import named, side
from governance.registry.models import Model

_RECORDED = "It is on record. What hangs on it is judged again now."
_RETRACTED = "Retracted. It stays on record and counts no more."


@changing("write")
def curate(request: HttpRequest, source: str, repo_id: str) -> HttpResponse:
    found = named(source, repo_id)
    data = {**_given(request, "parent", "relation", "source"), "wrong": "wrong" in request.POST}
    with refusals() as faults:
        intake.curate_edge(model=found, data=data, actor=actor_of(request))
    return _shown(request, found, "lineage", faults, _RECORDED)


@changing("write")
def retract_edge(request: HttpRequest, source: str, repo_id: str, number: int) -> HttpResponse:
    found = named(source, repo_id)
    edge = get_object_or_404(found.curated_edges.select_related("model"), pk=number)
    with refusals() as faults:
        intake.retract_edge(edge=edge, actor=actor_of(request))
    return _shown(request, found, "lineage", faults, _RETRACTED)


@changing("write")
def record_figure(request: HttpRequest, source: str, repo_id: str) -> HttpResponse:
    found = named(source, repo_id)
    data = _given(request, "metric", "value", "low", "high", "source", "on", "note")
    with refusals() as faults:
        intake.record_model_figure(model=found, data=data, actor=actor_of(request))
    return _shown(request, found, "overview", faults, _RECORDED)


@changing("write")
def retract_figure(request: HttpRequest, source: str, repo_id: str, number: int) -> HttpResponse:
    found = named(source, repo_id)
    figure = get_object_or_404(found.figures.select_related("model"), pk=number)
    with refusals() as faults:
        intake.retract_model_figure(figure=figure, actor=actor_of(request))
    return _shown(request, found, "overview", faults, _RETRACTED)


def _given(request: HttpRequest, *names: str) -> dict[str, Any]:
    """An empty box says nothing."""
    return {name: request.POST.get(name, "").strip() or None for name in names}


def _shown(request: HttpRequest, found: Model, tab: str, faults: Faults, told: str) -> HttpResponse:
    if faults:
        return side(request, found, tab, faults)
    messages.success(request, told)
    where = [] if tab == "overview" else [tab]
    return redirect("portal:model-tab" if where else "portal:model", found.source, found.repo_id, *where)
