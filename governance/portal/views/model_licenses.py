"""The license of a model, set by hand and withdrawn."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from governance.pipeline import intake
from governance.portal.access import actor_of, changing
from governance.portal.faults import refusals
from governance.portal.pages.models import address
from governance.portal.views.models import named, side


@changing("write")
def override(request: HttpRequest, source: str, repo_id: str) -> HttpResponse:
    found = named(source, repo_id)
    given = {name: request.POST.get(name, "").strip() for name in ("license", "reason")}
    with refusals() as faults:
        intake.override_license(model=found, actor=actor_of(request), **given)
    if faults:
        return side(request, found, "overview", faults)
    messages.success(request, "The license is set. What hangs on it is judged again now.")
    return redirect(address(found))


@changing("write")
def withdraw(request: HttpRequest, source: str, repo_id: str) -> HttpResponse:
    found = named(source, repo_id)
    with refusals() as faults:
        intake.withdraw_license_override(model=found, actor=actor_of(request))
    if faults:
        return side(request, found, "overview", faults)
    messages.success(request, "Withdrawn. The license is again what follows from the statements.")
    return redirect(address(found))
