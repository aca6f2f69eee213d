"""/healthz and /readyz, for whatever starts and watches the platform. They tell no secrets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from governance.api.problems import MEDIA_TYPE, plain
from governance.pipeline.condition import conditions, failing


def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives; that is all it says."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """Every component with what is wrong and what to do; 503 when one fails that is required.

    Answers within two seconds, whatever the database and the broker do.
    """
    found = conditions()
    faults = failing(found)
    components = [one.as_json() for one in found]
    if not faults:
        response = JsonResponse({"status": "ready", "components": components})
    else:
        detail = " ".join(f"{one.component}: {one.detail} {one.remedy}".strip() for one in faults)
        body = {**plain(503, "not_ready", "Not ready.", detail), "components": components}
        response = JsonResponse(body, status=503, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response
