"""Duties: what shows that they are met, and reports to paste from."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from governance.compliance.duties import RELATED
from governance.deployments.models import Deployment, Evidence
from governance.pipeline import intake
from governance.portal.access import actor_of, changing, reading
from governance.portal.faults import Faults, refusals
from governance.portal.pages import duties as pages
from governance.portal.rendering import INVALID, page
from governance.usage.models import Product


def _deployment(slug: str) -> Deployment:
    return get_object_or_404(Deployment.objects.select_related(*RELATED), slug=slug)


@reading
def duties(request: HttpRequest, slug: str) -> HttpResponse:
    return _duties(request, slug, {})


def _duties(request: HttpRequest, slug: str, faults: Faults) -> HttpResponse:
    context = {**pages.duties(_deployment(slug), timezone.now()), "faults": faults, "asked": request.POST}
    return page(request, "duties.html", context, status=INVALID if faults else 200)


@changing("write")
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Evidence of the kind that was chosen; what is left empty is not said."""
    said = {name: request.POST.get(name, "").strip() for name in ("duty", "kind", "value", "recheck_on")}
    kind = said.pop("kind")
    body = {"deployment": slug, "duty": said["duty"], "recheck_on": said["recheck_on"] or None}
    with refusals() as faults:
        given = intake.give_evidence(data={**body, kind: said["value"] or None}, actor=actor_of(request))
    if faults:
        return _duties(request, slug, faults)
    told = (
        "The page is opened next, and counts once it shows the duty." if given.kind == "url" else "It counts."
    )
    messages.success(request, f"The evidence is recorded. {told}")
    return redirect("portal:duties", slug)


@changing("write")
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    evidence = get_object_or_404(Evidence.objects.select_related("deployment"), pk=number)
    intake.withdraw_evidence(evidence=evidence, actor=actor_of(request))
    messages.success(request, "The evidence is withdrawn. It stays on record.")
    return redirect("portal:duties", evidence.deployment.slug)


@reading
def deployment_report(request: HttpRequest, slug: str) -> HttpResponse:
    one = _deployment(slug)
    return _report(request, one.slug, [one], {"deployment": one})


@reading
def product_report(request: HttpRequest, slug: str) -> HttpResponse:
    product = get_object_or_404(Product, slug=slug)
    rows = product.deployments.filter(retired_at=None).select_related(*RELATED).order_by("slug")
    return _report(request, product.name, list(rows), {"product": product})


def _report(request: HttpRequest, title: str, rows: list[Deployment], more: dict[str, Any]) -> HttpResponse:
    """As a page, or with `?notice` the content of a NOTICE file alone."""
    found = pages.report_of(title, rows, timezone.now())
    if "notice" not in request.GET:
        return page(request, "duty_report.html", {**found, "title": title, **more})
    answer = HttpResponse(found["report"].notice, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="NOTICE"'
    return answer
