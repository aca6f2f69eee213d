"""Usage: limits, figures and companies; recording a figure and importing a file of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from governance.pipeline import intake
from governance.portal.access import actor_of, changing, reading, require
from governance.portal.faults import refusals
from governance.portal.pages import usage as pages
from governance.portal.paging import listing
from governance.portal.rendering import INVALID, page

TABS = (("usage", "Limits"), ("figures", "Figures"), ("companies", "Companies and products"))
_FIELDS = ("subject", "metric", "period", "value", "low", "high", "currency", "source", "note")


@reading
def limits(request: HttpRequest) -> HttpResponse:
    context = {"limits": pages.limits()[:50], "waiting": pages.unknown_usage()[:25]}
    return page(request, "usage_limits.html", {**context, "tabs": TABS, "tab": "usage"})


@reading
def figures(request: HttpRequest) -> HttpResponse:
    return _figures(request)


def _figures(request: HttpRequest, **more: Any) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip() for name in ("subject", "metric")}
    subjects = pages.subjects()
    context = {
        "listing": listing(request, pages.figures(**asked)),
        "asked": asked,
        "metrics": pages.metrics(),
        "subjects": subjects,
        "names": dict(subjects),
        "tabs": TABS,
        "tab": "figures",
        **more,
    }
    return page(request, "usage_figures.html", context, status=INVALID if more else 200)


@reading
def companies(request: HttpRequest) -> HttpResponse:
    context = {"companies": pages.companies(), "controls": pages.controls()}
    return page(request, "usage_companies.html", {**context, "tabs": TABS, "tab": "companies"})


@login_required
def add_figure(request: HttpRequest) -> HttpResponse:
    """One figure: an exact value, or a low and a high one."""
    require(request, "write")
    given = {name: request.POST.get(name, "").strip() for name in _FIELDS}
    row: dict[str, Any] = {name: text for name, text in given.items() if text}
    if request.POST.get("deduplicated"):
        row["deduplicated"] = True
    with refusals() as faults:
        if request.method == "POST":
            intake.record_measurements(rows=[row], actor=actor_of(request))
    if request.method == "POST" and not faults:
        messages.success(request, "The figure is recorded. What reads it is judged again.")
        return redirect("portal:figures")
    named = {name.removeprefix("0."): causes for name, causes in faults.items()}
    context = {"asked": given, "faults": named, "subjects": pages.subjects(), "metrics": pages.metrics()}
    return page(request, "add_figure.html", context, status=INVALID if faults else 200)


@changing("write")
def import_figures(request: HttpRequest) -> HttpResponse:
    """A CSV file: all its lines or none."""
    file = request.FILES.get("file")
    if file is None:
        return _figures(request, faults={"file": ["choose a CSV file first"]})
    report = intake.import_measurements(text=file.read(), actor=actor_of(request))
    if report.errors:
        return _figures(request, report=report, errors=report.errors[:100])
    messages.success(request, f"{len(report.measurements):,} figures are recorded from {file.name}.")
    return redirect("portal:figures")
