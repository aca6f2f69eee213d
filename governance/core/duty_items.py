"""The duties of all terms that govern a deployment, each once: who asks, whether it arises, what shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from governance.core.duties import Known, arises, not_known
from governance.core.facts import DeploymentFacts, DutyEvidence, TermsFacts, Uses
from governance.core.governing import Governing, governing_terms
from governance.core.terms import Duty, DutyKind, Parts
from governance.core.values import digest
from governance.core.words import begins_with, quoted

Source = tuple[Governing, Duty]


class Standing(StrEnum):
    MISSING = "missing"
    SHOWN = "shown"
    EXPIRED = "expired"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class DutyItem:
    """One demand, with every license that makes it, the nearest first."""

    key: str
    """The same for as long as the same is asked: evidence is kept under it."""
    sources: tuple[Source, ...]
    applies: Known
    """Whether it arises from the way the model is used; None: not known."""
    not_known: tuple[str, ...] = ()
    """The facts that would tell."""

    @property
    def duty(self) -> Duty:
        return self.sources[0][1]

    @property
    def low(self) -> bool:
        """A license text that does not lie with the model is common and soon mended: it must bury nothing."""
        return self.duty.kind is DutyKind.LICENSE_COPY

    @property
    def licenses(self) -> frozenset[str]:
        return frozenset(governing.terms.key for governing, _ in self.sources)


@dataclass(frozen=True)
class Shown:
    """How an item stands, and what says so: empty where nothing does."""

    standing: Standing
    by: str = ""
    until: datetime | None = None


def duty_items(terms: TermsFacts, uses: Uses) -> list[DutyItem]:
    """Every duty that reaches the deployment, also those that do not arise."""
    asked: dict[str, list[Source]] = {}
    for governing in governing_terms(terms, Parts.DUTIES):
        for duty in governing.duties:
            asked.setdefault(_key(governing, duty), []).append((governing, duty))
    return [_item(key, sources, uses) for key, sources in asked.items()]


def _key(governing: Governing, duty: Duty) -> str:
    """Equal phrases are one demand, whoever asks; without a phrase it is that section's alone."""
    if duty.phrase:
        return digest([duty.kind, duty.optional, *duty.accepted])[:12]
    return digest([duty.kind, governing.terms.key, duty.section, duty.note])[:12]


def _item(key: str, sources: list[Source], uses: Uses) -> DutyItem:
    """It arises where it does for one of those who ask; they lead. It does not where none is left."""
    answers = {n: arises_from(source, uses) for n, source in enumerate(sources)}
    left = [source for n, source in enumerate(sources) if answers[n] is not False]
    if not left:
        return DutyItem(key, tuple(sources), applies=False)
    if any(answers.values()):
        return DutyItem(key, tuple(left), applies=True)
    doubts = [not_known(one[1].trigger, _made(one[1], uses), derived=_derived(one)) for one in left]
    return DutyItem(key, tuple(left), None, tuple(dict.fromkeys(name for names in doubts for name in names)))


def arises_from(source: Source, uses: Uses) -> Known:
    """Whether one license's duty arises from the way the model is used; None: not known."""
    duty = source[1]
    return arises(duty.trigger, _made(duty, uses), derived=_derived(source))


def _made(duty: Duty, uses: Uses) -> Uses:
    """A derivative that is made in a way that the duty leaves out is none for it."""
    return uses.model_copy(update={"modification": "none"}) if uses.modification in duty.not_for else uses


def _derived(source: Source) -> bool:
    """Whether the model itself is a derivative, as far as the duty counts."""
    governing, duty = source
    return governing.license.depth > 0 and governing.license.relation not in duty.not_for


def shown(item: DutyItem, deployment: DeploymentFacts, copies: Iterable[str], as_of: datetime) -> Shown:
    """How the item stands at `as_of`. `copies`: licenses of which the snapshot holds the text."""
    if item.applies is False:
        return Shown(Standing.NOT_APPLICABLE)
    if by := _by_itself(item, deployment, copies):
        return Shown(Standing.SHOWN, by)
    given = [one for one in deployment.evidence if one.duty == item.key]
    held = [one for one in given if one.holds(as_of)]
    if held:
        return _lasting(held)
    if given:
        last = max(given, key=lambda one: (one.until is not None, one.until or as_of))
        return Shown(Standing.EXPIRED, last.told, last.until)
    return Shown(Standing.MISSING)


def _by_itself(item: DutyItem, deployment: DeploymentFacts, copies: Iterable[str]) -> str:
    """What shows it without a person's saying so; empty where nothing does."""
    duty, name = item.duty, deployment.published_name
    if duty.kind is DutyKind.NAME_PREFIX:
        # Only a name that this deployment gives is its own affair.
        named = bool(name) and deployment.uses.derivative is True and begins_with(name or "", duty.phrase)
        return f"the published name {name}" if named else ""
    if phrases := [phrase for phrase in duty.accepted if phrase in (deployment.shown_phrases or ())]:
        return f"the shown phrase {quoted(phrases[0])}"
    if item.low and not deployment.uses.derivative and item.licenses & frozenset(copies):
        return "the text that lies in the snapshot"
    return ""


def _lasting(held: Sequence[DutyEvidence]) -> Shown:
    """The evidence that holds longest."""
    best = max(held, key=lambda one: (one.until is None, one.until or datetime.min))
    return Shown(Standing.SHOWN, best.told, best.until)
