"""Errors as application/problem+json (RFC 9457), with the field and the cause."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler


class Conflict(exceptions.APIException):
    status_code = 409
    default_detail = "The request does not fit the present state."
    default_code = "conflict"


def handle(fault: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every error of the API leaves through here."""
    if isinstance(fault, DjangoValidationError):
        fault = exceptions.ValidationError(_fields(fault))
    if isinstance(fault, Http404):
        fault = exceptions.NotFound(str(fault) or None)
    response = exception_handler(fault, context)
    if response is None:
        return None
    response.data = problem(response.status_code, fault)
    response.content_type = "application/problem+json"
    return response


def problem(status: int, fault: Exception) -> dict[str, Any]:
    code = getattr(fault, "default_code", "error")
    body: dict[str, Any] = {"type": f"urn:modelsteward:problem:{code}", "status": status}
    detail = getattr(fault, "detail", str(fault))
    if isinstance(fault, exceptions.ValidationError):
        errors = flatten(detail)
        causes = "; ".join(
            f"{field}: {causes[0]}" if field else causes[0] for field, causes in errors.items()
        )
        return {**body, "title": "The request is not valid.", "detail": causes, "errors": errors}
    return {**body, "title": str(getattr(fault, "default_detail", "Error")), "detail": str(detail)}


def flatten(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Nested errors as {"uses.commercial": ["..."]}; errors of the whole body stand under ""."""
    if isinstance(detail, dict):
        parts = [(str(key), value) for key, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(part, (dict, list)) for part in detail):
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
