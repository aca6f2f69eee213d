"""Reads a license file (TOML) strictly: a typo is refused with file, key and reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from governance.core.license_numbers import TextNumbers
from governance.core.terms import Example, LicenseTerms

Model = TypeVar("Model", bound=BaseModel)


class LicenseFileError(ValueError):
    """A license file cannot be used. The text names file, key and reason, one fault a line."""


@dataclass(frozen=True)
class LicenseFile:
    path: Path
    terms: LicenseTerms
    examples: tuple[Example, ...]
    texts: tuple[TextNumbers, ...] = ()
    """Known texts of the license, as numbers."""


def load_license(path: Path) -> LicenseFile:
    """The terms, the worked examples and the texts of one file. Raises LicenseFileError."""
    data = _parse(path)
    examples = data.pop("examples", [])
    known = data.get("recognition")
    texts = known.pop("texts", []) if isinstance(known, dict) else []
    for name, listed in (("examples", examples), ("recognition.texts", texts)):
        if not isinstance(listed, list):
            raise LicenseFileError(f"{path.name}: {name}: must be a list of tables, [[{name}]]")
    terms = _read(path, LicenseTerms, data)
    worked = tuple(_read(path, Example, one, f"examples.{at}") for at, one in enumerate(examples))
    numbers = tuple(_read(path, TextNumbers, one, f"recognition.texts.{at}") for at, one in enumerate(texts))
    if terms.key != path.stem:
        raise LicenseFileError(f"{path.name}: key: {terms.key!r} must be the name of the file")
    return LicenseFile(path, terms, worked, numbers)


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise LicenseFileError(f"{path.name}: not readable as TOML: {fault}") from fault


def _read(path: Path, model: type[Model], data: Any, prefix: str = "") -> Model:
    try:
        value = model.model_validate(data)
    except ValidationError as fault:
        lines = [(_key(error["loc"]), _reason(error)) for error in fault.errors()]
    else:
        lines = list(_mistyped(value, data))
        if not lines:
            return value
    raise LicenseFileError("\n".join(f"{path.name}: {_join(prefix, key)}: {why}" for key, why in lines))


_REASONS = {"extra_forbidden": "is not a key of the schema", "missing": "is missing"}


def _reason(error: Mapping[str, Any]) -> str:
    return _REASONS.get(error["type"], str(error["msg"]))


def _key(loc: tuple[int | str, ...]) -> str:
    """The place in the file, without the branches of unions, which nobody wrote."""
    return ".".join(str(part) for part in loc if not str(part).startswith("@"))


def _join(*parts: int | str) -> str:
    return ".".join(str(part) for part in parts if part != "")


# What TOML must hold where the schema says number, truth or date: pydantic alone would also take text.
_WRITTEN: dict[type, tuple[set[type], str]] = {
    Decimal: ({int, float}, "must be a number"),
    bool: ({bool}, "must be true or false"),
    date: ({date}, "must be a date, without quotes"),
}


def _mistyped(value: Any, raw: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """(key, reason) of every value that was written in another type than the schema's."""
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in raw}
    if isinstance(value, dict):
        for name in raw:
            yield from _mistyped(value[name], raw[name], _join(key, name))
    elif isinstance(value, tuple):
        for at, pair in enumerate(zip(value, raw, strict=True)):
            yield from _mistyped(*pair, _join(key, at))
    elif type(value) in _WRITTEN and type(raw) not in _WRITTEN[type(value)][0]:
        yield key, _WRITTEN[type(value)][1]
