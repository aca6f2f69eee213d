"""A threshold's result in words that a lawyer and an engineer both trust."""

from __future__ import annotations

from decimal import Decimal

from governance.core.facts import Grant
from governance.core.figures import REVENUE, Bounds
from governance.core.spoken import COMPARED, USES, spoken
from governance.core.terms import Consequence, Exemption, FigureAtom, TraitAtom, Whose
from governance.core.thresholds import Result, Standing
from governance.core.thresholds_case import Case, Truth, Weighed, asked_phrases
from governance.core.words import ended, first_of, listed, place, quoted

_ASKS = {
    Consequence.LICENSE_REQUIRED: "needs a license from {whom}",
    Consequence.TERMINATES: "ends the license of {whom}",
    Consequence.PAID_LICENSE: "needs a paid license from {whom}",
    Consequence.PRIOR_AUTHORIZATION: "needs prior authorization by {whom}",
    Consequence.SECURITY_REVIEW: "needs a security review by {whom}",
    Consequence.DISPLAY: "asks to show {phrase}",
    Consequence.NOTIFY: "asks to notify {whom}",
    Consequence.REGISTER: "asks to register with {whom}",
}
_WITHIN = {">": "within the limit of", ">=": "below the limit of", "<": "not below"}
_WHY_EXEMPT = {
    Exemption.INTEGRATED_END_USER_PRODUCT: "an integrated end user product",
    Exemption.INTERNAL_USE: "internal use",
    Exemption.NON_PROFIT_RESEARCH: "use by non-profit and research organizations that is not commercial",
}


def sentence(result: Result) -> str:
    """One sentence that says where the deployment stands and why; a second one where time matters."""
    deciding = result.deciding
    if deciding is None:
        return _not_applicable(result)
    if result.grant:
        return _cleared(result, result.grant)
    if result.clearing.shown:
        return _shown(result)
    if result.standing is Standing.UNKNOWN:
        return _unknown(result)
    if isinstance(deciding.atom, TraitAtom):
        return _trait_sentence(result, deciding, deciding.atom)
    return _figure_sentence(result, deciding, deciding.atom)


def _not_applicable(result: Result) -> str:
    if result.exemption is None:
        return "The limit speaks of commercial use, and this deployment is not commercial."
    section = result.threshold.exempt_section
    where = f" ({place(section)})" if section else ""
    return f"The limit does not apply to {_WHY_EXEMPT[result.exemption]}{where}, which this is."


def _cleared(result: Result, grant: Grant) -> str:
    name = f"The grant {grant.reference}" if grant.reference else "A grant"
    metric = spoken(grant.cap_metric)
    cap = f", up to {_amount(grant.cap_limit)} {metric}" if grant.cap_limit is not None else ""
    until = f" until {grant.end:%Y-%m-%d %H:%M:%S %Z}" if grant.end else " without an end"
    return (
        f"{name} by {result.case.licensor} covers this use{cap}{until}, so {_condition(result)} is cleared."
    )


def _shown(result: Result) -> str:
    where = place(result.threshold.section)
    return f"{quoted(result.clearing.shown)} is recorded as shown, as is asked past the limit ({where})."


def _unknown(result: Result) -> str:
    verb = "is" if len(result.missing) == 1 else "are"
    met = "applies" if result.missing == (_COMMERCIAL,) else "is met"
    return f"Whether {_condition(result)} {met} is not known: {first_of(result.missing)} {verb} missing."


_COMMERCIAL = "deployment.uses.commercial"


def _condition(result: Result) -> str:
    deciding = result.deciding
    if deciding is None or isinstance(deciding.atom, TraitAtom):
        return f"the condition of {place(result.threshold.section)}"
    atom = deciding.atom
    return f"the limit of {COMPARED[atom.comparator]} {_measure(atom)}"


def _figure_sentence(result: Result, weighed: Weighed, atom: FigureAtom) -> str:
    figure = f"{_whose(atom, result.case)} {_metric(atom)} {_period(weighed)}"
    verb = "was" if atom.currency else "were"
    value = f"{_also(result)}{figure} {verb} {_range(weighed.bounds, atom)}"
    value = value[0].upper() + value[1:]
    consequence, where = asks(result), place(result.threshold.section)
    past = f"{COMPARED[atom.comparator]} {_amount(atom.limit)}"
    basis = f"{_basis(weighed.bounds)}{_once(atom)}"
    if result.standing is Standing.EXCEEDED:
        return ended(f"{value}, {past} ({where}): this {consequence}") + basis
    if result.standing is Standing.REVIEW:
        why = f"{_why_review(weighed, atom)}, so a person must decide"
        return f"{value}, and {past} {consequence} ({where}): {why}.{basis}"
    near = "near but " if result.standing is Standing.APPROACHING else ""
    within = f"{_WITHIN[atom.comparator]} {_measure(atom)}"
    return f"{value}, {near}{within} ({where}: {past} {consequence}).{basis}"


def _also(result: Result) -> str:
    """What else had to hold for the limit to be passed."""
    met = [w.atom for w in result.atoms if w.truth is Truth.TRUE]
    names = [_named(atom) for atom in met if isinstance(atom, TraitAtom)]
    exceeded = result.standing is Standing.EXCEEDED
    return f"the condition on {' and '.join(names)} holds, and " if names and exceeded else ""


def _trait_sentence(result: Result, weighed: Weighed, atom: TraitAtom) -> str:
    """A condition on what the company is, where that alone settles it."""
    names = _named(atom)
    whose = "the company" if len(weighed.members) == 1 else "a company of the group"
    holds = (weighed.truth is Truth.TRUE) != atom.negated
    if atom.trait == "uses":
        states = f"the deployment includes {names}"
    elif atom.trait == "competes_with":
        states = f"{whose} {'is recorded as competing' if holds else 'competes'} with {names}"
    else:
        states = f"{whose} {'is recorded with' if holds else 'has'} the business {names}"
    said = f"{states[0].upper()}{states[1:]}" if holds else f"It is not so that {states}"
    if result.standing is Standing.EXCEEDED:
        return ended(f"{said} ({place(result.threshold.section)}): this {asks(result)}")
    return f"{said}, so {_condition(result)} is not met."


def _named(atom: TraitAtom) -> str:
    return " or ".join(USES.get(name, name) if atom.trait == "uses" else name for name in atom.any_of)


def _why_review(weighed: Weighed, atom: FigureAtom) -> str:
    if weighed.bounds.low == weighed.bounds.high == atom.limit:
        return "sections of the license contradict each other at exactly this figure"
    return "the figures reach both sides of the limit"


def _basis(bounds: Bounds) -> str:
    """What the figure rests on beside what is recorded for it."""
    assumed = list(dict.fromkeys(bounds.assumed))
    return f" It rests on this: {first_of(assumed, most=3)}." if assumed else ""


def _once(atom: FigureAtom) -> str:
    if atom.anchor_date is None:
        return ""
    return f" It was measured once, before the release of {atom.anchor_date}; later growth changes nothing."


def _whose(atom: FigureAtom, case: Case) -> str:
    if atom.subject is Whose.PRODUCT:
        return f"the product {case.product}'s"
    return "the group's" if atom.subject.group else "the company's"


def _metric(atom: FigureAtom) -> str:
    """Revenue is revenue: the period says of which time."""
    return "revenue" if atom.metric in REVENUE else spoken(atom.metric)


def _period(weighed: Weighed) -> str:
    """`in June 2024`, `from April 2025 to March 2026`."""
    words = weighed.period.words if weighed.period else ""
    return f"from {words}" if " to " in words else f"in {words}"


def asks(result: Result) -> str:
    """What the license does past the limit: `needs a license from Meta`."""
    phrase = listed(map(quoted, asked_phrases(result.threshold, result.case)), "or")
    return _ASKS[result.threshold.consequence].format(whom=result.case.licensor, phrase=phrase)


def _measure(atom: FigureAtom) -> str:
    if atom.currency:
        return f"{_amount(atom.limit)} {atom.currency}"
    return f"{_amount(atom.limit)} {_metric(atom)}"


def _range(bounds: Bounds, atom: FigureAtom) -> str:
    unit = f" {atom.currency}" if atom.currency else ""
    low = _amount(bounds.low)
    if bounds.high is None:
        return f"at least {low}{unit}"
    return f"{low}{unit}" if bounds.high == bounds.low else f"between {low} and {_amount(bounds.high)}{unit}"


def _amount(number: Decimal) -> str:
    """With thousands, and cents only where there are some."""
    return f"{number:,.0f}" if number == number.to_integral_value() else f"{number:,.2f}"
