"""Keyset pages: {"next", "previous", "results"}, and "count" only when asked for with ?count=true."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response


class KeysetPagination(CursorPagination):
    ordering = "-id"
    page_size_query_param = "page_size"
    max_page_size = 500

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> Any:
        asked = request.query_params.get("count", "").lower() in ("true", "1")
        self.count = queryset.count() if asked else None
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        page = {"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data}
        return Response(page if self.count is None else {"count": self.count, **page})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described = super().get_paginated_response_schema(schema)
        described["properties"]["count"] = {"type": "integer", "description": "Only with ?count=true."}
        return described
