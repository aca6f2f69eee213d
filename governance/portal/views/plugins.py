"""Plugins and the assignments of policies."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from governance.compliance.models import Assignment
from governance.core.contract import Plugin
from governance.core.policy import Policy
from governance.pipeline import intake
from governance.portal import schema_form
from governance.portal.access import actor_of, changing, reading
from governance.portal.faults import refusals
from governance.portal.pages import plugins as pages
from governance.portal.rendering import INVALID, page


@reading
def plugins(request: HttpRequest) -> HttpResponse:
    context = {
        "policies": pages.policies(),
        "others": pages.others(),
        "broken": pages.broken(),
        "lost": pages.lost_assignments(),
    }
    return page(request, "plugins.html", context)


@reading
def plugin(request: HttpRequest, key: str) -> HttpResponse:
    return _plugin(request, key)


def _plugin(request: HttpRequest, key: str, **more: Any) -> HttpResponse:
    found = _found(key)
    fields = schema_form.fields(schema(found), more.get("params")) if issubclass(found, Policy) else []
    context = {**pages.one(key, found), "fields": fields, "asked": request.POST, **more}
    return page(request, "plugin.html", context, status=INVALID if more else 200)


def _found(key: str) -> type[Plugin]:
    found = pages.find(key)
    if found is None:
        raise Http404(f"There is no plugin {key}.")
    return found


def schema(policy: type[Policy]) -> dict[str, Any]:
    return policy.Params.model_json_schema()


@changing("admin")
def assign(request: HttpRequest, key: str) -> HttpResponse:
    found = _found(key)
    if not issubclass(found, Policy):
        raise Http404(f"{key} is no policy.")
    params = schema_form.sent(schema(found), request.POST)
    scope = {name: _names(request.POST.get(name, "")) for name in ("environments", "products")}
    with refusals() as faults:
        mode = request.POST.get("mode", "")
        intake.assign_policy(policy=key, params=params, mode=mode, **scope, actor=actor_of(request))
    if faults:
        return _plugin(request, key, faults=faults, params=params)
    messages.success(request, f"{key} is assigned. Deployments are being judged by it.")
    return redirect("portal:plugin", key)


def _names(text: str) -> list[str]:
    return [name for name in re.split(r"[\s,]+", text) if name]


@changing("admin")
def change_assignment(request: HttpRequest, number: int) -> HttpResponse:
    found = get_object_or_404(Assignment, pk=number, removed_at=None)
    with refusals() as faults:
        intake.change_assignment(assignment=found, mode=request.POST.get("mode", ""), actor=actor_of(request))
    if faults:
        return _plugin(request, found.policy, faults=faults)
    messages.success(request, f"{found.policy} is in mode {found.mode} now.")
    return redirect("portal:plugin", found.policy)


@changing("admin")
def remove_assignment(request: HttpRequest, number: int) -> HttpResponse:
    found = get_object_or_404(Assignment, pk=number, removed_at=None)
    intake.remove_assignment(assignment=found, actor=actor_of(request))
    messages.success(request, f"The assignment of {found.policy} is removed; its violations are resolved.")
    return redirect("portal:plugin", found.policy) if pages.find(found.policy) else redirect("portal:plugins")
