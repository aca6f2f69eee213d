"""License terms as sentences: what you may, must and may not do, and up to which limits."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from governance.core.facts import TermsFacts
from governance.core.spoken import COMPARED, USES, exact, period, rounded, spoken
from governance.core.terms import (
    AllOf,
    AnyOf,
    Consequence,
    Copyleft,
    Duty,
    DutyKind,
    Exclusion,
    FigureAtom,
    LicenseTerms,
    OutputRule,
    OutputScope,
    Parts,
    Permission,
    Predicate,
    State,
    Threshold,
    TraitAtom,
    Trigger,
    Whose,
    period_before_release,
)
from governance.core.words import first_of, listed, quoted

GROUPS = {
    "may": "You may",
    "must": "You must",
    "may_not": "You may not",
    "limits": "Limits",
    "silent": "The text does not say",
}


@dataclass(frozen=True)
class Term:
    """One sentence. `source` says which ancestor brings it; empty for the model itself."""

    group: str
    sentence: str
    section: str
    license: str
    title: str
    source: str = ""
    relation: str = ""
    details: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class _Origin:
    """The license that a sentence comes from, and the ancestor that brings it."""

    license: str
    title: str
    source: str
    relation: str

    def term(
        self, group: str, sentence: str, section: str, details: tuple[str, ...] = (), note: str = ""
    ) -> Term:
        return Term(
            group, sentence, section, self.license, self.title, self.source, self.relation, details, note
        )


_USES = {
    "commercial_use": "use it commercially",
    "redistribution": "hand it on to others",
    "modification": "change it",
    "hosting": "host it for others",
}
_SCOPES = {
    OutputScope.LLM: "other large language models",
    OutputScope.ANY_MODEL: "other models",
    OutputScope.FOUNDATIONAL_GENERATIVE: "foundational generative models",
    OutputScope.GENERAL_PURPOSE: "foundational, large language or general-purpose models",
    OutputScope.TEXT_TO_IMAGE: "other text-to-image models",
    OutputScope.COMPETING: "models that compete with it",
}
_TRIGGERS = {
    Trigger.ALWAYS: "",
    Trigger.DISTRIBUTED: "When you hand it on: ",
    Trigger.MADE_AVAILABLE: "When you offer it or a product with it: ",
    Trigger.MODIFIED: "When you change it: ",
    Trigger.MODIFIED_AND_DISTRIBUTED: "When you hand on a changed version: ",
    Trigger.DERIVATIVE_MADE_AVAILABLE: "When you offer a model made from it: ",
    Trigger.COMMERCIAL: "For commercial use: ",
}
_DUTIES = {
    DutyKind.DISPLAY: "show {phrase}",
    DutyKind.NAME_PREFIX: "begin its name with {phrase}",
    DutyKind.NOTICE_FILE: "keep a notice file with it",
    DutyKind.LICENSE_COPY: "include a copy of the license",
    DutyKind.ATTRIBUTION: "name its makers",
    DutyKind.STATE_CHANGES: "say what was changed",
    DutyKind.USE_POLICY: "follow its use policy",
    DutyKind.PASS_THROUGH: "bind those who get it to the same terms",
    DutyKind.REGISTER: "register",
    DutyKind.OTHER: "meet a further duty",
}
_ASKS = {
    Consequence.LICENSE_REQUIRED: "a license from {whom} is needed first",
    Consequence.TERMINATES: "the license ends",
    Consequence.PAID_LICENSE: "a paid license from {whom} is needed",
    Consequence.PRIOR_AUTHORIZATION: "authorization by {whom} is needed first",
    Consequence.SECURITY_REVIEW: "a security review is needed",
    Consequence.DISPLAY: "{phrase} must be shown",
    Consequence.NOTIFY: "{whom} must be notified",
    Consequence.REGISTER: "registration with {whom} is needed",
}
_WHOSE = {
    Whose.PRODUCT: "of the product that uses it",
    Whose.PRODUCTS: "of your products",
    Whose.PRODUCTS_AND_AFFILIATES: "of your products and those of your affiliates",
    Whose.LICENSEE: "of your company",
    Whose.LICENSEE_AND_AFFILIATES: "of your company and its affiliates",
    Whose.CONSOLIDATED: "of your consolidated group",
}


def effective(facts: TermsFacts) -> list[Term]:
    """All terms that reach a model, its own and those that ancestors pass on, nearest first."""
    found: dict[tuple[str, str, str], Term] = {}
    for one in facts.governing:
        if terms := facts.terms.get(one.license):
            source = one.repo_id if one.depth else ""
            parts = None if one.parts is None else frozenset(one.parts)
            for term in sentences(terms, parts, source, str(one.relation or "")):
                found.setdefault((term.license, term.section, term.sentence), term)
    return list(found.values())


def grouped(terms: Collection[Term]) -> list[tuple[str, str, list[Term]]]:
    """(key, heading, terms) of every group that has some."""
    groups = [(key, title, [term for term in terms if term.group == key]) for key, title in GROUPS.items()]
    return [group for group in groups if group[2]]


def sentences(
    terms: LicenseTerms, parts: Collection[str] | None = None, source: str = "", relation: str = ""
) -> Iterator[Term]:
    """Every term of one license; `parts` are those that a relation passes on (None: all)."""
    brings = _Origin(terms.key, terms.title, source, relation)
    yield from _permissions(terms, parts, brings)
    if _passed(Parts.THRESHOLDS, parts):
        for threshold in terms.thresholds:
            yield brings.term("limits", limit(threshold, terms), threshold.section, note=_reading(threshold))
    if _passed(Parts.DUTIES, parts):
        for duty in terms.duties:
            yield brings.term("must", _duty(duty), duty.section, note=duty.note)
        if terms.copyleft:
            yield brings.term("must", copyleft(terms.copyleft), terms.copyleft.section)
    if _passed(Parts.EXCLUSIONS, parts):
        for exclusion in terms.exclusions:
            yield brings.term("may_not", _exclusion(exclusion), exclusion.section)
    if _passed(Parts.USES, parts) and terms.prohibited_uses:
        yield _prohibited(terms, brings)


def _passed(part: Parts, parts: Collection[str] | None) -> bool:
    return parts is None or part in parts


def _permissions(terms: LicenseTerms, parts: Collection[str] | None, brings: _Origin) -> Iterator[Term]:
    for name, words in _USES.items():
        part = parts is None or (name == "commercial_use" and Parts.COMMERCIAL in parts)
        if part:
            yield _permission(getattr(terms.permissions, name), words, brings)
    if _passed(Parts.OUTPUTS, parts):
        rule = terms.permissions.outputs_training
        models = _SCOPES[rule.scope] if rule.scope else "other models"
        yield _permission(rule, f"train {models} with what it puts out", brings)


def _permission(permission: Permission | OutputRule, words: str, brings: _Origin) -> Term:
    sentence = f"{words[0].upper()}{words[1:]}."
    condition = permission.condition
    if permission.state is State.CONDITIONAL:
        sentence = f"{sentence[:-1]}, on conditions."
    group = {State.PROHIBITED: "may_not", State.SILENT: "silent"}.get(permission.state, "may")
    return brings.term(group, sentence, permission.section, note=condition)


def _duty(duty: Duty) -> str:
    phrase = quoted(duty.phrase) if duty.phrase else ""
    words = _DUTIES[duty.kind].format(phrase=phrase)
    if phrase and phrase not in words:
        words = f"{words}: {phrase}"
    places = f" ({listed(map(spoken, duty.places), 'or')})" if duty.places else ""
    asked = f"{_TRIGGERS[duty.trigger]}{words}{places}."
    binds = f" Models that it binds: {listed(duty.models)}." if duty.models else ""
    return ("Encouraged: " if duty.optional else "") + asked[0].upper() + asked[1:] + binds


_REACHES = {
    "file": "Hand on changed files",
    "library": "Hand on changes of the library",
    "work": "Hand on what you make from it",
    "network": "Hand on what you make from it, and offer it over a network,",
}


def copyleft(asked: Copyleft) -> str:
    """As a sentence: what is made from it is handed on under which licenses."""
    also = listed(asked.also_under, "or")
    return f"{_REACHES[asked.reach]} under this license only{', or under ' + also if also else ''}."


def _exclusion(exclusion: Exclusion) -> str:
    regions = listed(exclusion.regions, "or")
    what = (
        "Use it where it takes several kinds of input" if exclusion.modalities == "multimodal" else "Use it"
    )
    where = f"with a seat in {regions}" if exclusion.tests == "seat" else f"in {regions}"
    also = ", nor its outputs" if exclusion.outputs else ""
    exempt = " (end users of a product are free)" if exclusion.exempt else ""
    return f"{what} {where}{also}{exempt}."


def _prohibited(terms: LicenseTerms, brings: _Origin) -> Term:
    uses = tuple(f"{one.use} ({one.section})" for one in terms.prohibited_uses)
    sections = first_of(dict.fromkeys(one.section for one in terms.prohibited_uses), most=4)
    return brings.term("may_not", "Use it for what its text prohibits.", sections, details=uses)


def limit(threshold: Threshold, terms: LicenseTerms) -> str:
    """“With more than 700 million monthly active users of your products … in June 2024, a license …”."""
    asks = _ASKS[threshold.consequence].format(whom=_maker(terms), phrase=quoted(threshold.phrase))
    purpose = " in commercial use" if threshold.purpose == "commercial" else ""
    exempt = listed([spoken(one) for one in threshold.exempt], "or")
    free = f" Exempt: {exempt}." if threshold.exempt else ""
    return f"With {_predicate(threshold.when)}{purpose}: {asks}.{free}"


def _reading(threshold: Threshold) -> str:
    other = f"Another reading: {threshold.alternative}" if threshold.alternative else ""
    unsure = "" if threshold.verified else "Known from others only."
    return " ".join(filter(None, (threshold.reading, other, unsure)))


def _maker(terms: LicenseTerms) -> str:
    return terms.maker.split(" / ")[0].removesuffix(", Inc.")


def _predicate(when: Predicate) -> str:
    if isinstance(when, AllOf):
        return " and ".join(_nested(part) for part in when.all)
    if isinstance(when, AnyOf):
        return " or ".join(_nested(part) for part in when.any)
    return _trait(when) if isinstance(when, TraitAtom) else _figure(when)


def _nested(part: Predicate) -> str:
    return f"({_predicate(part)})" if isinstance(part, AllOf | AnyOf) else _predicate(part)


def _figure(atom: FigureAtom) -> str:
    unit = f" {atom.currency}" if atom.currency else ""
    metric = "revenue" if atom.currency else spoken(atom.metric)
    fixed = period_before_release(atom)
    at = f"in {period(fixed)}" if fixed else f"in {_window(atom)}"
    amount = rounded(atom.limit) if atom.limit >= 10**6 else exact(atom.limit)
    return f"{COMPARED[atom.comparator]} {amount}{unit} {metric} {_WHOSE[atom.subject]} {at}"


def _window(atom: FigureAtom) -> str:
    window = spoken(atom.window)
    return window if window.startswith("any") else f"any {window}"


def _trait(atom: TraitAtom) -> str:
    names = listed(map(spoken, atom.any_of), "or")
    if atom.trait == "uses":
        uses = listed((USES.get(name, spoken(name)) for name in atom.any_of), "or")
        return f"any use but {uses}" if atom.negated else uses
    kind = "competing with" if atom.trait == "competes_with" else "in the business of"
    return f"a company {'not ' if atom.negated else ''}{kind} {names}"
