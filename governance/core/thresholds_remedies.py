"""What to do about a threshold's result: who to ask, what clears it, which facts would settle it."""

from __future__ import annotations

from governance.core.terms import Consequence, Exemption, FigureAtom
from governance.core.thresholds import Result, Standing
from governance.core.thresholds_words import asks
from governance.core.words import first_of

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
        return f"Ask {_contact(result)} in time: past the limit it {asks(result)}."
    if result.standing is Standing.UNKNOWN:
        return f"Record {first_of(result.missing)}."
    if result.standing is Standing.REVIEW:
        return f"Record narrower figures, or let a person decide. {_next_step(result)}"
    return ""


def _next_step(result: Result) -> str:
    threshold, whom = result.threshold, _contact(result)
    if threshold.consequence is Consequence.DISPLAY:
        places = f" ({', '.join(threshold.places)})" if threshold.places else ""
        return f"Show “{threshold.phrase}”{places}."
    if threshold.consequence is Consequence.NOTIFY:
        return f"Notify {whom}."
    if threshold.consequence is Consequence.REGISTER:
        return f"Register with {whom}."
    cleared = " or ".join(threshold.clears)
    return f"Ask {whom}; a recorded {cleared} for {result.case.license} clears it."


def _contact(result: Result) -> str:
    return result.threshold.contact or result.case.licensor


def _grants_at_hand(result: Result) -> str:
    over = [grant.reference or grant.company for grant in result.clearing.over_cap]
    capped = f"Of grant {', '.join(over)} the cap is passed or cannot be shown to hold." if over else ""
    missing = result.clearing.missing
    return f"A grant may cover this: record {', '.join(missing)}." if missing else capped


def _exemptions(result: Result) -> str:
    facts = [_EXEMPTING_FACT[exemption] for exemption in result.unproven_exemptions]
    return f"An exemption may apply: record {' or '.join(facts)}." if facts else ""


def _measured_once(result: Result) -> bool:
    atom = result.deciding.atom if result.deciding else None
    return isinstance(atom, FigureAtom) and atom.anchor_date is not None
