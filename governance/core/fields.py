"""Parsers of single fields. Each returns the value or raises ValueError with the cause."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from governance.core.periods import Period, PeriodError, midnight
from governance.core.sentences import shown
from governance.core.territories import COUNTRIES, expand

_SLUG = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]*")
_METRIC = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,4})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")

MOST_DIGITS = 15
"""Significant digits of a number: as many as every database keeps exactly."""


def text(most: int) -> Callable[[Any], str]:
    """Text of at most `most` characters; spaces around it do not count, and nothing is left out of it."""

    def parse(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(f"must be text, not {shown(value)}")
        if len(value.strip()) > most:
            raise ValueError(f"has {len(value.strip())} characters; at most {most} fit")
        if "\x00" in value:
            raise ValueError("holds a NUL character")
        return value.strip()

    return parse


def named(most: int) -> Callable[[Any], str]:
    """As `text`, and not empty."""

    def parse(value: Any) -> str:
        found = text(most)(value)
        if not found:
            raise ValueError("must not be empty")
        return found

    return parse


def slug(most: int = 80) -> Callable[[Any], str]:
    """A short name for addresses: letters, digits, `-` and `_`."""
    return _matching(_SLUG, most, "must be letters, digits, - and _, beginning with a letter or digit")


def metric(value: Any) -> str:
    return _matching(_METRIC, 60, "must be words in lower case joined by _, as monthly_active_users")(value)


def currency(value: Any) -> str:
    return _matching(_CURRENCY, 3, "must be an ISO 4217 code of three letters, as USD")(_upper(value))


def country(value: Any) -> str:
    """An ISO 3166-1 alpha-2 code."""
    code = _upper(value)
    if not isinstance(code, str) or code not in COUNTRIES:
        raise ValueError(f"{shown(value)} is no ISO 3166 code of a country: use two letters, as DE or US")
    return code


def regions(value: Any) -> list[str]:
    """Countries, parts of them (US-CA), EU, EEA, UK or WORLD."""
    found = list(dict.fromkeys(code.upper() for code in texts(20)(value)))
    if strange := expand(tuple(found))[1]:
        listed = ", ".join(shown(code) for code in strange[:5])
        raise ValueError(f"{listed} is no region: use ISO 3166 codes of countries, EU, EEA, UK or WORLD")
    return found


def texts(most: int, count: int = 300) -> Callable[[Any], list[str]]:
    """A list of texts that are not empty; what is listed twice is kept once."""

    def parse(value: Any) -> list[str]:
        if not isinstance(value, list | tuple):
            raise ValueError(f"must be a list, not {shown(value)}")
        if len(value) > count:
            raise ValueError(f"has {len(value)} items; at most {count} fit")
        return list(dict.fromkeys(named(most)(item) for item in value))

    return parse


def sha256(value: Any) -> str:
    """A SHA-256 in hexadecimal."""
    found = named(64)(value).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", found):
        raise ValueError(f"{shown(found)} is no SHA-256: 64 hexadecimal digits")
    return found


def one_of(*words: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if value not in words:
            raise ValueError(f"{shown(value)} is none of {', '.join(words)}")
        return str(value)

    return parse


def boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {shown(value)}")
    return value


def an_object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"must be an object with named fields, not {shown(value)}")
    return value


def number(places: int = 4, most: Decimal = Decimal(10) ** 36) -> Callable[[Any], Decimal]:
    """A finite decimal number from zero to `most`, as a JSON number or as text."""

    def parse(value: Any) -> Decimal:
        found = _decimal(value)
        if found < 0:
            raise ValueError(f"{shown(value)} is negative")
        if found > most:
            raise ValueError(f"{shown(value)} is too large: at most {most:,f}")
        _, digits, exponent = found.normalize().as_tuple()
        if len(digits) > MOST_DIGITS:
            raise ValueError(f"{shown(value)} has more than {MOST_DIGITS} significant digits")
        if isinstance(exponent, int) and -exponent > places:
            raise ValueError(f"{shown(value)} has more than {places} decimal places")
        return found

    return parse


def positive(places: int, most: Decimal) -> Callable[[Any], Decimal]:
    """As `number`, and above zero."""

    def parse(value: Any) -> Decimal:
        found = number(places, most)(value)
        if not found:
            raise ValueError("must be above zero")
        return found

    return parse


def day(value: Any) -> date:
    """A calendar day, written 2024-06-30."""
    if type(value) is date:
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError(f"{shown(value)} is no day: write 2024-06-30")
    try:
        return date.fromisoformat(value)
    except ValueError as fault:
        raise ValueError(f"{shown(value)} is no day: {fault}") from None


def instant(value: Any) -> datetime:
    """A day (its first instant, UTC) or a time in ISO 8601; a time without a zone is not understood."""
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, date) or (isinstance(value, str) and len(value) == 10):
        return midnight(day(value))
    else:
        found = _time(value)
    if found.tzinfo is None:
        raise ValueError(f"{shown(value)} names no time zone: write 2026-06-30T12:00:00Z")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{shown(value)} lies outside of the calendar") from None


def period(value: Any) -> Period:
    if not isinstance(value, str):
        raise ValueError(f"{shown(value)} is no period: write 2024-06, 2024, 2024-06-30 or 2025-12/2026-11")
    try:
        return Period.parse(value.strip()[:40])
    except PeriodError as fault:
        raise ValueError(str(fault)) from None


def _time(value: Any) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        cause = f"{shown(value)} is no day and no time: write 2026-06-30 or 2026-06-30T12:00:00Z"
        raise ValueError(cause) from None


def _decimal(value: Any) -> Decimal:
    written = str(value).strip()
    fits = isinstance(value, int | float | Decimal | str) and not isinstance(value, bool)
    if not fits or not _NUMBER.fullmatch(written):
        raise ValueError(f"{shown(value)} is no number: write digits with a decimal point, as 720000000")
    return Decimal(written)


def _matching(pattern: re.Pattern[str], most: int, cause: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        found = named(most)(value)
        if not pattern.fullmatch(found):
            raise ValueError(f"{shown(found)} {cause}")
        return found

    return parse


def _upper(value: Any) -> Any:
    return value.strip().upper() if isinstance(value, str) else value
