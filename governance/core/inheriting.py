"""What the license of a model owes to those of the models that it was made from, edge by edge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from governance.core.conflicts import Conflict, Passed, conflicts, restricts
from governance.core.duties import arises, demand
from governance.core.facts import GoverningLicense, SnapshotFacts, TermsFacts, Uses
from governance.core.reading import Relation, Statement, StatementKind
from governance.core.recognizing import from_statements
from governance.core.terms import Consequence, Duty, DutyKind, LicenseTerms, Parts
from governance.core.words import begins_with, first_of

PUBLISHED = Uses(distributed=True, internal_only=False)
"""How a model on a hub uses those that it was made from."""


class Inherited(StrEnum):
    """How the license of a child stands to that of one ancestor."""

    CONFLICT = "conflict"
    """A term of the ancestor cannot be met by what the child grants."""
    CANNOT_TELL = "cannot_tell"
    UNDECLARED = "undeclared"
    """Terms of the ancestor apply, and the child states no license."""
    MISMATCH = "mismatch"
    """Two statements of one repository disagree."""
    OBLIGATION = "obligation"
    """Allowed, but something must be done."""
    OVER_RESTRICTIVE = "over_restrictive"
    """The child asks for more than the ancestor does."""
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Child:
    """The model that was made. `terms` are those of its own licenses, which hold together.

    `stated`: whether it states any license at all, be it one that is not known.
    """

    name: str
    terms: tuple[LicenseTerms, ...] = ()
    stated: bool = True


def child_of(snapshot: SnapshotFacts, facts: TermsFacts) -> Child:
    """A model as a child of its ancestors.

    Where none could be concluded because an id is shared by several texts, the text of an ancestor that the
    id may mean is meant: whoever passes terms on names them as they were named to them.
    """
    own = [one.license for one in facts.governing if not one.depth]
    known = tuple(facts.terms[key] for key in own if key in facts.terms)
    if not own:
        above = {one.license for one in facts.governing if one.license in facts.terms}
        catalog = {key: facts.terms[key] for key in sorted(above)}
        statements = [Statement(StatementKind(kind), value) for kind, value in snapshot.statements]
        said = from_statements(statements, snapshot.repo_id, catalog)
        known = tuple(catalog[key] for key in sorted({key for one in said for key in one.keys}))
    return Child(snapshot.repo_id, known, bool(own or snapshot.statements))


@dataclass(frozen=True, slots=True)
class Owed:
    """Something that must be done, as a sentence without its full stop."""

    section: str
    what: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One edge: the outcome with what it rests on. `restricts`: more than notices reach the child."""

    outcome: Inherited
    conflicts: tuple[Conflict, ...] = ()
    owed: tuple[Owed, ...] = ()
    restricts: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome.value,
            "terms": [{"section": one.section, "what": one.what} for one in self.conflicts],
            "duties": [{"section": one.section, "what": one.what} for one in self.owed],
        }


@dataclass(frozen=True, slots=True)
class Ancestor:
    """One license that an ancestor passes on; `passed` is None where its terms are not known."""

    license: GoverningLicense
    passed: Passed | None


def ancestors(governing: Iterable[GoverningLicense], terms: Mapping[str, LicenseTerms]) -> list[Ancestor]:
    """Every license that comes from above, nearest first."""
    return [Ancestor(one, _passed(one, terms.get(one.license))) for one in governing if one.depth]


def _passed(one: GoverningLicense, known: LicenseTerms | None) -> Passed | None:
    parts = frozenset(Parts if one.parts is None else map(Parts, one.parts))
    return Passed(known, parts, one.relation or Relation.UNKNOWN) if known else None


def judge_all(parents: Sequence[Passed | None], child: Child) -> list[Judged]:
    """Each edge of one child. What one parent asks for is not too much because another asks for less."""
    judged = [judge(parent, child) for parent in parents]
    if all(one.outcome is Inherited.OVER_RESTRICTIVE for one in judged):
        return judged
    return [_needed(one) if one.outcome is Inherited.OVER_RESTRICTIVE else one for one in judged]


def _needed(one: Judged) -> Judged:
    return replace(one, outcome=_owing(one.owed))


def judge(parent: Passed | None, child: Child) -> Judged:
    """How the child's license stands to what one ancestor passes on; None: those terms are not known."""
    if parent is None:
        return Judged(Inherited.CANNOT_TELL)
    found, owed = tuple(conflicts(parent, child.terms)), tuple(_owed(parent, child))
    if found:
        return Judged(Inherited.CONFLICT, found, owed, restricts=True)
    if not child.terms:
        return _without_license(parent, child, owed)
    if _stricter(parent.terms, child.terms):
        return Judged(Inherited.OVER_RESTRICTIVE, (), owed)
    return Judged(_owing(owed), (), owed)


def _owing(owed: tuple[Owed, ...]) -> Inherited:
    return Inherited.OBLIGATION if owed else Inherited.OK


def _without_license(parent: Passed, child: Child, owed: tuple[Owed, ...]) -> Judged:
    """What is stated but not known may be anything, so that nothing can be said of it."""
    binds = restricts(parent)
    if child.stated:
        return Judged(Inherited.CANNOT_TELL, (), owed, binds)
    return Judged(Inherited.UNDECLARED if binds or owed else Inherited.OK, (), owed, binds)


def _stricter(parent: LicenseTerms, child: Sequence[LicenseTerms]) -> bool:
    """Whether the parent would break terms of the child, were it the other way around."""
    same = any(one.key == parent.key for one in child)
    return not same and any(conflicts(Passed(one), [parent]) for one in child)


def _owed(parent: Passed, child: Child) -> Iterator[Owed]:
    """What a published child owes beside its license. Under the same license only its name can be amiss."""
    terms, same = parent.terms, any(one.key == parent.terms.key for one in child.terms)
    for duty in terms.duties if Parts.DUTIES in parent.parts else ():
        if _asked(duty, child.name, same) and arises(duty.trigger, PUBLISHED, derived=True):
            yield Owed(duty.section, demand(duty))
    for limit in terms.thresholds if Parts.THRESHOLDS in parent.parts and not same else ():
        if not limit.consequence.withholds:
            yield Owed(limit.section, f"{_BEYOND[limit.consequence]} once a limit is passed")


_BEYOND = {
    Consequence.DISPLAY: "Show what the license asks for",
    Consequence.NOTIFY: "Notify the licensor",
    Consequence.REGISTER: "Register with the licensor",
}


def _asked(duty: Duty, name: str, same: bool) -> bool:
    if duty.kind is DutyKind.NAME_PREFIX:
        return not duty.optional and not begins_with(name, duty.phrase)
    return not duty.optional and not same


def remedy(judged: Judged, maker: str, could_carry: Sequence[str]) -> str:
    """What to do about terms that are not passed on. `could_carry`: names of licenses that would fit."""
    if any(conflict.barred for conflict in judged.conflicts) or not could_carry:
        return f"No license that is known here fits: use another model, or ask {maker} for permission."
    names = first_of(could_carry, 4)
    return f"Ask the publisher to pass the terms on. The model could be under one of these: {names}."


def could_carry(parents: Sequence[Passed], catalog: Mapping[str, LicenseTerms]) -> tuple[str, ...]:
    """Keys of the licenses under which a child of all these may be published, the parents' own first.

    Besides those, only texts that anybody may use. Nobody is advised to take terms that were not verified.
    """
    own = dict.fromkeys(parent.terms.key for parent in parents)
    common = sorted(key for key, terms in catalog.items() if terms.common and terms.review.verified)
    return tuple(
        key
        for key in dict.fromkeys([*own, *common])
        if key in catalog and not any(conflicts(parent, [catalog[key]]) for parent in parents)
    )
