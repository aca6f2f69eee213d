"""Grants: the ledger, one of them with its steps and letter, and recording a wish."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from governance.core.grant_steps import STEPS
from governance.licensing.models import Grant
from governance.pipeline import intake
from governance.portal.access import actor_of, changing, reading, require
from governance.portal.faults import Faults, refusals
from governance.portal.pages import grants as pages
from governance.portal.paging import listing
from governance.portal.rendering import INVALID, page

MOST_DOCUMENT = 20_000_000
"""Bytes of a document that is digested."""


@reading
def grants(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "status")}
    found = listing(request, pages.found(**asked))
    statuses = [(key, pages.STATUSES[key].word) for key in Grant.Status.values]
    context = {
        "listing": replace(found, rows=pages.rows(list(found.rows))),
        "asked": asked,
        "statuses": statuses,
    }
    return page(request, "grants.html", context)


@reading
def grant(request: HttpRequest, number: int) -> HttpResponse:
    return _one(request, _found(number), {})


def _one(request: HttpRequest, found: Grant, faults: Faults) -> HttpResponse:
    context = {**pages.one(found, timezone.now()), "faults": faults, "asked": request.POST}
    return page(request, "grant.html", context, status=INVALID if faults else 200)


def _found(number: int) -> Grant:
    return get_object_or_404(Grant, pk=number)


@login_required
def add_grant(request: HttpRequest) -> HttpResponse:
    require(request, "write")
    form = request.POST or request.GET
    given, made = pages.asked(form), None
    with refusals() as faults:
        if request.method == "POST":
            made = intake.record_grant(data=pages.body(given), actor=actor_of(request))
    if made:
        messages.success(request, "The grant is recorded.")
        return redirect("portal:grant", made.pk)
    context = {"asked": given, "faults": faults, **pages.choices()}
    return page(request, "add_grant.html", context, status=INVALID if faults else 200)


@login_required
def change_grant(request: HttpRequest, number: int) -> HttpResponse:
    require(request, "write")
    found, done = _found(number), False
    given = pages.asked(request.POST) if request.method == "POST" else pages.held(found)
    with refusals() as faults:
        if request.method == "POST":
            scope = {k: v for k, v in pages.body(given).items() if k not in ("company", "license", "status")}
            intake.change_grant(grant=found, data=scope, actor=actor_of(request))
            done = True
    if done:
        messages.success(request, "What is asked for is changed.")
        return redirect("portal:grant", number)
    context = {"asked": given, "faults": faults, "grant": found, **pages.choices()}
    return page(request, "add_grant.html", context, status=INVALID if faults else 200)


@changing("write")
def step(request: HttpRequest, number: int, name: str) -> HttpResponse:
    if name not in STEPS:
        raise Http404("There is no such step.")
    found = _found(number)
    told: dict[str, Any] = {"reason": request.POST.get("reason", "").strip() or None}
    if name == "grant":
        asked = {key: request.POST.get(key, "").strip() for key in ("from", "until", "reference")}
        told |= {key: value for key, value in asked.items() if value}
    with refusals() as faults:
        intake.move_grant(grant=found, step=name, data=told, actor=actor_of(request))
    return _done(request, found, faults, f"{pages.STEPS[name][0]}: recorded.")


@changing("write")
def attach(request: HttpRequest, number: int) -> HttpResponse:
    """The document is digested as it comes in, and not kept."""
    found = _found(number)
    with refusals() as faults:
        intake.attach_to_grant(grant=found, data=_digested(request), actor=actor_of(request))
    return _done(request, found, faults, "The document is noted by its digest.")


def _digested(request: HttpRequest) -> dict[str, str]:
    file = request.FILES.get("file")
    if file is None:
        raise ValidationError({"file": ["choose a document first"]})
    if (file.size or 0) > MOST_DOCUMENT:
        raise ValidationError({"file": [f"has {file.size:,} bytes; at most {MOST_DOCUMENT:,} are digested"]})
    total = hashlib.sha256()
    for chunk in file.chunks():
        total.update(chunk)
    return {"name": (file.name or "document")[:200], "sha256": total.hexdigest()}


@changing("write")
def retire(request: HttpRequest, number: int) -> HttpResponse:
    found = _found(number)
    intake.retire_grant(grant=found, actor=actor_of(request))
    return _done(request, found, {}, "The grant is retired: from now on it clears nothing.")


@reading
def letter(request: HttpRequest, number: int) -> HttpResponse:
    drafted = pages.one(_found(number), timezone.now())["letter"]
    if drafted is None:
        raise Http404("No terms are held for the license of this grant.")
    name = f"request-{number}.txt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(drafted.text, content_type="text/plain; charset=utf-8", headers=headers)


def _done(request: HttpRequest, found: Grant, faults: Faults, sentence: str) -> HttpResponse:
    if faults:
        return _one(request, _found(found.pk), faults)
    messages.success(request, sentence)
    return redirect("portal:grant", found.pk)
