"""Deployments: the list and one with every finding."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from governance.deployments.models import Deployment
from governance.pipeline import intake
from governance.portal.access import actor_of, changing, reading
from governance.portal.pages import deployments as pages
from governance.portal.paging import listing
from governance.portal.rendering import page
from governance.portal.wording import DECISIONS, WORST_FIRST


@reading
def deployments(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "decision", "environment")}
    context = {
        "listing": listing(request, pages.found(**asked)),
        "asked": asked,
        "decisions": [(str(key), DECISIONS[key].word) for key in WORST_FIRST],
        "environments": pages.environments(),
    }
    return page(request, "deployments.html", context)


@reading
def deployment(request: HttpRequest, slug: str) -> HttpResponse:
    whole = ("model", "snapshot", "product", "company", "subject__case")
    found = get_object_or_404(Deployment.objects.select_related(*whole), slug=slug)
    return page(request, "deployment.html", pages.one(found, timezone.now()))


@changing("write")
def retire(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Deployment, slug=slug, retired_at=None)
    intake.retire_deployment(deployment=found, actor=actor_of(request))
    messages.success(request, f"{found.slug} is retired. Its history stays.")
    return redirect("portal:deployment", found.slug)
