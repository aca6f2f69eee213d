"""What is shown when a page cannot be: why, and where to go from here. Works without the database."""

from __future__ import annotations

import logging
import secrets
import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from governance.logs import request_id

log = logging.getLogger(__name__)
RETRY_AFTER = "5"
"""Seconds."""


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        sentence = (
            f"The form holds more than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes. Nothing was changed."
        )
        return _error(request, 413, "Too much was sent", sentence)
    sentence = "The request could not be read. Go back, reload the page and send it again."
    return _error(request, 400, "Not a request", sentence)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    sentence = str(exception or "") or "Your role does not allow this."
    return _error(request, 403, "This is not yours to do", sentence)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    told = exception.args[0] if exception and exception.args else ""
    sentence = told if isinstance(told, str) and told else "There is nothing at this address."
    return _error(request, 404, "Not found", sentence)


def failed(request: HttpRequest) -> HttpResponse:
    if isinstance(sys.exception(), InterfaceError | InternalError | OperationalError):
        return _unavailable(request)
    reference = request_id() or secrets.token_hex(4)
    log.error("a page of the portal failed, reference %s", reference)
    sentence = f"The page could not be made. Nothing was changed by it. Reference: {reference}."
    return _error(request, 500, "Something went wrong here", sentence)


def _unavailable(request: HttpRequest) -> HttpResponse:
    log.error("the database failed under a page of the portal")
    sentence = "The database cannot be reached. Nothing was changed. Try again in a moment."
    response = _error(request, 503, "Not now", sentence)
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def bad_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: mostly one that was open for too long."""
    sentence = (
        "The form was open for too long or came from elsewhere. Go back, reload the page and send it again."
    )
    return _error(request, 403, "The form could not be accepted", sentence)


def _error(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    return render(
        None, "portal/error.html", {"title": title, "sentence": sentence, "status": status}, status=status
    )
