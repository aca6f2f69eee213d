"""Which terms of a parent's license a child's license does not keep to: generic, from structured terms alone.

A child may grant at most what its parent lets it: each restriction that reaches a derivative must stand in
the child's license as well. Each check looks at one kind of term and answers with a conflict or with none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from governance.core.reading import Relation
from governance.core.terms import (
    DutyKind,
    Exclusion,
    LicenseTerms,
    OutputRule,
    OutputScope,
    Parts,
    State,
    Threshold,
    TraitAtom,
    Trigger,
)
from governance.core.territories import expand
from governance.core.words import first_of


@dataclass(frozen=True, slots=True)
class Conflict:
    """One term that is not kept. `what` goes on after the name of the parent's license: `prohibits ...`.

    `certain` is False where a person must compare two texts; `barred` where no license of the child helps.
    """

    section: str
    what: str
    certain: bool = True
    barred: bool = False


@dataclass(frozen=True, slots=True)
class Passed:
    """A parent's terms, and what of them reaches the child by the way in which it was made."""

    terms: LicenseTerms
    parts: frozenset[Parts] = frozenset(Parts)
    relation: Relation = Relation.UNKNOWN

    @property
    def derivative(self) -> bool:
        """Whether the child holds the parent's work; one that was distilled holds what its outputs taught."""
        return self.relation is not Relation.DISTILLED


def conflicts(parent: Passed, child: Sequence[LicenseTerms]) -> list[Conflict]:
    """Every term of the parent that the child does not keep to.

    A child under several licenses at once keeps to a term where one of them does. Without any license, what
    is told is only what no license could keep to.
    """
    found = [*_barred(parent)]
    if not child or any(one.key == parent.terms.key for one in child):
        return found
    for check in _CHECKS:
        told = [check(parent, one) for one in child]
        if all(told):
            found += told[0]
    return found


def restricts(parent: Passed) -> bool:
    """Whether anything more than notices and the like reaches the child."""
    return bool(_barred(parent)) or any(check(parent, NOTHING_KEPT) for check in _CHECKS)


def _barred(parent: Passed) -> list[Conflict]:
    """What stands in the way whatever the license of the child is."""
    permissions = parent.terms.permissions
    found = []
    if parent.derivative and permissions.redistribution.state is State.PROHIBITED:
        section = permissions.redistribution.section
        what = "permits nobody to hand it on, and the model is published"
        found.append(Conflict(section, what, barred=True))
    if parent.derivative and (section := _no_derivatives(parent.terms)):
        what = "permits nobody to share what is made from it, and the model is published"
        found.append(Conflict(section, what, barred=True))
    return found + _distilled(parent)


def _no_derivatives(terms: LicenseTerms) -> str:
    """The section that keeps adaptations from being shared; empty where none does."""
    if terms.permissions.modification.state is State.PROHIBITED:
        return terms.permissions.modification.section or "modification"
    return next((limit.section for limit in terms.thresholds if _on_sharing(limit)), "")


def _on_sharing(limit: Threshold) -> bool:
    """Whether a limit is reached as soon as a derivative is offered to others, commercial or not."""
    return (
        limit.consequence.withholds
        and limit.purpose == "any"
        and isinstance(limit.when, TraitAtom)
        and not limit.when.negated
        and Trigger.DERIVATIVE_MADE_AVAILABLE in limit.when.any_of
    )


def _distilled(parent: Passed) -> list[Conflict]:
    """A model that outputs trained, where outputs may train none of its kind."""
    rule = parent.terms.permissions.outputs_training
    if parent.derivative or Parts.OUTPUTS not in parent.parts or rule.state is not State.PROHIBITED:
        return []
    what = "prohibits training other models with outputs, and the model was distilled from them"
    certain = rule.scope is OutputScope.ANY_MODEL and not rule.own_family_exempt
    return [Conflict(rule.section, what, certain, barred=certain)]


def _commercial(parent: Passed, child: LicenseTerms) -> list[Conflict]:
    ours, theirs = child.permissions.commercial_use.state, parent.terms.permissions.commercial_use
    if Parts.COMMERCIAL not in parent.parts or ours is State.PROHIBITED:
        return []
    if theirs.state is State.PROHIBITED:
        return [Conflict(theirs.section, f"prohibits commercial use, which the {child.name} does not")]
    if theirs.state is State.CONDITIONAL and ours is not State.CONDITIONAL:
        condition = (theirs.condition or "on its conditions").rstrip(".")
        what = f"permits commercial use on a condition ({condition}) that the {child.name} does not keep"
        return [Conflict(theirs.section, what)]
    return []


def _limits(parent: Passed, child: LicenseTerms) -> list[Conflict]:
    if Parts.THRESHOLDS not in parent.parts:
        return []
    unkept = [limit for limit in parent.terms.thresholds if not _kept(limit, child)]
    what = f"sets a limit beyond which there are no rights, and the {child.name} does not set it"
    return [Conflict(limit.section, what) for limit in unkept]


def _kept(limit: Threshold, child: LicenseTerms) -> bool:
    """Limits that withhold nothing are duties. One on commercial use is kept where that is prohibited."""
    if not limit.consequence.withholds or _on_sharing(limit):
        return True
    if limit.purpose == "commercial" and child.permissions.commercial_use.state is State.PROHIBITED:
        return True
    return any(
        (one.when, one.consequence, one.purpose) == (limit.when, limit.consequence, limit.purpose)
        and set(one.exempt) <= set(limit.exempt)
        for one in child.thresholds
    )


def _territory(parent: Passed, child: LicenseTerms) -> list[Conflict]:
    if Parts.EXCLUSIONS not in parent.parts:
        return []
    return [
        Conflict(
            one.section, f"licenses nothing in {first_of(one.regions)}, and the {child.name} does not say so"
        )
        for one in parent.terms.exclusions
        if not any(_as_wide(ours, one) for ours in child.exclusions)
    ]


def _as_wide(ours: Exclusion, theirs: Exclusion) -> bool:
    same = ours.tests == theirs.tests and ours.modalities in ("any", theirs.modalities)
    exempt = set(ours.exempt) <= set(theirs.exempt) and (ours.outputs or not theirs.outputs)
    return same and exempt and expand(theirs.regions)[0] <= expand(ours.regions)[0]


def _outputs(parent: Passed, child: LicenseTerms) -> list[Conflict]:
    ours, theirs = child.permissions.outputs_training, parent.terms.permissions.outputs_training
    if Parts.OUTPUTS not in parent.parts or theirs.state not in (State.PROHIBITED, State.CONDITIONAL):
        return []
    if _as_strict(ours, theirs):
        return []
    what = "prohibits" if theirs.state is State.PROHIBITED else "limits"
    return [Conflict(theirs.section, f"{what} training with outputs, which the {child.name} does not")]


def _as_strict(ours: OutputRule, theirs: OutputRule) -> bool:
    if ours.state is State.PROHIBITED:
        wide = ours.scope is OutputScope.ANY_MODEL and not ours.own_family_exempt
        return wide or (ours.scope, ours.own_family_exempt) == (theirs.scope, theirs.own_family_exempt)
    fields = ("state", "scope", "derivative", "name_prefix", "display")
    return all(getattr(ours, name) == getattr(theirs, name) for name in fields)


def _uses(parent: Passed, child: LicenseTerms) -> list[Conflict]:
    """Uses that the parent prohibits. That two texts prohibit the same is known by review alone."""
    terms = parent.terms
    if Parts.USES not in parent.parts or child.key in terms.uses_kept_by:
        return []
    if not terms.prohibited_uses:
        return _use_policy(terms, child)
    ours = {one.use for one in child.prohibited_uses}
    missing = [one for one in terms.prohibited_uses if one.use not in ours]
    if missing:
        what = f"prohibits uses ({first_of((one.use for one in missing), 2)}) that the {child.name} does not"
        return [Conflict(missing[0].section, what)]
    what = (
        f"asks that its own restrictions on use are passed on, and nobody has reviewed whether those of the "
        f"{child.name} cover them"
    )
    return [Conflict(terms.prohibited_uses[0].section, what, certain=False)]


def _use_policy(terms: LicenseTerms, child: LicenseTerms) -> list[Conflict]:
    """A policy on use that is named and not spelled out."""
    policy = next((duty for duty in terms.duties if duty.kind is DutyKind.USE_POLICY), None)
    if policy is None or any((one.kind, one.url) == (policy.kind, policy.url) for one in child.duties):
        return []
    return [Conflict(policy.section, f"asks to keep to a use policy, which the {child.name} does not")]


def _copyleft(parent: Passed, child: LicenseTerms) -> list[Conflict]:
    """What is made from it stays under its own license, or one that it names."""
    copyleft = parent.terms.copyleft
    if copyleft is None or Parts.DUTIES not in parent.parts or child.key in copyleft.also_under:
        return []
    what = f"lets what is made from it be handed on under itself only, and not under the {child.name}"
    apart = copyleft.reach in ("file", "library") and parent.relation in (
        Relation.ADAPTER,
        Relation.DISTILLED,
    )
    return [Conflict(copyleft.section, what, certain=not apart)]


Check = Callable[[Passed, LicenseTerms], list[Conflict]]
_CHECKS: tuple[Check, ...] = (_commercial, _limits, _territory, _outputs, _uses, _copyleft)


def _nothing_kept() -> LicenseTerms:
    allowed = {"state": "allowed"}
    return LicenseTerms.model_validate(
        {
            "key": "nothing-kept",
            "name": "license that grants everything",
            "licensor": "nobody",
            "review": {"by": "nobody", "on": "2026-01-01", "verified": True},
            "permissions": dict.fromkeys(("commercial_use", "redistribution", "modification"), allowed),
        }
    )


NOTHING_KEPT = _nothing_kept()
"""What a child that says nothing is compared with."""


def sentences(found: Sequence[Conflict]) -> Iterator[str]:
    """Each conflict with its place, as in `prohibits commercial use (2.a)`."""
    for one in dict.fromkeys(found):
        yield f"{one.what} ({one.section})" if one.section else one.what
