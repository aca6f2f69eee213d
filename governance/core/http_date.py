"""Dates in headers of HTTP (RFC 9110, section 5.6.7), from servers that may send anything."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def http_date(text: str) -> datetime | None:
    """With a zone, UTC where it names none; None for what is no date."""
    try:
        date = parsedate_to_datetime(text[:100])
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
