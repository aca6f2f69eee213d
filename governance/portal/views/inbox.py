"""The inbox: violations, and the waivers that are asked for and decided there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from governance.compliance.models import Violation, Waiver
from governance.pipeline import intake
from governance.portal.access import changing, reading, user_of
from governance.portal.faults import Faults, refusals
from governance.portal.pages import inbox as pages
from governance.portal.paging import listing
from governance.portal.rendering import INVALID, page
from governance.portal.wording import OUTCOMES


@reading
def inbox(request: HttpRequest) -> HttpResponse:
    now, tab = timezone.now(), request.GET.get("tab", "open")
    tab = tab if tab in pages.TABS else "open"
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "outcome")}
    counts = pages.counts(now)
    context = {
        "listing": listing(request, pages.found(tab=tab, now=now, **asked)),
        "asked": asked,
        "tab": tab,
        "tabs": [(key, title, counts[key]) for key, title in pages.TABS.items()],
        "outcomes": [(key, OUTCOMES[key].word) for key in pages.OUTCOMES],  # type: ignore[index]
    }
    return page(request, "inbox.html", context)


@reading
def violation(request: HttpRequest, number: int) -> HttpResponse:
    return _violation(request, _found(number), {})


def _violation(request: HttpRequest, found: Violation, faults: Faults) -> HttpResponse:
    now = timezone.now()
    context = {
        **pages.one(found, user_of(request), now),
        "faults": faults,
        "asked": request.POST,
        "earliest": now.date() + timedelta(days=1),
    }
    return page(request, "violation.html", context, status=INVALID if faults else 200)


def _found(number: int) -> Violation:
    places = ("subject__deployment__model", "subject__deployment__product", "subject__deployment__company")
    return get_object_or_404(Violation.objects.select_related(*places, "subject__model"), pk=number)


@changing("write")
def request_waiver(request: HttpRequest, number: int) -> HttpResponse:
    found = _found(number)
    with refusals() as faults:
        until = end_of(request.POST.get("until", ""))
        reason = request.POST.get("reason", "")
        intake.request_waiver(violation=found, reason=reason, until=until, user=user_of(request))
    if faults:
        return _violation(request, found, faults)
    messages.success(request, "The waiver is requested. Somebody else has to decide on it.")
    return redirect("portal:violation", number)


def end_of(day: str) -> datetime:
    """The first instant after that day, in UTC."""
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=1), datetime.min.time(), UTC)
    except (ValueError, OverflowError):
        raise ValidationError(
            {"until": [f"{day[:20]!r} is no day: give the last day as 2027-01-31"]}
        ) from None


@changing("approve")
def decide_waiver(request: HttpRequest, number: int) -> HttpResponse:
    waiver = get_object_or_404(Waiver, pk=number)
    approve, reason = request.POST.get("answer") == "approve", request.POST.get("reason", "").strip()
    with refusals() as faults:
        if not reason:
            raise ValidationError({"reason": ["a reason is needed: auditors will read it"]})
        intake.decide_waiver(waiver=waiver, approve=approve, reason=reason, user=user_of(request))
    if faults:
        return _violation(request, _found(waiver.violation_id), faults)
    messages.success(request, f"The waiver is {'approved' if approve else 'declined'}.")
    return redirect("portal:violation", waiver.violation_id)


@changing("approve")
def revoke_waiver(request: HttpRequest, number: int) -> HttpResponse:
    waiver = get_object_or_404(Waiver, pk=number)
    with refusals() as faults:
        intake.revoke_waiver(waiver=waiver, reason=request.POST.get("reason", ""), user=user_of(request))
    if faults:
        return _violation(request, _found(waiver.violation_id), faults)
    messages.success(request, "The waiver is revoked; the finding counts again.")
    return redirect("portal:violation", waiver.violation_id)
