"""All that a policy may see of one subject, frozen, cut into facets.

Facets are JSON values with a digest each. A policy names the facets that it reads, gets only these, and its
verdict is bound to their digests: what did not change is never judged again. `as_of` is no part of a digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, Literal

from governance.core.ambiguities import TakenReading
from governance.core.companies import Company, Control, ControlRule, affiliates
from governance.core.figures import ExchangeRate, Figure, Key, Ledger, indexed
from governance.core.reading import Relation
from governance.core.terms import LicenseTerms
from governance.core.values import Frozen, digest


class Subject(StrEnum):
    DEPLOYMENT = "deployment"
    SNAPSHOT = "snapshot"


class Facet(StrEnum):
    SNAPSHOT = "snapshot"
    FILES = "files"
    TERMS = "terms"
    FIGURES = "figures"
    COMPANIES = "companies"
    USAGE = "usage"
    GRANTS = "grants"
    DEPLOYMENT = "deployment"


class SnapshotFacts(Frozen):
    """What the model is and says of its license."""

    repo_id: str
    source: str
    revision: str
    license: str = ""
    """Key of the concluded license, or several `joined`; empty when none could be concluded."""
    license_reason: str = ""
    license_author: str = ""
    """Who set the license by hand; empty where it was concluded from the statements."""
    license_set_on: date | None = None
    statements: tuple[tuple[str, str], ...] = ()
    """(kind, value) of every stated license."""
    disagreements: tuple[str, ...] = ()
    state: str = "available"
    gated: str = ""
    resembles: tuple[str, ...] = ()
    """Models and publishers that its name is easily taken for."""
    modalities: tuple[str, ...] = ()


class FilesFacts(Frozen):
    """What the files are, by format; paths only where a policy may have to name them."""

    formats: dict[str, int] = {}
    unsafe: tuple[str, ...] = ()
    """Paths of files that can run code when loaded (pickle)."""
    custom_code: bool | None = None
    count: int | None = None


class ModelFigure(Frozen):
    """A figure of a model, such as what its training took, with where it is known from."""

    metric: str
    low: Decimal
    high: Decimal
    source: str
    on: date | None = None
    """Date of the source."""
    author: str = ""


class ParentFigures(Frozen):
    """The figures of a model that this one was made from."""

    repo_id: str
    relation: Relation
    figures: tuple[ModelFigure, ...] = ()


class FiguresFacts(Frozen):
    """What is on record of the model itself, and of those that it was made from directly."""

    figures: tuple[ModelFigure, ...] = ()
    parents: tuple[ParentFigures, ...] = ()


class GoverningLicense(Frozen):
    """One license that governs the model: its own (depth 0) or one that an ancestor passes on."""

    license: str
    repo_id: str
    depth: int = 0
    relation: Relation | None = None
    parts: tuple[str, ...] | None = None
    """What the relation passes on; None means everything."""


class TermsFacts(Frozen):
    governing: tuple[GoverningLicense, ...] = ()
    terms: dict[str, LicenseTerms] = {}
    unknown: tuple[str, ...] = ()
    """Models of the lineage whose license is not known, each as `org/name: reason`."""
    readings: tuple[TakenReading, ...] = ()
    """What was decided where a text leaves room: `terms` are read by it."""
    could_carry: tuple[str, ...] = ()
    """Keys of licenses that the model could be under, where its own does not keep to an ancestor's."""
    copies: tuple[str, ...] = ()
    """Keys of the licenses of which the snapshot holds the whole text."""


class CompaniesFacts(Frozen):
    """The licensee with everybody that it is or was connected with by control."""

    licensee: str
    companies: dict[str, Company] = {}
    controls: tuple[Control, ...] = ()

    @cached_property
    def groups(self) -> dict[tuple[str, date, ControlRule], frozenset[str]]:
        """Groups found so far: frozen facts give the same group each time."""
        return {}

    def group(self, company: str, day: date, rule: ControlRule) -> frozenset[str]:
        """`company` with its affiliates on `day`, by what that license calls control."""
        key = (company, day, rule)
        if key not in self.groups:
            self.groups[key] = affiliates(company, self.controls, day, rule)
        return self.groups[key]


class UsageFacts(Frozen):
    figures: tuple[Figure, ...] = ()
    rates: tuple[ExchangeRate, ...] = ()
    measured: tuple[str, ...] = ()
    """`subject metric` of companies without products that have figures of some other period: such a
    company has users, so that a period without a figure is not known to be none."""

    @cached_property
    def index(self) -> dict[Key, Figure]:
        return indexed(self.figures)

    def ledger(self, currency: str = "") -> Ledger:
        """The figures as seen in one currency; empty for what is not money."""
        return Ledger(self.index, self.rates, currency, self.owners)

    @cached_property
    def owners(self) -> frozenset[str]:
        """`subject metric` of all that have figures of their own, of any period."""
        own = (f"{figure.subject} {figure.metric}" for figure in self.figures if not figure.deduplicated)
        return frozenset((*own, *self.measured))


class Grant(Frozen):
    company: str
    covers_affiliates: bool = False
    license: str
    models: tuple[str, ...] = ()
    """Empty: every model under the license."""
    start: datetime | None = None
    end: datetime | None = None
    """First instant at which it no longer holds."""
    cap_metric: str = ""
    cap_limit: Decimal | None = None
    territories: tuple[str, ...] = ()
    """Empty: everywhere."""
    reference: str = ""


class GrantsFacts(Frozen):
    grants: tuple[Grant, ...] = ()
    """Those in status `granted` only."""


class OutputsTrain(Frozen):
    """The model that is trained with outputs."""

    target: Literal["none", "llm", "generative_model", "foundational_generative_model", "other_ai_model"]
    competing: bool | None = None
    published_name: str | None = None


class Uses(Frozen):
    """How the deployment uses the model. None means not known."""

    commercial: bool | None = None
    internal_only: bool | None = None
    integrated_end_user_product: bool | None = None
    hosted_for_third_parties: bool | None = None
    model_as_a_service: bool | None = None
    modification: Literal["none", "finetune", "adapter", "quantized", "merge"] | None = None
    distributed: bool | None = None
    outputs_train: OutputsTrain | None = None

    @property
    def derivative(self) -> bool | None:
        return None if self.modification is None else self.modification != "none"


class DutyEvidence(Frozen):
    """Something that shows that a duty is met, as people gave it."""

    duty: str
    """`duty_items.DutyItem.key`."""
    told: str
    """What it is, within a sentence."""
    until: datetime | None = None
    """First instant at which somebody has to look again; None: it stays."""
    outdated: bool = False
    """Given for another revision than the one in use."""

    def holds(self, as_of: datetime) -> bool:
        return not self.outdated and (self.until is None or as_of < self.until)


class DeploymentFacts(Frozen):
    """A deployment as far as policies ask; its name is left out, so that equal ones are judged once."""

    environment: str
    """Empty: not known."""
    company: str | None = None
    product: str | None = None
    revision: str = ""
    """As the deployment names it: a branch, a tag or a commit id."""
    regions: tuple[str, ...] | None = None
    output_regions: tuple[str, ...] | None = None
    published_name: str | None = None
    shown_phrases: tuple[str, ...] | None = None
    uses: Uses = Uses()
    evidence: tuple[DutyEvidence, ...] = ()


_TYPES: dict[Facet, type[Frozen]] = {
    Facet.SNAPSHOT: SnapshotFacts,
    Facet.FILES: FilesFacts,
    Facet.TERMS: TermsFacts,
    Facet.FIGURES: FiguresFacts,
    Facet.COMPANIES: CompaniesFacts,
    Facet.USAGE: UsageFacts,
    Facet.GRANTS: GrantsFacts,
    Facet.DEPLOYMENT: DeploymentFacts,
}


class FacetNotReadError(AttributeError):
    """A policy looked at a facet that it does not declare in `reads`."""


class Facts:
    """One subject at one instant. Each facet is an attribute: `facts.usage.figures`."""

    def __init__(self, as_of: datetime, facets: Mapping[Facet, Frozen]) -> None:
        self.as_of = as_of
        self._facets = {str(facet): value for facet, value in facets.items()}
        vars(self).update(self._facets)

    def __getattr__(self, name: str) -> Any:
        """Asked only for what is not there."""
        raise FacetNotReadError(f"the facet {name!r} is not in `reads` of this policy")

    @classmethod
    def from_json(cls, as_of: str, facets: Mapping[str, str]) -> Facts:
        """From the stored JSON text of each facet."""
        return cls(
            datetime.fromisoformat(as_of),
            {Facet(name): parse_facet(Facet(name), body) for name, body in facets.items()},
        )


@lru_cache(maxsize=4096)
def parse_facet(facet: Facet, body: str) -> Frozen:
    """Frozen values may be shared: the same JSON is parsed once."""
    return _TYPES[facet].model_validate_json(body)


def facet_body(facet: Facet, value: Frozen) -> dict[str, Any]:
    """The JSON value of a facet, as it is stored and digested."""
    if not isinstance(value, _TYPES[facet]):
        raise TypeError(f"the facet {facet} holds {_TYPES[facet].__name__}, not {type(value).__name__}")
    return value.model_dump(mode="json", exclude_defaults=True)


def facts_digest(facet_digests: Mapping[Facet, str], reads: frozenset[Facet]) -> str:
    """The digest that a verdict is bound to: of exactly the facets that its policy reads."""
    return digest([[str(facet), facet_digests.get(facet, "")] for facet in sorted(reads)])
