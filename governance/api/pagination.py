"""Keyset pages: {"next", "previous", "results"}, and "count" only when asked for with ?count=true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

PARAMETERS = ("cursor", "page_size", "count")


class KeysetPagination(CursorPagination):
    """By descending id, so that a page costs the same wherever it lies and new rows shift nothing."""

    ordering = "-id"
    page_size_query_param = "page_size"
    max_page_size = 500

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> Any:
        self.count = queryset.count() if counted(request) else None
        return super().paginate_queryset(queryset, request, view)

    def get_page_size(self, request: Request) -> int:
        return page_size(request, self.page_size, self.max_page_size)

    def decode_cursor(self, request: Request) -> Cursor | None:
        try:
            cursor = super().decode_cursor(request)
        except NotFound:
            raise _no_cursor() from None
        if cursor and cursor.position is not None and not _is_id(cursor.position):
            raise _no_cursor()
        return cursor

    def get_paginated_response(self, data: Any) -> Response:
        return Response(_page(self.get_next_link(), self.get_previous_link(), data, self.count))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described = super().get_paginated_response_schema(schema)
        described["properties"]["count"] = {"type": "integer", "description": "Only with ?count=true."}
        return described

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        flag = {"name": "count", "in": "query", "required": False, "schema": {"type": "boolean"}}
        return [*super().get_schema_operation_parameters(view), flag]


def page_of(request: Request, items: Sequence[tuple[str, Any]]) -> Response:
    """A page of what lies in memory, sorted by key; the cursor is the last key of the page before."""
    size, after = page_size(request, 50, 500), request.query_params.get("cursor", "")
    rest = [item for item in items if item[0] > after]
    shown = rest[:size]
    link = None
    if len(rest) > size:
        link = replace_query_param(request.build_absolute_uri(), "cursor", shown[-1][0])
    count = len(items) if counted(request) else None
    return Response(_page(link, None, [value for _, value in shown], count))


def counted(request: Request) -> bool:
    asked = request.query_params.get("count", "false").lower()
    if asked not in ("true", "false", "1", "0"):
        raise ValidationError({"count": ["must be true or false"]})
    return asked in ("true", "1")


def page_size(request: Request, usual: int | None, most: int) -> int:
    asked = request.query_params.get("page_size", str(usual))
    if not (asked.isascii() and asked.isdigit() and len(asked) < 6 and 1 <= int(asked) <= most):
        raise ValidationError({"page_size": [f"must be a whole number from 1 to {most}"]})
    return int(asked)


def _page(after: str | None, before: str | None, data: Any, count: int | None) -> dict[str, Any]:
    page = {"next": after, "previous": before, "results": data}
    return page if count is None else {"count": count, **page}


def _is_id(position: str) -> bool:
    return position.isascii() and position.isdigit() and len(position) <= 18


def _no_cursor() -> ValidationError:
    return ValidationError({"cursor": ["is no cursor of this list: take it from `next` or `previous`"]})
