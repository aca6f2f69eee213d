"""License terms as they are read: with the alternatives that somebody adopted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from governance.core.ambiguities import Alternative, Ambiguity, Change, TakenReading
from governance.core.terms import (
    AllOf,
    AnyOf,
    Duty,
    FigureAtom,
    LicenseTerms,
    Predicate,
    Threshold,
    TraitAtom,
)

Part = TypeVar("Part", Duty, Threshold, FigureAtom)


def adopted(terms: LicenseTerms, taken: Iterable[TakenReading]) -> LicenseTerms:
    """The terms under the readings that were taken of this license; what is no longer known is left out."""
    for one in taken:
        ambiguity = find(terms, one.ambiguity) if one.license == terms.key else None
        if ambiguity and any(a.key == one.alternative for a in ambiguity.alternatives):
            terms = under(terms, ambiguity.alternative(one.alternative))
    return terms


def find(terms: LicenseTerms, ambiguity: str) -> Ambiguity | None:
    return next((one for one in terms.ambiguities if one.id == ambiguity), None)


def decision(ambiguity: Ambiguity, license: str, taken: Iterable[TakenReading]) -> dict[str, Any]:
    """Which reading is taken, and who decided when and why; None: nobody, so the terms stand as written."""
    held = (one for one in taken if (one.license, one.ambiguity) == (license, ambiguity.id))
    decided = next(held, None)
    key = decided.alternative if decided else ambiguity.adopted
    by = {"by": decided.by, "on": str(decided.on), "reason": decided.reason} if decided else None
    return {
        "ambiguity": ambiguity.id,
        "section": ambiguity.section,
        "question": ambiguity.question,
        "reading": key,
        "says": ambiguity.alternative(key).says,
        "decided": by,
    }


def under(terms: LicenseTerms, alternative: Alternative) -> LicenseTerms:
    """The terms under one reading. Raises ValueError where its changes do not fit them."""
    for change in alternative.changes:
        terms = _changed(terms, change)
    return terms


def faults(terms: LicenseTerms) -> Iterator[str]:
    """Why readings of a license cannot be used: changes that fit nothing, or terms that read otherwise."""
    for at, ambiguity in enumerate(terms.ambiguities):
        for alternative in ambiguity.alternatives:
            place = f"ambiguities.{at} ({ambiguity.id}), {alternative.key}"
            try:
                read = under(terms, alternative)
            except ValueError as fault:
                yield f"{place}: {str(fault).splitlines()[0]}"
                continue
            same = (read.thresholds, read.duties) == (terms.thresholds, terms.duties)
            if same and alternative.key != ambiguity.adopted:
                yield f"{place}: changes nothing"
            if not same and alternative.key == ambiguity.adopted:
                yield f"{place}: is adopted, and the terms are written otherwise"


def _changed(terms: LicenseTerms, change: Change) -> LicenseTerms:
    if change.threshold:
        limits = tuple(_limit(one, change) if one.id == change.threshold else one for one in terms.thresholds)
        if not any(one.id == change.threshold for one in terms.thresholds):
            raise ValueError(f"there is no threshold {change.threshold!r}")
        return terms.model_copy(update={"thresholds": limits})
    if not any(_meant(one, change) for one in terms.duties):
        raise ValueError(f"there is no duty {change.duty!r} in section {change.section!r}")
    duties = tuple(_set(one, change.set) if _meant(one, change) else one for one in terms.duties)
    return terms.model_copy(update={"duties": duties})


def _meant(duty: Duty, change: Change) -> bool:
    return duty.kind == change.duty and change.section in ("", duty.section)


def _limit(threshold: Threshold, change: Change) -> Threshold:
    own = {name: value for name, value in change.set.items() if name in Threshold.model_fields}
    figures = {name: value for name, value in change.set.items() if name not in own}
    when = _figures(threshold.when, figures) if figures else threshold.when
    return _set(threshold, {**own, "when": when})


def _figures(when: Predicate, values: dict[str, Any]) -> Predicate:
    """The tree with fields of its figures set; a figure without money keeps having no currency."""
    if isinstance(when, AllOf):
        return AllOf(all=tuple(_figures(part, values) for part in when.all))
    if isinstance(when, AnyOf):
        return AnyOf(any=tuple(_figures(part, values) for part in when.any))
    return when if isinstance(when, TraitAtom) else _set(when, values)


def _set(part: Part, values: dict[str, Any]) -> Part:
    """Validated anew. Raises ValueError for a field that there is not, or a value that does not fit.

    License files know no null: an empty text takes away what may be left out, such as an `anchor_date`.
    """
    bare = {name for name, field in type(part).model_fields.items() if field.default is None}
    given = {name: None if name in bare and value == "" else value for name, value in values.items()}
    return type(part).model_validate({**dict(part), **given})
