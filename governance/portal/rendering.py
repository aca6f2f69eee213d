"""Renders a page with what every page needs to know of its reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from governance.accounts.services import SCOPES, can
from governance.portal.access import user_of

INVALID = 422


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """`may` says by verb what the reader's role allows, so that no button is shown that would be refused."""
    user = user_of(request)
    may = {verb: can(user, verb) for verb in SCOPES}
    return render(request, f"portal/{template}", {"may": may, **(context or {})}, status=status)
