"""Paste a text and hear which license it is."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from governance.core.recognition import MOST_TEXT, recognize
from governance.discovery import catalog
from governance.licensing.reading_files import text_from
from governance.portal.faults import Faults
from governance.portal.pages import identify as pages
from governance.portal.rendering import INVALID, page


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def identify(request: HttpRequest) -> HttpResponse:
    """Nothing is kept: a POST here only asks. A file counts before the box."""
    text, faults = _given(request) if request.method == "POST" else ("", {})
    told = pages.Told(recognize(text, catalog().index)) if text else None
    context = {"told": told, "text": text, "faults": faults, "most": MOST_TEXT}
    return page(request, "identify.html", context, status=INVALID if faults else 200)


def _given(request: HttpRequest) -> tuple[str, Faults]:
    file = request.FILES.get("file")
    try:
        return text_from(file.read() if file else request.POST.get("text", "").encode()), {}
    except ValueError as fault:
        return "", {"file" if file else "text": [str(fault)]}
