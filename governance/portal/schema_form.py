"""A form from the JSON Schema of a policy's parameters, and the parameters from what was sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

PREFIX = "param."


@dataclass(frozen=True)
class Field:
    """`kind` is the shape of the control: number, integer, text, yes_no, choice, lines or json."""

    name: str
    title: str
    hint: str
    kind: str
    value: Any
    choices: tuple[str, ...] = ()
    least: Any = None
    most: Any = None

    @property
    def id(self) -> str:
        return PREFIX + self.name

    @property
    def text(self) -> str:
        """The value as the control shows it."""
        if self.value is None:
            return ""
        if self.kind == "lines":
            return self.value if isinstance(self.value, str) else "\n".join(map(str, self.value))
        return (
            json.dumps(self.value)
            if self.kind == "json" and not isinstance(self.value, str)
            else str(self.value)
        )


def fields(schema: Mapping[str, Any], values: Mapping[str, Any] | None = None) -> list[Field]:
    """One field for each property, with its present value or its default."""
    told = schema.get("properties", {})
    return [_field(name, _resolved(part, schema), values or {}) for name, part in told.items()]


def _resolved(part: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Follows a reference into `$defs`, and takes the branch of an optional that is not null."""
    whole = dict(part)
    if reference := whole.get("$ref"):
        whole = {**schema["$defs"][reference.rsplit("/", 1)[1]], **whole}
    branches = [one for one in whole.get("anyOf", ()) if one.get("type") != "null"]
    return {**_resolved(branches[0], schema), **whole} if len(branches) == 1 else whole


def _field(name: str, part: Mapping[str, Any], values: Mapping[str, Any]) -> Field:
    return Field(
        name=name,
        title=part.get("title", name.replace("_", " ")).capitalize(),
        hint=part.get("description", ""),
        kind=_kind(part),
        value=values.get(name, part.get("default")),
        choices=tuple(map(str, part.get("enum", ()))),
        least=part.get("minimum", part.get("exclusiveMinimum")),
        most=part.get("maximum", part.get("exclusiveMaximum")),
    )


def _kind(part: Mapping[str, Any]) -> str:
    if "enum" in part:
        return "choice"
    simple = {"number": "number", "integer": "integer", "string": "text", "boolean": "yes_no"}
    if part.get("type") == "array" and part.get("items", {}).get("type", "string") == "string":
        return "lines"
    return simple.get(part.get("type", ""), "json")


def sent(schema: Mapping[str, Any], data: QueryDict) -> dict[str, Any]:
    """The parameters as sent. What does not parse stays text, so that the policy refuses it by name."""
    found = {}
    for one in fields(schema):
        raw = data.get(one.id)
        if raw is not None and (raw.strip() or one.kind in ("lines", "text")):
            found[one.name] = _parsed(one.kind, raw)
    return found


def _parsed(kind: str, raw: str) -> Any:
    text = raw.strip()
    if kind == "lines":
        return [line.strip() for line in raw.splitlines() if line.strip()]
    if kind == "yes_no":
        return {"yes": True, "no": False}.get(text, text)
    if kind in ("number", "integer", "json"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
