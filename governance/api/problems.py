"""Errors as application/problem+json (RFC 9457), with the field and the cause."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import InterfaceError, InternalError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from governance.logs import request_id

MEDIA_TYPE = "application/problem+json"
SAID_WITH_ERRORS = 10
log = logging.getLogger(__name__)


class Conflict(exceptions.APIException):
    status_code = 409
    default_detail = "The request does not fit the present state."
    default_code = "conflict"


class TooLarge(exceptions.APIException):
    status_code = 413
    default_detail = "The body is too large."
    default_code = "too_large"


class OtherRequest(exceptions.APIException):
    status_code = 422
    default_detail = "This Idempotency-Key was used for another request."
    default_code = "idempotency_key_reused"


class Unavailable(exceptions.APIException):
    """`wait` becomes the header Retry-After."""

    status_code = 503
    wait = 5
    default_detail = "The database cannot be reached. Try again."
    default_code = "unavailable"


def handle(fault: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: every error of the API leaves through here, unexpected ones as well."""
    told = _told(fault)
    response = exception_handler(told, context)
    if response is None:
        log.error("an unexpected error in the API", exc_info=fault)
        response = Response(status=500)
    response.data = problem(response.status_code, told)
    response.content_type = MEDIA_TYPE
    return response


def _told(fault: Exception) -> Exception:
    """The error in terms of HTTP."""
    if isinstance(fault, DjangoValidationError):
        return exceptions.ValidationError(_fields(fault))
    if isinstance(fault, Http404):
        return exceptions.NotFound(str(fault) or None)
    if isinstance(fault, RequestDataTooBig):
        return TooLarge(f"The body has more than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes.")
    if isinstance(fault, UnreadablePostError | SuspiciousOperation):
        return exceptions.ParseError("The request could not be read.")
    # A database that is read-only for now, as a standby is, tells so with an InternalError.
    if isinstance(fault, OperationalError | InterfaceError | InternalError):
        log.error("the database failed", exc_info=fault)
        return Unavailable()
    return fault


def problem(status: int, fault: Exception) -> dict[str, Any]:
    """The body: type, status, title, detail, and for bad input `errors` {field: [cause]}."""
    if not isinstance(fault, exceptions.APIException):
        return plain(status, "error", "Something went wrong on our side.", "It was logged. Nothing is known.")
    title = _title(fault)
    if not isinstance(fault, exceptions.ValidationError):
        return plain(status, fault.default_code, title, str(fault.detail))
    errors = flatten(fault.detail)
    said = [f"{field}: {causes[0]}" if field else causes[0] for field, causes in errors.items()]
    more = len(said) - SAID_WITH_ERRORS
    detail = "; ".join(said[:SAID_WITH_ERRORS]) + (f"; and {more} more" if more > 0 else "")
    return {**plain(status, "invalid", "The request is not valid.", detail), "errors": errors}


def _title(fault: exceptions.APIException) -> str:
    """The same for every problem of a kind: some defaults of DRF have gaps that only `detail` fills."""
    title = str(fault.default_detail)
    return f"{fault.default_code.replace('_', ' ').capitalize()}." if "{" in title else title


def plain(status: int, code: str, title: str, detail: str) -> dict[str, Any]:
    """With the id of the request, by which the log tells more."""
    body = {
        "type": f"urn:modelsteward:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    return {**body, "request_id": request_id()} if request_id() else body


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str = "") -> JsonResponse:
    """For addresses under the API that lead nowhere."""
    hint = "" if rest.endswith("/") else " Addresses end with a slash."
    body = plain(404, "not_found", "Not found.", f"There is nothing at this address of the API.{hint}")
    return JsonResponse(body, status=404, content_type=MEDIA_TYPE)


def flatten(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Nested errors as {"uses.commercial": ["..."]}; errors of the whole body stand under ""."""
    if isinstance(detail, dict):
        parts = [(str(key), value) for key, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(part, dict | list) for part in detail):
        parts = [(str(number), value) for number, value in enumerate(detail)]
    else:
        return {path: [str(part) for part in (detail if isinstance(detail, list) else [detail])]}
    found: dict[str, list[str]] = {}
    for key, value in parts:
        inner = path if key == "non_field_errors" else f"{path}.{key}".strip(".")
        if value:
            found.update(flatten(value, inner))
    return found


def _fields(fault: DjangoValidationError) -> Any:
    return fault.message_dict if hasattr(fault, "error_dict") else fault.messages
