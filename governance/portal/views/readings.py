"""Readings of ambiguous clauses, adopted and withdrawn on the page of their license."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from governance.licensing.models import Reading
from governance.pipeline import intake
from governance.portal.access import actor_of, changing
from governance.portal.faults import refusals
from governance.portal.views.licenses import terms_page


@changing("approve")
def adopt(request: HttpRequest, key: str) -> HttpResponse:
    given = {name: request.POST.get(name, "").strip() or None for name in ("ambiguity", "reading", "reason")}
    with refusals() as faults:
        intake.adopt_reading(data={"license": key, **given}, actor=actor_of(request))
    if faults:
        return terms_page(request, key, faults)
    messages.success(request, "The reading is adopted. What the license governs is judged again now.")
    return redirect("portal:license", key)


@changing("approve")
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    found = get_object_or_404(Reading, pk=number)
    with refusals() as faults:
        intake.withdraw_reading(reading=found, actor=actor_of(request))
    if faults:
        return terms_page(request, found.license, faults)
    messages.success(request, "Withdrawn: the terms are read again as they are written.")
    return redirect("portal:license", found.license)
