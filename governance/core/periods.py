"""Calendar periods of usage figures, and which period a window looks up."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

_FORMS = {
    "month": re.compile(r"^(\d{4})-(\d{2})$"),
    "year": re.compile(r"^(\d{4})$"),
    "day": re.compile(r"^(\d{4})-(\d{2})-(\d{2})$"),
    "span": re.compile(r"^(\d{4})-(\d{2})/(\d{4})-(\d{2})$"),
}
_EARLIEST, _LATEST = 1970, 2200


class PeriodError(ValueError):
    """The text names no period. Says what was read and what is understood."""


class Window(StrEnum):
    """How much time a figure of a threshold covers."""

    DAY = "day"
    CALENDAR_MONTH = "calendar_month"
    CALENDAR_YEAR = "calendar_year"
    FISCAL_YEAR = "fiscal_year"
    ANY_12_MONTHS = "any_12_months"

    @property
    def floats(self) -> bool:
        """Whether it has no fixed calendar place: any recorded twelve months may answer it."""
        return self in (Window.FISCAL_YEAR, Window.ANY_12_MONTHS)


@dataclass(frozen=True, order=True)
class Period:
    """From `start` (first day) to `end` (first day after)."""

    start: date
    end: date

    @classmethod
    @lru_cache(maxsize=4096)
    def parse(cls, text: str) -> Period:
        """Reads `2024-06`, `2024`, `2024-06-30` and `2025-12/2026-11` (both months included)."""
        for form, pattern in _FORMS.items():
            if match := pattern.match(text):
                return _build(form, [int(part) for part in match.groups()], text)
        raise PeriodError(f"{text!r} is no period: use 2024-06, 2024, 2024-06-30 or 2025-12/2026-11")

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        return cls(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1))

    @classmethod
    def year(cls, year: int) -> Period:
        return cls(date(year, 1, 1), date(year + 1, 1, 1))

    @property
    def months(self) -> int | None:
        """Whole months covered, or None for a period that is not made of months."""
        if self.start.day != 1 or self.end.day != 1:
            return None
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month

    def split(self) -> list[Period]:
        """The months of a period made of months."""
        first = self.start.year * 12 + self.start.month - 1
        return [Period.month(n // 12, n % 12 + 1) for n in range(first, first + (self.months or 0))]

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    def __str__(self) -> str:
        if self.months == 1:
            return f"{self.start:%Y-%m}"
        if self.months == 12 and self.start.month == 1:
            return f"{self.start:%Y}"
        if self.months is None:
            return f"{self.start:%Y-%m-%d}"
        return f"{self.start:%Y-%m}/{self.last_day:%Y-%m}"

    @property
    def words(self) -> str:
        """For sentences: `June 2024`, `2025`, `30 June 2024`, `December 2025 to November 2026`."""
        if self.months is None:
            return f"{self.start.day} {_month_words(self.start)}"
        if self.months == 1:
            return _month_words(self.start)
        if self.months == 12 and self.start.month == 1:
            return str(self.start.year)
        return f"{_month_words(self.start)} to {_month_words(self.last_day)}"


def _month_words(day: date) -> str:
    return f"{calendar.month_name[day.month]} {day.year}"


def _build(form: str, parts: list[int], text: str) -> Period:
    try:
        if form == "month":
            period = Period.month(*parts)
        elif form == "year":
            period = Period.year(*parts)
        elif form == "day":
            period = Period(date(*parts), date(*parts) + timedelta(days=1))
        else:
            period = Period(date(parts[0], parts[1], 1), Period.month(parts[2], parts[3]).end)
    except (ValueError, OverflowError) as fault:
        raise PeriodError(f"{text!r} is no period: {fault}") from fault
    if period.end <= period.start:
        raise PeriodError(f"{text!r} is no period: it ends before it begins")
    if not _EARLIEST <= period.start.year <= _LATEST:
        raise PeriodError(f"{text!r} is no period: the year must lie between {_EARLIEST} and {_LATEST}")
    return period


def before(day: date, window: Window) -> Period:
    """The last whole period of a fixed window before the one that `day` lies in."""
    if window is Window.DAY:
        return Period(day - timedelta(days=1), day)
    if window is Window.CALENDAR_MONTH:
        last = day.replace(day=1) - timedelta(days=1)
        return Period.month(last.year, last.month)
    return Period.year(day.year - 1)


def turns(day: date, window: Window) -> date:
    """First day on which a rolling window looks up another period than on `day`."""
    if window is Window.DAY:
        return day + timedelta(days=1)
    if window is Window.CALENDAR_YEAR:
        return date(day.year + 1, 1, 1)
    return Period.month(day.year, day.month).end


def instant_text(instant: datetime) -> str:
    """ISO 8601 in UTC, with a Z, as everywhere in the API."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def day_of(instant: datetime) -> date:
    """The UTC day of an instant, which must carry its zone."""
    return instant.astimezone(UTC).date()


def midnight(day: date) -> datetime:
    """The first instant of a day, UTC: dates in facts mean this."""
    return datetime.combine(day, time(), UTC)
