"""What to do about a threshold's result: who to ask, what clears it, which facts would settle it."""

from __future__ import annotations

from governance.core.spoken import spoken
from governance.core.terms import Consequence, Exemption, FigureAtom
from governance.core.thresholds import Result, Standing
from governance.core.thresholds_case import asked_phrases
from governance.core.words import ended, first_of, listed, quoted

_EXEMPTING_FACT = {
    Exemption.INTEGRATED_END_USER_PRODUCT: "deployment.uses.integrated_end_user_product",
    Exemption.INTERNAL_USE: "deployment.uses.internal_only",
    Exemption.NON_PROFIT_RESEARCH: "company.kind",
}


def how_to_fix(result: Result) -> str:
    """Who to ask, what clears it, and which facts would settle it."""
    if result.standing is Standing.EXCEEDED:
        return " ".join(filter(None, (_next_step(result), _grants_at_hand(result), _exemptions(result))))
    if result.standing is Standing.APPROACHING and not _measured_once(result):
        step = _next_step(result)
        return f"Before the limit is passed: {step[0].lower()}{step[1:]}"
    if result.standing is Standing.UNKNOWN:
        return f"Record {first_of(result.missing)}."
    if result.standing is Standing.REVIEW:
        exact = result.deciding is not None and result.deciding.bounds.exact
        first = "Let a person decide." if exact else "Record narrower figures, or let a person decide."
        return f"{first} {_next_step(result)}"
    return ""


def _next_step(result: Result) -> str:
    threshold, whom = result.threshold, _contact(result)
    if threshold.consequence is Consequence.DISPLAY:
        phrase = listed(map(quoted, asked_phrases(threshold, result.case)), "or")
        places = listed(map(spoken, threshold.places), "or")
        return f"Show {phrase}{f' ({places})' if places else ''}, and record it as shown."
    if threshold.consequence is Consequence.NOTIFY:
        return ended(f"Notify {whom}")
    if threshold.consequence is Consequence.REGISTER:
        return ended(f"Register with {whom}")
    cleared = f" A recorded grant for {result.case.license} clears it." if "grant" in threshold.clears else ""
    return ended(f"Ask {whom}") + cleared


def _contact(result: Result) -> str:
    return result.threshold.contact or result.case.licensor


def _grants_at_hand(result: Result) -> str:
    over = [grant.reference or f"to {grant.company}" for grant in result.clearing.over_cap]
    capped = f"The cap of grant {listed(over)} is passed or cannot be shown to hold." if over else ""
    missing = result.clearing.missing
    return f"A grant may cover this: record {', '.join(missing)}." if missing else capped


def _exemptions(result: Result) -> str:
    facts = [_EXEMPTING_FACT[exemption] for exemption in result.unproven_exemptions]
    return f"An exemption may apply: record {' or '.join(facts)}." if facts else ""


def _measured_once(result: Result) -> bool:
    atom = result.deciding.atom if result.deciding else None
    return isinstance(atom, FigureAtom) and atom.anchor_date is not None
