"""Who is told of what, and the secrets that messages to an address are signed with."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from governance.alerts.models import Kind, Subscription
from governance.discovery import catalog
from governance.pipeline import intake
from governance.portal.access import actor_of, changing, reading
from governance.portal.faults import Faults, refusals
from governance.portal.paging import listing
from governance.portal.rendering import INVALID, page


@reading
def subscriptions(request: HttpRequest) -> HttpResponse:
    return _page(request, {})


@changing("admin")
def subscribe(request: HttpRequest) -> HttpResponse:
    form = request.POST
    named = form.get("environments", "").replace(",", " ").split()
    given = {"kinds": form.getlist("kinds"), "environments": named}
    told = {name: form.get(name, "").strip() or None for name in ("channel", "address")}
    with refusals() as faults:
        saved, _ = intake.save_subscription(data={**told, **given}, actor=actor_of(request))
    if faults:
        return _page(request, faults)
    messages.success(request, f"{saved.shown_address} is subscribed.")
    return redirect("portal:subscriptions")


@changing("admin")
def end(request: HttpRequest, number: int) -> HttpResponse:
    found = get_object_or_404(Subscription, pk=number)
    intake.end_subscription(subscription=found, actor=actor_of(request))
    messages.success(request, f"Nothing more goes to {found.shown_address}.")
    return redirect("portal:subscriptions")


@changing("admin")
def secret(request: HttpRequest, number: int) -> HttpResponse:
    """Shown on the answer itself, so that it is at no address that somebody could come back to."""
    found = get_object_or_404(Subscription, pk=number)
    secrets = intake.show_secrets(subscription=found, actor=actor_of(request))
    answer = _page(request, {}, secrets, found)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(
    request: HttpRequest, faults: Faults, secrets: Collection[str] = (), of: Subscription | None = None
) -> HttpResponse:
    notifiers = catalog().notifiers
    context = {
        "listing": listing(request, Subscription.objects.order_by("-active", "channel", "address")),
        "channels": list(notifiers),
        "signing": [key for key, found in notifiers.items() if found.signs],
        "kinds": Kind.choices,
        "asked": request.POST,
        "chosen": request.POST.getlist("kinds"),
        "faults": faults,
        "secrets": secrets,
        "of": of,
    }
    return page(request, "subscriptions.html", context, status=INVALID if faults else 200)
