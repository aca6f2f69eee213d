"""The license catalog."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from governance.discovery import catalog
from governance.portal.access import reading
from governance.portal.faults import Faults
from governance.portal.pages import licenses as pages
from governance.portal.rendering import INVALID, page


@reading
def licenses(request: HttpRequest) -> HttpResponse:
    q = request.GET.get("q", "").strip()
    return page(request, "licenses.html", {"rows": pages.rows(q), "q": q})


@reading
def license(request: HttpRequest, key: str) -> HttpResponse:
    return terms_page(request, key, {})


def terms_page(request: HttpRequest, key: str, faults: Faults) -> HttpResponse:
    """One license, with what was refused of a form on it."""
    terms = catalog().licenses.get(key)
    if terms is None:
        raise Http404(f"No terms are held for {key}. Until they are, checks answer “Cannot tell”.")
    context = {**pages.one(terms), "faults": faults, "asked": request.POST}
    return page(request, "license.html", context, status=INVALID if faults else 200)
