"""Keys, figures and periods as people say them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from governance.core.periods import Period, PeriodError

COMPARED = {">": "more than", ">=": "at least", "<": "less than"}
_POWERS = Decimal(10) ** 18
"""From here on nobody reads the digits."""
_SCALES = ((Decimal(10) ** 12, "trillion"), (Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million"))


def number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None


def exact(value: Any) -> str:
    """`683,000,000`, `3.8e25`; text that is no number stays as it is."""
    found = number(value)
    if found is None or not found.is_finite():
        return str(value)
    if abs(found) >= _POWERS:
        return power(found)
    return f"{found:,.0f}" if found == found.to_integral_value() else f"{found:,f}".rstrip("0")


def rounded(value: Any) -> str:
    """`683 million`: at most three digits and a unit, so it is for reading beside the exact figure."""
    found = number(value)
    if found is None or not found.is_finite():
        return str(value)
    for scale, unit in _SCALES:
        if _POWERS > abs(found) >= scale:
            return f"{_short(found / scale)} {unit}"
    return exact(found)


def _short(value: Decimal) -> str:
    text = f"{value:.1f}" if value < 1000 else f"{value:,.0f}"
    return text.removesuffix(".0")


def power(value: Decimal) -> str:
    """`3.8e25`, with every digit that says something."""
    digits, _, exponent = f"{value.normalize():e}".partition("e")
    return f"{digits}e{int(exponent)}"


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


def spoken(key: Any) -> str:
    """`monthly_active_users` as “monthly active users”, `training_compute_flop` with its unit first."""
    words = str(key).replace("_", " ")
    return f"FLOP of {words.removesuffix(' flop')}" if words.endswith(" flop") else words


def sentence_case(key: Any) -> str:
    text = spoken(key)
    return text[:1].upper() + text[1:]


def period(text: Any) -> str:
    """`2024-06` as “June 2024”, `2024-06-30` as “30 June 2024”; a year and a span stay as they are."""
    written = str(text)
    try:
        return written.replace("/", " to ") if "/" in written else Period.parse(written).words
    except PeriodError:
        return written


USES = {
    "commercial": "commercial use",
    "distributed": "handing the model on",
    "made_available": "making the model available to others",
    "modified": "a changed model",
    "modified_and_distributed": "handing a changed model on",
    "derivative_made_available": "making a changed model available to others",
    "hosted_for_third_parties": "hosting the model for third parties",
    "model_as_a_service": "a model as a service",
}
"""How a condition names the ways of using a model."""
