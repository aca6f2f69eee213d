"""How a grant moves from a wish to a license, and which steps there are."""

from __future__ import annotations

from enum import StrEnum

from governance.core.words import listed


class GrantStatus(StrEnum):
    """`expired` is no status: it follows from the end of what was granted."""

    DRAFT = "draft"
    REQUESTED = "requested"
    GRANTED = "granted"
    DENIED = "denied"
    REVOKED = "revoked"


STEPS: dict[str, tuple[frozenset[GrantStatus], GrantStatus]] = {
    "request": (frozenset((GrantStatus.DRAFT, GrantStatus.DENIED)), GrantStatus.REQUESTED),
    "grant": (frozenset((GrantStatus.REQUESTED,)), GrantStatus.GRANTED),
    "deny": (frozenset((GrantStatus.REQUESTED,)), GrantStatus.DENIED),
    "revoke": (frozenset((GrantStatus.GRANTED,)), GrantStatus.REVOKED),
}
"""Step -> the statuses that it may start from, and the one that it leads to."""
CHANGEABLE = frozenset((GrantStatus.DRAFT, GrantStatus.REQUESTED, GrantStatus.DENIED))
"""What was granted is never changed: verdicts rest on it."""


def after(step: str, status: str) -> GrantStatus:
    """The status that a step leads to. Raises ValueError with the cause where it may not be taken."""
    starts, leads_to = STEPS[step]
    if status not in starts:
        allowed = listed(sorted(starts), "or")
        raise ValueError(f"is {status}: only what is {allowed} can be {_DONE[step]}")
    return leads_to


def possible(status: str) -> list[str]:
    """The steps that may be taken from a status."""
    return [step for step, (starts, _) in STEPS.items() if status in starts]


_DONE = {"request": "requested", "grant": "granted", "deny": "denied", "revoke": "revoked"}
