"""Work and messages: what waits, what failed, and trying again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from governance.alerts.models import Delivery
from governance.pipeline import intake
from governance.pipeline.models import Work
from governance.portal.access import actor_of, changing, reading
from governance.portal.pages import jobs as pages
from governance.portal.paging import listing
from governance.portal.rendering import page

MOST_AT_ONCE = 100


@reading
def jobs(request: HttpRequest) -> HttpResponse:
    tab = request.GET.get("state", "dead")
    tab = tab if tab in pages.TABS else "dead"
    counts = pages.counts()
    context = {
        "listing": listing(request, pages.found(tab)),
        "tab": tab,
        "tabs": [(key, title, counts[key]) for key, title in pages.TABS.items()],
        "kinds": pages.KINDS,
        "names": pages.COMPONENTS,
        "health": pages.health(),
    }
    return page(request, "jobs.html", context)


@changing("admin")
def retry(request: HttpRequest, number: int) -> HttpResponse:
    work = get_object_or_404(Work, pk=number, state=Work.State.DEAD)
    intake.retry_work(work=work, actor=actor_of(request))
    messages.success(request, f"{pages.KINDS[work.kind]} ({work.key}) is tried again now.")
    return redirect("portal:jobs")


@changing("admin")
def retry_all(request: HttpRequest) -> HttpResponse:
    """So many at a time that the page comes back soon; the rest is a click away."""
    dead = list(pages.found("dead")[:MOST_AT_ONCE])
    for work in dead:
        intake.retry_work(work=work, actor=actor_of(request))
    messages.success(request, f"{len(dead)} jobs are tried again now.")
    return redirect("portal:jobs")


@reading
def deliveries(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "status")}
    context = {
        "listing": listing(request, pages.deliveries(**asked)),
        "asked": asked,
        "statuses": Delivery.Status.choices,
    }
    return page(request, "deliveries.html", context)
