"""Conditions that are no figures: what the licensee does, with whom it competes, how the model is used."""

from __future__ import annotations

from datetime import datetime

from governance.core.companies import next_change
from governance.core.duties import Known, arises, not_known
from governance.core.facts import Uses
from governance.core.figures import Bounds
from governance.core.periods import midnight
from governance.core.terms import HOSTED, TraitAtom, Trigger
from governance.core.thresholds_case import Case, Truth, Weighed


def control_change(case: Case, *, group: bool) -> datetime | None:
    """When the group may next be another one."""
    day = next_change(case.companies.controls, case.today) if group else None
    return midnight(day) if day else None


def weigh_trait(atom: TraitAtom, case: Case) -> Weighed:
    """Whether the licensee, one of its group, or the deployment is what the condition names."""
    if atom.trait == "uses":
        return _weigh_uses(atom, case.uses)
    licensee, group = case.companies.licensee, atom.subject == "licensee_and_affiliates"
    if not licensee:
        return Weighed(atom, Truth.UNKNOWN, bounds=Bounds(missing=("deployment.company",)))
    members = sorted(case.companies.group(licensee, case.today, atom.control) if group else {licensee})
    wanted = {name.lower() for name in atom.any_of}
    traits = {member: _trait_of(member, atom, case) for member in members}
    named = any(wanted & traits for traits in traits.values() if traits is not None)
    missing = tuple(f"company:{member} {atom.trait}" for member, known in traits.items() if known is None)
    truth = Truth.TRUE if named != atom.negated else Truth.FALSE
    if missing and not named:
        truth = Truth.UNKNOWN
    return Weighed(
        atom, truth, None, Bounds(missing=missing), tuple(members), control_change(case, group=group)
    )


def _trait_of(member: str, atom: TraitAtom, case: Case) -> set[str] | None:
    company = case.companies.companies.get(member)
    values: tuple[str, ...] | None = getattr(company, atom.trait, None)
    known = None if values is None else {value.lower() for value in values}
    if shown := _shown_by_use(atom, case) if member == case.companies.licensee else set():
        return (known or set()) | shown
    return known


def _shown_by_use(atom: TraitAtom, case: Case) -> set[str]:
    """Businesses that the deployment itself shows, whatever the company says of them."""
    if atom.trait != "business_models":
        return set()
    return {name.lower() for name in atom.any_of if getattr(case.uses, name.lower(), None) is True}


def _weigh_uses(atom: TraitAtom, uses: Uses) -> Weighed:
    known = [_used(name, uses) for name in atom.any_of]
    truth = Truth.TRUE if any(known) != atom.negated else Truth.FALSE
    if any(known) or None not in known:
        return Weighed(atom, truth)
    missing = tuple(field for name in atom.any_of for field in _unknown_of(name, uses))
    return Weighed(atom, Truth.UNKNOWN, bounds=Bounds(missing=missing))


def _used(name: str, uses: Uses) -> Known:
    return getattr(uses, name) if name in HOSTED else arises(Trigger(name), uses, derived=False)


def _unknown_of(name: str, uses: Uses) -> tuple[str, ...]:
    if name in HOSTED:
        return (f"deployment.uses.{name}",) if getattr(uses, name) is None else ()
    return not_known(Trigger(name), uses, derived=False)
