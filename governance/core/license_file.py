"""Reads a license file (TOML) strictly: a typo is refused with file, key and reason."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from governance.core.terms import Example, LicenseTerms


class LicenseFileError(ValueError):
    """A license file cannot be used. The text names file, key and reason, one fault a line."""


@dataclass(frozen=True)
class LicenseFile:
    path: Path
    terms: LicenseTerms
    examples: tuple[Example, ...]


def load_license(path: Path) -> LicenseFile:
    """The terms and the worked examples of one file. Raises LicenseFileError."""
    data = _parse(path)
    examples = data.pop("examples", [])
    try:
        terms = LicenseTerms.model_validate(data)
        worked = tuple(Example.model_validate(e) for e in examples)
    except ValidationError as fault:
        raise LicenseFileError("\n".join(_sentences(path, fault))) from fault
    if terms.key != path.stem:
        raise LicenseFileError(f"{path.name}: key: {terms.key!r} must be the name of the file")
    return LicenseFile(path, terms, worked)


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise LicenseFileError(f"{path.name}: not readable as TOML: {fault}") from fault


_REASONS = {"extra_forbidden": "is not a key of the schema", "missing": "is missing"}


def _sentences(path: Path, fault: ValidationError) -> list[str]:
    return [
        f"{path.name}: {'.'.join(map(str, error['loc']))}: {_REASONS.get(error['type'], error['msg'])}"
        for error in fault.errors()
    ]
