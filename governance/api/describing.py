"""Completes the OpenAPI description: problem answers everywhere, the bearer token, and the gate."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from governance.api.problems import MEDIA_TYPE
from governance.api.words import DECISIONS

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `errors` names each field that is refused, with its causes.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string", "description": "As in the header X-Request-ID, and in the log."},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
GATE_ANSWER = {
    "type": "object",
    "required": ["decision", "allow", "reasons", "evaluated_at"],
    "properties": {
        "decision": {"type": "string", "enum": list(DECISIONS)},
        "allow": {"type": "boolean", "description": "Only true lets a pipeline pass."},
        "reasons": {"type": "array", "items": {"type": "object"}},
        "evaluated_at": {"type": ["string", "null"], "format": "date-time"},
    },
}
SLUG = {
    "name": "deployment",
    "in": "query",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 100},
}
GATE = {
    "get": {
        "operationId": "gate",
        "summary": "The standing decision of a deployment, from one read; it fails closed",
        "tags": ["gate"],
        "security": [{"bearer": []}],
        "parameters": [SLUG],
        "responses": {
            "200": {"description": "", "content": {"application/json": {"schema": GATE_ANSWER}}},
        },
    }
}
CAUSES = {
    "400": "Something in the request is not valid; nothing changed.",
    "401": "No valid token.",
    "403": "The token's scopes or its user's role do not allow this.",
    "404": "There is no such thing.",
    "405": "This address knows other methods.",
    "503": "The platform cannot answer now.",
}
WITH_BODY = {
    "409": "It does not fit the present state.",
    "413": "The body is too large.",
    "415": "The media type of the body is another than asked for.",
    "422": "The Idempotency-Key was used for another request.",
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Equal requests under one key take effect once and get the first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


class Bearer(OpenApiAuthenticationExtension):
    target_class = "governance.api.authentication.BearerToken"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer"}


class HubSecret(OpenApiAuthenticationExtension):
    target_class = "governance.api.operations.KnowsSecret"
    name = "hubSecret"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "header", "name": self.target.header}


def describe(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A postprocessing hook of drf-spectacular."""
    result["paths"]["/api/v1/gate/"] = GATE
    parts = result.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = PROBLEM
    for path in result["paths"].values():
        for method, operation in path.items():
            _complete(method, operation)
    return result


def _complete(method: str, operation: dict[str, Any]) -> None:
    causes = CAUSES if method == "get" else {**CAUSES, **WITH_BODY}
    for status, cause in causes.items():
        operation["responses"].setdefault(status, _problem(cause))
    if method == "post" and "bearer" in str(operation.get("security")):
        operation.setdefault("parameters", []).append(KEY)


def _problem(cause: str) -> dict[str, Any]:
    return {
        "description": cause,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
