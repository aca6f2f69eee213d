"""Words, icons and figures as people read them. Knows nothing of pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from governance.core.outcomes import Decision, Outcome
from governance.core.spoken import number


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
_SIZES = ("bytes", "kB", "MB", "GB", "TB", "PB")


def size(count: Any) -> str:
    """`16.1 GB`, in thousands as the Hub counts."""
    found = number(count)
    if found is None:
        return "—"
    unit = 0
    while found >= 1000 and unit < len(_SIZES) - 1:
        found, unit = found / 1000, unit + 1
    return f"{found:.0f} {_SIZES[unit]}" if unit == 0 else f"{found:.1f} {_SIZES[unit]}"


def plural(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
