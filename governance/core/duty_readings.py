"""Which reading a duty rests on where the text leaves room, and whether it arises under the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from governance.core.ambiguities import Ambiguity, TakenReading
from governance.core.duty_items import DutyItem, Source, arises_from
from governance.core.facts import Uses
from governance.core.readings import decision, under
from governance.core.terms import Duty
from governance.core.verdicts import Finding


def duty_readings(item: DutyItem, taken: Iterable[TakenReading], uses: Uses) -> dict[str, Any]:
    """For the evidence of a finding, in the words of limits; nothing where no other reading is possible."""
    held = tuple(taken)
    told = [one for source in item.sources for one in _told(source, held, uses)]
    return {"readings": told} if told else {}


def with_readings(finding: Finding, item: DutyItem, taken: Iterable[TakenReading], uses: Uses) -> Finding:
    """The finding on a duty with which reading it rests on, and what the others would give."""
    told = duty_readings(item, taken, uses)
    return finding._replace(evidence={**finding.evidence, **told}) if told else finding


def _told(source: Source, taken: tuple[TakenReading, ...], uses: Uses) -> Iterator[dict[str, Any]]:
    governing, duty = source
    for ambiguity in governing.terms.ambiguities:
        if _touches(ambiguity, duty):
            told = decision(ambiguity, governing.terms.key, taken)
            others = [
                {"reading": one.key, "says": one.says, "arises": _arises(source, ambiguity, one.key, uses)}
                for one in ambiguity.alternatives
                if one.key != told["reading"]
            ]
            yield {**told, "others": others}


def _touches(ambiguity: Ambiguity, duty: Duty) -> bool:
    changes = ambiguity.alternatives[0].changes
    return any(one.duty == duty.kind and one.section in ("", duty.section) for one in changes)


def _arises(source: Source, ambiguity: Ambiguity, alternative: str, uses: Uses) -> bool | None:
    """Whether the same duty would arise; None: not known."""
    governing, duty = source
    at = governing.terms.duties.index(duty)
    read = under(governing.terms, ambiguity.alternative(alternative)).duties[at]
    return arises_from((governing, read), uses)
