"""Terms of one license file that cannot both hold, each with the place where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from governance.core.terms import DutyKind, LicenseTerms, State, Trigger

_PRESUPPOSED = {
    "redistribution": (Trigger.DISTRIBUTED, Trigger.MODIFIED_AND_DISTRIBUTED),
    "modification": (Trigger.MODIFIED, Trigger.MODIFIED_AND_DISTRIBUTED, Trigger.DERIVATIVE_MADE_AVAILABLE),
}
"""What must be permitted for a duty to arise at all. A duty of commercial use may bind who got a license."""


def contradictions(terms: LicenseTerms) -> Iterator[str]:
    """As `place: what it contradicts`."""
    prohibited = {name for name, one in terms.permissions if one.state is State.PROHIBITED}
    for name in sorted(prohibited & _PRESUPPOSED.keys()):
        for at, duty in enumerate(terms.duties):
            if duty.trigger in _PRESUPPOSED[name]:
                yield f"duties.{at}.trigger: is {duty.trigger}, which permissions.{name} prohibits"
    if "commercial_use" in prohibited:
        for limit in terms.thresholds:
            if limit.purpose == "commercial":
                what = "limits commercial use, which permissions.commercial_use prohibits"
                yield f"thresholds ({limit.id}): {what}"
    if terms.copyleft and (barred := sorted(prohibited & {"redistribution", "modification"})):
        yield f"copyleft: tells how to hand on what is made from it, and permissions.{barred[0]} prohibits it"
    yield from _outputs(terms)
    yield from _prefixes(terms)


def _outputs(terms: LicenseTerms) -> Iterator[str]:
    """A ban or a condition on outputs in a license that sets them free."""
    rule = terms.permissions.outputs_training
    if rule.state in (State.ALLOWED, State.SILENT):
        for name in ("scope", "own_family_exempt", "name_prefix", "display", "derivative"):
            if getattr(rule, name):
                yield f"permissions.outputs_training.{name}: limits what is {rule.state} here"


def _prefixes(terms: LicenseTerms) -> Iterator[str]:
    """One name cannot begin with two things, unless one of them begins with the other."""
    asked = [(at, duty) for at, duty in enumerate(terms.duties) if _named(duty.kind, duty.optional)]
    for at, duty in asked[1:]:
        _, first = asked[0]
        long, short = sorted((duty.phrase, first.phrase), key=len, reverse=True)
        if duty.models == first.models and not long.startswith(short):
            yield f"duties.{at}.phrase: no name begins with both {first.phrase!r} and {duty.phrase!r}"


def _named(kind: DutyKind, optional: bool) -> bool:
    return kind is DutyKind.NAME_PREFIX and not optional
