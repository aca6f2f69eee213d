"""Where a text leaves room: the readings that can be defended, and what each makes of the terms.

One reading is taken where nobody decides; counsel may adopt another one, with a reason.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from governance.core.values import Frozen

_KEY = r"^[a-z0-9][a-z0-9.+-]*$"


class Change(Frozen):
    """What a reading makes of one limit, or of the duties of one kind in one section."""

    threshold: str = ""
    """Its id. Fields of figures (`counting`, `control`, `subject`, ...) are set in all of its figures."""
    duty: str = ""
    section: str = ""
    set: dict[str, Any] = Field(min_length=1)

    @model_validator(mode="after")
    def _of_one(self) -> Self:
        if bool(self.threshold) is bool(self.duty):
            raise ValueError("names either a threshold by its id or a duty by its kind")
        return self

    @property
    def touched(self) -> tuple[str, str, str, frozenset[str]]:
        return self.threshold, self.duty, self.section, frozenset(self.set)


class Alternative(Frozen):
    """One reading, in a sentence."""

    key: str = Field(pattern=_KEY)
    says: Annotated[str, Field(min_length=1)]
    changes: tuple[Change, ...] = Field(min_length=1)


class Ambiguity(Frozen):
    id: str = Field(pattern=_KEY)
    section: str = Field(min_length=1)
    question: str = Field(min_length=1)
    adopted: str
    """Key of the reading that the terms are written in: taken where nobody decides."""
    alternatives: tuple[Alternative, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _comparable(self) -> Self:
        keys = [one.key for one in self.alternatives]
        if len(set(keys)) < len(keys):
            raise ValueError("two alternatives have one key")
        if self.adopted not in keys:
            raise ValueError(f"adopted: {self.adopted!r} is none of {', '.join(keys)}")
        if len({tuple(change.touched for change in one.changes) for one in self.alternatives}) > 1:
            raise ValueError("every alternative must set the same fields, so that each can follow each")
        return self

    def alternative(self, key: str) -> Alternative:
        """Raises KeyError for one that there is not."""
        found = next((one for one in self.alternatives if one.key == key), None)
        if found is None:
            raise KeyError(key)
        return found

    def touches(self, threshold: str) -> bool:
        return any(change.threshold == threshold for change in self.alternatives[0].changes)


class TakenReading(Frozen):
    """What somebody decided: `by` whom, `on` which day and why."""

    license: str
    ambiguity: str
    alternative: str
    by: str
    on: date
    reason: str
