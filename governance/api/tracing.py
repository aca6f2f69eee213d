"""Each request has an id, is counted, and is logged when it changed something or failed."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from time import perf_counter
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from governance import logs
from governance.pipeline import counting

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
READING = frozenset({"GET", "HEAD", "OPTIONS"})
log = logging.getLogger(__name__)


class Tracing:
    """Takes the caller's id where it is well formed, else makes one, and gives it back with the answer.

    Counted and logged is the route and not the address: addresses may carry what is nobody's business.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        name = given if WELL_FORMED.fullmatch(given) else uuid4().hex
        began = perf_counter()
        with logs.context(**{logs.REQUEST: name}):
            response = self.get_response(request)
            _note(request, response.status_code, perf_counter() - began)
        response.headers[HEADER] = name
        return response


def _note(request: HttpRequest, status: int, seconds: float) -> None:
    method = request.method if request.method in METHODS else "other"
    match = request.resolver_match
    route = match.route if match else "other"
    counting.add("http_requests", method, route, str(status))
    counting.observe("http_request_seconds", seconds, route)
    level = _level(method, status)
    if log.isEnabledFor(level):
        log.log(level, "%s %s answered %s after %.0f ms", method, route, status, seconds * 1000)


def _level(method: str, status: int) -> int:
    """503 is an answer that we chose to give, and a gate that is asked often must not fill the disk."""
    if status >= 500:
        return logging.WARNING if status == 503 else logging.ERROR
    return logging.DEBUG if method in READING else logging.INFO
