"""Query parameters of lists. A view declares its filters; any other parameter is refused by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from governance.api.pagination import PARAMETERS
from governance.api.parsing import text_fault

MOST_CHARACTERS = 300


@dataclass(frozen=True)
class Filter:
    """`lookup` is a Django lookup, or makes the condition; `choices` are all values that make sense."""

    lookup: str | Callable[[str], Q]
    choices: Collection[str] = ()
    parse: Callable[[str], object] | None = None
    """Raises ValueError with the cause for a value that makes no sense."""

    def left(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        lookup = self.lookup
        return rows.filter(Q(**{lookup: value}) if isinstance(lookup, str) else lookup(value))

    def fault(self, value: str) -> str:
        if len(value) > MOST_CHARACTERS:
            return f"has more than {MOST_CHARACTERS} characters"
        if self.choices and value not in self.choices:
            return f"must be one of {', '.join(self.choices)}"
        try:
            if self.parse:
                self.parse(value)
        except ValueError as fault:
            return str(fault)
        return text_fault(value)


class DeclaredFilters(BaseFilterBackend):
    """Applies the `filters` of the view."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        for name, value in asked(request, view.filters).items():
            queryset = view.filters[name].left(queryset, value)
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [_parameter(name, one) for name, one in getattr(view, "filters", {}).items()]


def asked(request: Request, filters: Mapping[str, Filter], *more: str) -> dict[str, str]:
    """The filters that are asked for. Raises ValidationError naming each parameter that does not fit."""
    faults = {}
    for name, value in request.query_params.items():
        if name in filters:
            fault = filters[name].fault(value)
        elif name in (*PARAMETERS, *more):
            fault = text_fault(value)
        else:
            fault = f"is no parameter here: there are {', '.join((*filters, *PARAMETERS, *more))}"
        if fault:
            faults[name[:60]] = [fault]
    if faults:
        raise ValidationError(faults)
    return {name: value for name, value in request.query_params.items() if name in filters}


def _parameter(name: str, one: Filter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "maxLength": MOST_CHARACTERS}
    if one.choices:
        schema = {"type": "string", "enum": list(one.choices)}
    return {"name": name, "in": "query", "required": False, "schema": schema}
