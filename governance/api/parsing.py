"""JSON bodies, read strictly: what a database or a client could not hold is refused by field, not later."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import IO, Any

from rest_framework import exceptions
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

MOST_DEPTH = 50


class StrictJson(BaseParser):
    """UTF-8 JSON without NaN, repeated names, NUL or half characters, and not deeper than any real body."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            text = stream.read().decode("utf-8")
            data = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once)
        except RecursionError:
            raise exceptions.ParseError("The body is nested too deep.") from None
        except ValueError as fault:
            raise exceptions.ParseError(f"The body is no JSON: {fault}.") from None
        faults = dict(_faults(data, ""))
        if faults:
            raise exceptions.ValidationError({name: [cause] for name, cause in faults.items()})
        return data


class PlainCsv(BaseParser):
    """A CSV file as the body, as bytes."""

    media_type = "text/csv"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return bytes(stream.read())


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice[:60]!r} is given twice")
    return found


def _faults(value: Any, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    if depth > MOST_DEPTH:
        yield path[:60], f"is nested deeper than {MOST_DEPTH} levels"
    elif isinstance(value, str):
        if cause := text_fault(value):
            yield path, cause
    elif isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, part in pairs:
            if cause := text_fault(str(name)):
                yield path or "body", f"a name in it {cause}"
            yield from _faults(part, f"{path}.{name}".strip("."), depth + 1)


def text_fault(text: str) -> str:
    """Why no database can hold the text; empty when it can."""
    if "\x00" in text:
        return "holds a NUL character"
    if any("\ud800" <= char <= "\udfff" for char in text) if not text.isascii() else False:
        return "holds half of a character (a lone surrogate)"
    return ""
