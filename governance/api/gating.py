"""GET /api/v1/gate/?deployment=slug: the standing decision, kept lean. Whatever fails, it denies."""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from governance.api.authentication import REALM, REFUSED, is_bearer, live_token, scope_fault
from governance.api.parsing import text_fault
from governance.api.problems import MEDIA_TYPE, Unavailable, plain
from governance.compliance.gate import gate
from governance.core.outcomes import Decision
from governance.pipeline import counting

log = logging.getLogger(__name__)


@csrf_exempt
def gate_view(request: HttpRequest) -> HttpResponse:
    """No cache may answer for us: a decision is true only now."""
    began = perf_counter()
    try:
        response = _answer(request)
    except DatabaseError:
        log.exception("the gate could not read the database")
        response = _refused(503, "unavailable", "The database cannot be reached.", "Nothing is known.")
        response.headers["Retry-After"] = str(Unavailable.wait)
    response.headers["Cache-Control"] = "no-store"
    counting.observe("gate_seconds", perf_counter() - began)
    return response


def _answer(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return _refused(405, "method_not_allowed", "Method not allowed.", "Ask the gate with GET.")
    refused = _stranger(request)
    if refused is not None:
        return refused
    slug, fault = _asked(request)
    if fault:
        title = "The request is not valid."
        return _refused(400, "invalid", title, f"deployment: {fault}", errors={"deployment": [fault]})
    answer = gate(slug)
    if answer["reasons"] and answer["reasons"][0].get("code") == "unknown_deployment":
        sentence = answer["reasons"][0]["reason"]
        return _refused(404, "not_found", "Not found.", sentence, **answer)
    counting.add("gate_decisions", answer["decision"])
    return JsonResponse(answer)


def _stranger(request: HttpRequest) -> HttpResponse | None:
    """The refusal of who may not read; None for who may."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    token = live_token(header)
    if token is None:
        said = REFUSED if is_bearer(header) else "Send the header Authorization: Bearer <token>."
        refused = _refused(401, "not_authenticated", "A valid token is needed.", said)
        refused.headers["WWW-Authenticate"] = REALM
        return refused
    fault = scope_fault(token, "read")
    return _refused(403, "permission_denied", "Not allowed.", fault) if fault else None


def _asked(request: HttpRequest) -> tuple[str, str]:
    """The slug, and what is wrong with the question."""
    strange = [name for name in request.GET if name != "deployment"]
    slug = request.GET.get("deployment", "")
    if strange:
        return "", f"is the only parameter, and {strange[0][:60]!r} is another"
    if not slug:
        return "", "is needed: ?deployment=slug"
    return slug, text_fault(slug) or ("has more than 100 characters" if len(slug) > 100 else "")


def _refused(status: int, code: str, title: str, detail: str, **more: Any) -> HttpResponse:
    denied = {
        "decision": str(Decision.CANNOT_TELL),
        "allow": False,
        "reasons": [{"code": code, "reason": detail}],
        "evaluated_at": None,
    }
    counting.add("gate_decisions", denied["decision"])
    body = {**plain(status, code, title, detail), **denied, **more}
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE)
