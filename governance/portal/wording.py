"""Words, icons and figures as people read them. Knows nothing of pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from governance.core.outcomes import Decision, Outcome


@dataclass(frozen=True)
class Badge:
    """A word with a shape and an icon, so that color never stands alone. `tone` names the token."""

    word: str
    tone: str
    shape: str
    icon: str


DECISIONS = {
    Decision.ALLOWED: Badge("Allowed", tone="green", shape="circle", icon="check"),
    Decision.ALLOWED_WITH_DUTIES: Badge(
        "Allowed with duties", tone="blue", shape="square", icon="list-check"
    ),
    Decision.NEEDS_REVIEW: Badge("Needs review", tone="amber", shape="diamond", icon="eye"),
    Decision.BLOCKED: Badge("Blocked", tone="red", shape="octagon", icon="minus"),
    Decision.CANNOT_TELL: Badge("Cannot tell", tone="violet", shape="dashed", icon="question-mark"),
}
WORST_FIRST = (
    Decision.BLOCKED,
    Decision.CANNOT_TELL,
    Decision.NEEDS_REVIEW,
    Decision.ALLOWED_WITH_DUTIES,
    Decision.ALLOWED,
)
OUTCOMES = {
    Outcome.NOT_APPLICABLE: Badge("Does not apply", tone="muted", shape="circle", icon="circle-off"),
    Outcome.PASS: Badge("Passes", tone="green", shape="circle", icon="check"),
    Outcome.DUTY: Badge("Duty", tone="blue", shape="square", icon="list-check"),
    Outcome.REVIEW: Badge("Needs review", tone="amber", shape="diamond", icon="eye"),
    Outcome.UNKNOWN: Badge("Fact missing", tone="violet", shape="dashed", icon="question-mark"),
    Outcome.ERROR: Badge("Could not be judged", tone="violet", shape="dashed", icon="alert-triangle"),
    Outcome.FAIL: Badge("Fails", tone="red", shape="octagon", icon="minus"),
}
STATES = {
    "available": Badge("Available", tone="green", shape="circle", icon="check"),
    "pending": Badge("Not read yet", tone="muted", shape="circle", icon="clock"),
    "gated": Badge("Access is restricted", tone="amber", shape="diamond", icon="lock"),
}
_SIZES = ("bytes", "kB", "MB", "GB", "TB", "PB")
_SCALES = ((Decimal(10) ** 12, "trillion"), (Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million"))


def number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None


def exact(value: Any) -> str:
    """`683,000,000`; text that is no number stays as it is."""
    found = number(value)
    if found is None or not found.is_finite():
        return str(value)
    return f"{found:,.0f}" if found == found.to_integral_value() else f"{found:,f}".rstrip("0")


def rounded(value: Any) -> str:
    """`683 million`: at most three digits and a unit, so it is for reading beside the exact figure."""
    found = number(value)
    if found is None or not found.is_finite():
        return str(value)
    for scale, unit in _SCALES:
        if abs(found) >= scale:
            return f"{_short(found / scale)} {unit}"
    return exact(found)


def _short(value: Decimal) -> str:
    text = f"{value:.1f}" if value < 1000 else f"{value:,.0f}"
    return text.removesuffix(".0")


def percent(share: Any) -> str:
    """`97.6 %` of 0.9757. Rounding never makes a share that is past the limit look like it is not."""
    found = number(share)
    if found is None:
        return "—"
    part = found * 100
    text = f"{part:.1f}".removesuffix(".0")
    if part > 100 and text == "100":
        return "over 100 %"
    return "under 100 %" if part < 100 and text == "100" else f"{text} %"


def size(count: Any) -> str:
    """`16.1 GB`, in thousands as the Hub counts."""
    found = number(count)
    if found is None:
        return "—"
    unit = 0
    while found >= 1000 and unit < len(_SIZES) - 1:
        found, unit = found / 1000, unit + 1
    return f"{found:.0f} {_SIZES[unit]}" if unit == 0 else f"{found:.1f} {_SIZES[unit]}"


def spoken(key: Any) -> str:
    """`monthly_active_users` as “monthly active users”."""
    return str(key).replace("_", " ")


def sentence_case(key: Any) -> str:
    text = spoken(key)
    return text[:1].upper() + text[1:]


def plural(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


_MONTH = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def period(text: Any) -> str:
    """`2024-06` as “June 2024”, `2024-06-30` as “30 June 2024”; a year and a span stay as they are."""
    found = _MONTH.fullmatch(str(text))
    if not found or not 1 <= int(found.group(2)) <= 12:
        return str(text).replace("/", " to ")
    month = f"{_MONTHS[int(found.group(2)) - 1]} {found.group(1)}"
    return f"{int(found.group(3))} {month}" if found.group(3) else month
