"""One request body, read field by field: everything that is wrong is collected and refused at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError

from governance.core.sentences import shown

Value = TypeVar("Value")
Faults = dict[str, list[str]]


class Body:
    """Fields are read with a parser that raises ValueError with the cause; None means not known."""

    def __init__(self, data: Any, *fields: str) -> None:
        """`fields` are all that the body may hold: a typo never passes as silence."""
        self.faults: Faults = {}
        self.data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        if not isinstance(data, Mapping):
            self.refuse("body", "must be an object with named fields")
        for name in self.data:
            if name not in fields:
                self.refuse(str(name)[:60], f"is no field: there are {', '.join(fields)}")

    def optional(self, name: str, parse: Callable[[Any], Value]) -> Value | None:
        """The parsed field; None where it is absent, null or refused."""
        value = self.data.get(name)
        if value is None:
            return None
        try:
            return parse(value)
        except ValueError as fault:
            self.refuse(name, str(fault))
            return None

    def required(self, name: str, parse: Callable[[Any], Value]) -> Value | None:
        """As `optional`, and its absence is a fault; None only ever comes with a fault."""
        if self.data.get(name) is None:
            self.refuse(name, "is needed")
        return self.optional(name, parse)

    def refuse(self, name: str, cause: str) -> None:
        self.faults.setdefault(name, []).append(cause)

    def check(self) -> None:
        """Raises ValidationError with every fault found so far."""
        refuse_all(self.faults)


def refuse_all(faults: Faults) -> None:
    if faults:
        raise ValidationError({name: list(causes) for name, causes in faults.items()})


def unknown(what: str, slug: str) -> str:
    """The cause for a name that stands for nothing recorded."""
    return f"there is no {what} {shown(slug)}"
