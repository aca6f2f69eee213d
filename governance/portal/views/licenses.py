"""The license catalog."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from governance.discovery import catalog
from governance.portal.access import reading
from governance.portal.pages import licenses as pages
from governance.portal.rendering import page


@reading
def licenses(request: HttpRequest) -> HttpResponse:
    q = request.GET.get("q", "").strip()
    return page(request, "licenses.html", {"rows": pages.rows(q), "q": q})


@reading
def license(request: HttpRequest, key: str) -> HttpResponse:
    terms = catalog().licenses.get(key)
    if terms is None:
        raise Http404(f"No terms are held for {key}. Until they are, checks answer “Cannot tell”.")
    return page(request, "license.html", pages.one(terms))
