"""Conditions of limits: figures, what a licensee is, how a model is used, and trees of these."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from governance.core.companies import ControlRule
from governance.core.periods import Period, Window, before
from governance.core.values import Frozen


class Whose(StrEnum):
    """Whose figure a limit speaks of."""

    PRODUCT = "product_using_model"
    PRODUCTS = "products_of_licensee"
    PRODUCTS_AND_AFFILIATES = "products_of_licensee_and_affiliates"
    LICENSEE = "licensee"
    LICENSEE_AND_AFFILIATES = "licensee_and_affiliates"
    CONSOLIDATED = "consolidated_group"

    @property
    def group(self) -> bool:
        return self in (Whose.PRODUCTS_AND_AFFILIATES, Whose.LICENSEE_AND_AFFILIATES, Whose.CONSOLIDATED)


class FigureAtom(Frozen):
    """A limit on one figure."""

    metric: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    comparator: Literal[">", ">=", "<"]
    limit: Decimal = Field(ge=0)
    currency: str = Field("", pattern=r"^([A-Z]{3})?$")
    subject: Whose
    control: ControlRule = ControlRule()
    window: Window
    anchor: Literal["before_version_release", "each_period"]
    anchor_date: date | None = None
    boundary: Literal["exact", "contradictory"] = "exact"
    counting: Literal["once", "summed"] = "once"
    """Whether a person who uses two products counts once (then their users are an interval) or in each."""

    @model_validator(mode="after")
    def _anchored(self) -> Self:
        if (self.anchor == "before_version_release") != (self.anchor_date is not None):
            raise ValueError("anchor_date belongs to the anchor before_version_release, and only to it")
        if self.anchor_date and self.window.floats:
            raise ValueError("window needs a place in the calendar where a limit is measured once")
        if ("revenue" in self.metric) != bool(self.currency):
            raise ValueError("currency belongs to limits on money, and only to them")
        return self


class Trigger(StrEnum):
    """What a deployment must do for a duty, or a condition on use, to arise."""

    ALWAYS = "always"
    DISTRIBUTED = "distributed"
    MADE_AVAILABLE = "made_available"
    """Weights or a derivative are handed on, or a product or service with the model is offered to others."""
    MODIFIED = "modified"
    MODIFIED_AND_DISTRIBUTED = "modified_and_distributed"
    DERIVATIVE_MADE_AVAILABLE = "derivative_made_available"
    COMMERCIAL = "commercial"


HOSTED = ("hosted_for_third_parties", "model_as_a_service")
"""Uses that conditions name and no duty does."""


class TraitAtom(Frozen):
    """A condition that is no figure: one of `any_of` is what the licensee is, or how the model is used.

    `business_models` and `competes_with` speak of companies; `uses` of the deployment, in the words of
    `Trigger` and `HOSTED`.
    """

    trait: Literal["business_models", "competes_with", "uses"]
    any_of: tuple[str, ...] = Field(min_length=1)
    subject: Literal["licensee", "licensee_and_affiliates"] = "licensee_and_affiliates"
    control: ControlRule = ControlRule()
    negated: bool = False
    """Whether the condition is to be none of `any_of`."""

    @model_validator(mode="after")
    def _known_uses(self) -> Self:
        known = {*Trigger, *HOSTED}
        if self.trait == "uses" and (strange := sorted(set(self.any_of) - known)):
            raise ValueError(f"{', '.join(strange)} is no use: one of {', '.join(sorted(known))}")
        return self


class AllOf(Frozen):
    all: tuple[Predicate, ...] = Field(min_length=1)


class AnyOf(Frozen):
    any: tuple[Predicate, ...] = Field(min_length=1)


def _shape(value: Any) -> str:
    """The branch of a predicate; the @ keeps the branch apart from keys in the place of an error."""
    keys = value if isinstance(value, dict) else getattr(type(value), "model_fields", {})
    return "@" + next((key for key in ("all", "any", "trait") if key in keys), "metric")


Predicate = Annotated[
    Annotated[AllOf, Tag("@all")]
    | Annotated[AnyOf, Tag("@any")]
    | Annotated[TraitAtom, Tag("@trait")]
    | Annotated[FigureAtom, Tag("@metric")],
    Discriminator(_shape),
]


def atoms(predicate: Predicate) -> list[FigureAtom | TraitAtom]:
    """The leaves of a predicate tree."""
    if isinstance(predicate, AllOf):
        return [leaf for part in predicate.all for leaf in atoms(part)]
    if isinstance(predicate, AnyOf):
        return [leaf for part in predicate.any for leaf in atoms(part)]
    return [predicate]


def period_before_release(atom: FigureAtom) -> Period | None:
    """The one period that an atom measured once looks up."""
    return before(atom.anchor_date, atom.window) if atom.anchor_date else None
