"""Duties of licenses: when one arises from the way a model is used, and what it asks, in words."""

from __future__ import annotations

from collections.abc import Callable

from governance.core.facts import Uses
from governance.core.spoken import spoken
from governance.core.terms import Duty, DutyKind, Trigger
from governance.core.words import listed, quoted

Known = bool | None
"""Yes, no, or not known."""


def _both(left: Known, right: Known) -> Known:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _either(left: Known, right: Known) -> Known:
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def _available(uses: Uses) -> Known:
    """Handed on, or offered to others as a product; a clear `internal_only` says no to the latter."""
    offered = None if uses.internal_only is None else not uses.internal_only
    return _either(uses.distributed, offered)


def _derivative(uses: Uses, derived: bool) -> Known:
    return True if derived else uses.derivative


_ARISES: dict[Trigger, Callable[[Uses, bool], Known]] = {
    Trigger.ALWAYS: lambda uses, derived: True,
    Trigger.DISTRIBUTED: lambda uses, derived: uses.distributed,
    Trigger.MADE_AVAILABLE: lambda uses, derived: _available(uses),
    Trigger.COMMERCIAL: lambda uses, derived: uses.commercial,
    Trigger.MODIFIED: _derivative,
    Trigger.MODIFIED_AND_DISTRIBUTED: lambda uses, derived: _both(
        _derivative(uses, derived), uses.distributed
    ),
    Trigger.DERIVATIVE_MADE_AVAILABLE: lambda uses, derived: _both(
        _derivative(uses, derived), _available(uses)
    ),
}
_ASKS: dict[Trigger, tuple[str, ...]] = {
    Trigger.ALWAYS: (),
    Trigger.DISTRIBUTED: ("distributed",),
    Trigger.MADE_AVAILABLE: ("distributed", "internal_only"),
    Trigger.COMMERCIAL: ("commercial",),
    Trigger.MODIFIED: ("modification",),
    Trigger.MODIFIED_AND_DISTRIBUTED: ("modification", "distributed"),
    Trigger.DERIVATIVE_MADE_AVAILABLE: ("modification", "distributed", "internal_only"),
}


def arises(trigger: Trigger, uses: Uses, *, derived: bool) -> Known:
    """Whether the trigger is pulled. `derived`: the model itself comes from the licensed one."""
    return _ARISES[trigger](uses, derived)


def not_known(trigger: Trigger, uses: Uses, *, derived: bool) -> tuple[str, ...]:
    """The facts that are missing to tell whether it arises; none when that is known."""
    if arises(trigger, uses, derived=derived) is not None:
        return ()
    return tuple(
        f"deployment.uses.{name}"
        for name in _ASKS[trigger]
        if getattr(uses, name) is None and not (derived and name == "modification")
    )


_PHRASED = {
    DutyKind.DISPLAY: "Show {phrase}",
    DutyKind.NAME_PREFIX: "Begin the name of every published derivative with {phrase}",
    DutyKind.NOTICE_FILE: "Keep a notice file that says {phrase} with every copy",
    DutyKind.ATTRIBUTION: "Name the licensor with {phrase}",
}
_PLAIN = {
    DutyKind.NOTICE_FILE: "Keep the notice file with every copy",
    DutyKind.LICENSE_COPY: "Hand on a copy of the license with the model",
    DutyKind.ATTRIBUTION: "Keep the notices of copyright and attribution",
    DutyKind.STATE_CHANGES: "Say in changed files that they were changed",
    DutyKind.USE_POLICY: "Keep to the use policy of the license",
    DutyKind.PASS_THROUGH: "Bind those who get the model to the same restrictions",
    DutyKind.REGISTER: "Register with the licensor",
}


ANYWHERE = "any_reasonable_manner"
"""A place that names none."""


def demand(duty: Duty) -> str:
    """The demand as a sentence without its full stop."""
    known = _PHRASED.get(duty.kind, "") if duty.phrase else _PLAIN.get(duty.kind, "")
    sentence = (
        known.format(phrase=listed(map(quoted, duty.accepted), "or"))
        or duty.note.rstrip(".")
        or "Do what the section asks"
    )
    places = [spoken(place) for place in duty.places if place not in (duty.kind, ANYWHERE)]
    if places:
        sentence += f" on {listed(places, 'or')}"
    return sentence + (f" ({duty.url})" if duty.url else "")
