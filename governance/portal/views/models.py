"""Models: the list, one model from each side, adding and reading again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from governance.core.outcomes import Decision
from governance.discovery import catalog
from governance.pipeline import intake
from governance.portal.access import actor_of, changing, reading, require
from governance.portal.faults import Faults, refusals
from governance.portal.pages import lineage
from governance.portal.pages import model as one
from governance.portal.pages import models as pages
from governance.portal.paging import listing
from governance.portal.rendering import INVALID, page
from governance.portal.wording import DECISIONS
from governance.registry.models import Model
from governance.registry.services import find_model

_DECISIONS = [(str(key), DECISIONS[key].word) for key in Decision]


@reading
def models(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "license", "decision")}
    found = listing(request, pages.found(**asked))
    context = {
        "listing": replace(found, rows=pages.rows(found.rows)),
        "asked": asked,
        "licenses": pages.licenses_in_use(),
        "decisions": _DECISIONS,
    }
    return page(request, "models.html", context)


@reading
def model(request: HttpRequest, source: str, repo_id: str, tab: str = "overview") -> HttpResponse:
    """One model; a former name leads to the present one."""
    found = named(source, repo_id)
    if found.repo_id != repo_id:
        return redirect(pages.address(found), permanent=False)
    return side(request, found, tab, {})


def side(request: HttpRequest, found: Model, tab: str, faults: Faults) -> HttpResponse:
    """One side of a model, with what was refused of a form on it."""
    shown = {"tabs": one.TABS, "tab": tab, **one.head(found), **_TABS[tab](request, found)}
    context = {**shown, "faults": faults, "asked": request.POST}
    return page(request, f"model_{tab}.html", context, status=INVALID if faults else 200)


def named(source: str, repo_id: str) -> Model:
    try:
        found = find_model(source=source, repo_id=repo_id)
    except ValidationError as fault:
        raise Http404(" ".join(fault.messages)) from fault
    if found is None:
        raise Http404(f"There is no model {repo_id}.")
    return Model.objects.select_related("latest_snapshot", "subject__case").get(pk=found.pk)


def _files(request: HttpRequest, found: Model) -> dict[str, Any]:
    rows = listing(request, one.files(found), per_page=100)
    return {"listing": rows, "unsafe": one.unsafe(list(rows.rows))}


_TABS = {
    "overview": lambda request, found: one.overview(found),
    "files": _files,
    "lineage": lambda request, found: lineage.lineage(found),
    "history": lambda request, found: one.history(found),
}


@login_required
def add_model(request: HttpRequest) -> HttpResponse:
    require(request, "write")
    asked = {name: request.POST.get(name, "").strip() for name in ("source", "repo_id", "revision")}
    faults = _add(request, asked) if request.method == "POST" else {}
    if request.method == "POST" and not faults:
        return redirect("portal:model", asked["source"], asked["repo_id"])
    asked["source"] = asked["source"] or settings.DEFAULT_SOURCE
    context = {"asked": asked, "faults": faults, "sources": _sources()}
    return page(request, "add_model.html", context, status=INVALID if faults else 200)


def _add(request: HttpRequest, asked: dict[str, str]) -> Faults:
    with refusals() as faults:
        _, created = intake.add_model(**asked, actor=actor_of(request))
        sentence = "is read from the hub now, with its ancestors." if created else "was tracked already."
        messages.success(request, f"{asked['repo_id']} {sentence}")
    return faults


def _sources() -> list[tuple[str, str]]:
    """Sources that read by themselves; what is declared by hand needs more than a name."""
    return [(key, found.summary()) for key, found in catalog().sources.items() if found.network]


@changing("write")
def sync_model(request: HttpRequest, source: str, repo_id: str) -> HttpResponse:
    found = named(source, repo_id)
    intake.sync_model(model=found, actor=actor_of(request))
    messages.success(request, f"{found.repo_id} will be read again in a moment.")
    return redirect(pages.address(found))
