"""What a threshold's result rests on, as JSON that is kept with the verdict."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from governance.core.ambiguities import Ambiguity, TakenReading
from governance.core.readings import decision, under
from governance.core.terms import LicenseTerms, Threshold, TraitAtom
from governance.core.thresholds import Result, judge
from governance.core.thresholds_case import Weighed
from governance.core.values import Keyed


def evidence(result: Result) -> dict[str, Any]:
    """What the result rests on, as JSON: the atom that decides, and every atom of a tree."""
    threshold, grant = result.threshold, result.grant
    body = _weighed(result.deciding) if result.deciding else _weighed_nothing()
    body |= {
        "standing": str(result.standing),
        "reading": threshold.reading,
        "alternative": threshold.alternative,
        "threshold": threshold.id,
        "consequence": str(threshold.consequence),
        "purpose": threshold.purpose,
        "atoms": [_weighed(one) for one in result.atoms] if len(result.atoms) > 1 else [],
    }
    if threshold.phrase:
        body |= {"phrase": threshold.phrase, "places": list(threshold.places)}
    if grant:
        body["grant"] = grant.reference or f"{grant.company} {grant.license}"
    if result.clearing.shown:
        body["shown"] = result.clearing.shown
    if result.exemption:
        body["exemption"] = str(result.exemption)
    return body


def readings(
    terms: LicenseTerms, result: Result, taken: Iterable[TakenReading], warn_at: Decimal
) -> dict[str, Any]:
    """Which reading was taken, by whom, and what each other would give; nothing where none is possible."""
    held = tuple(taken)
    open_ = (one for one in terms.ambiguities if one.touches(result.threshold.id))
    told = [_reading(one, terms, result, held, warn_at) for one in open_]
    return {"readings": told} if told else {}


def _reading(
    ambiguity: Ambiguity,
    terms: LicenseTerms,
    result: Result,
    taken: tuple[TakenReading, ...],
    warn_at: Decimal,
) -> dict[str, Any]:
    told = decision(ambiguity, terms.key, taken)
    others = [
        {"reading": one.key, "says": one.says} | _otherwise(ambiguity.id, one.key, terms, result, warn_at)
        for one in ambiguity.alternatives
        if one.key != told["reading"]
    ]
    return {**told, "others": others}


def _otherwise(
    ambiguity: str, alternative: str, terms: LicenseTerms, result: Result, warn_at: Decimal
) -> dict[str, str]:
    """Where the deployment would stand under another reading."""
    limit = _limit(Keyed(terms), ambiguity, alternative, result.threshold.id)
    other = judge(limit, result.case, warn_at)
    return {"standing": str(other.standing), "outcome": str(other.outcome)}


@lru_cache(maxsize=4096)
def _limit(terms: Keyed[LicenseTerms], ambiguity: str, alternative: str, threshold: str) -> Threshold:
    """One limit under another reading; read once for all cases."""
    (open_,) = (one for one in terms.value.ambiguities if one.id == ambiguity)
    read = under(terms.value, open_.alternative(alternative)).thresholds
    return next(one for one in read if one.id == threshold)


def _weighed_nothing() -> dict[str, Any]:
    names = ("metric", "comparator", "currency", "subject", "window", "period")
    return dict.fromkeys(names, "") | {
        "low": None,
        "high": None,
        "limit": None,
        "members": [],
        "assumed": [],
    }


def _weighed(weighed: Weighed) -> dict[str, Any]:
    atom = weighed.atom
    body = _weighed_nothing() | {
        "subject": str(atom.subject),
        "holds": weighed.truth.name.lower(),
        "members": list(weighed.members),
    }
    if isinstance(atom, TraitAtom):
        return body | {"metric": atom.trait, "any_of": list(atom.any_of), "negated": atom.negated}
    known = weighed.bounds.high is not None or weighed.bounds.low > 0
    return body | {
        "metric": atom.metric,
        "window": str(atom.window),
        "anchor": atom.anchor,
        "period": str(weighed.period or ""),
        "low": plain(weighed.bounds.low) if known else None,
        "high": plain(weighed.bounds.high),
        "limit": plain(atom.limit),
        "comparator": atom.comparator,
        "currency": atom.currency,
        "boundary": atom.boundary,
        "assumed": list(dict.fromkeys(weighed.bounds.assumed)),
    }


def plain(number: Decimal | None) -> int | str | None:
    """A whole number as such, any other as its digits: JSON has no exact decimals."""
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else format(number.normalize(), "f")
