"""The structured meaning of one license text, as reviewed data (design: "License knowledge").

Every term names the section that it comes from. The texts themselves are never part of it.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from governance.core.ambiguities import Ambiguity as Ambiguity
from governance.core.predicates import HOSTED as HOSTED
from governance.core.predicates import AllOf as AllOf
from governance.core.predicates import AnyOf as AnyOf
from governance.core.predicates import FigureAtom as FigureAtom
from governance.core.predicates import Predicate as Predicate
from governance.core.predicates import TraitAtom as TraitAtom
from governance.core.predicates import Trigger as Trigger
from governance.core.predicates import Whose as Whose
from governance.core.predicates import atoms as atoms
from governance.core.predicates import period_before_release as period_before_release
from governance.core.reading import Relation
from governance.core.territories import expand
from governance.core.values import Frozen

SECTION = Annotated[str, Field(min_length=1, pattern=r"\S")]
KEY = r"^[a-z0-9][a-z0-9.+-]*$"
IDS = tuple[Annotated[str, Field(pattern=r"^[^A-Z]*[^A-Z\s][^A-Z]*$")], ...]
"""Written in small letters, as they are compared."""


class State(StrEnum):
    ALLOWED = "allowed"
    CONDITIONAL = "conditional"
    PROHIBITED = "prohibited"
    SILENT = "silent"


class OutputScope(StrEnum):
    """Which models a rule on training with outputs speaks of."""

    LLM = "llm"
    ANY_MODEL = "any_model"
    FOUNDATIONAL_GENERATIVE = "foundational_generative_model"
    GENERAL_PURPOSE = "general_purpose"
    """Foundational, large language and general-purpose models."""
    TEXT_TO_IMAGE = "text_to_image"
    COMPETING = "competing"


class Permission(Frozen):
    state: State
    section: str = ""
    condition: str = ""
    """In our words, for people."""


class OutputRule(Permission):
    """Whether outputs may train or improve other models."""

    scope: OutputScope | None = None
    """What the ban or the condition is limited to; None: outputs are free or the text is silent."""
    own_family_exempt: bool = False
    name_prefix: str = ""
    """A published model's name must begin with this."""
    display: tuple[str, ...] = ()
    """One of these phrases must be shown when the model is published."""
    derivative: bool = False
    """A model trained with outputs to perform like this one is a derivative, with every duty of one."""

    @model_validator(mode="after")
    def _scope_where_limited(self) -> Self:
        if self.state in (State.PROHIBITED, State.CONDITIONAL) and self.scope is None:
            raise ValueError("scope is needed where training on outputs is prohibited or conditional")
        return self


class Permissions(Frozen):
    commercial_use: Permission
    redistribution: Permission
    modification: Permission
    hosting: Permission = Permission(state=State.SILENT)
    outputs_training: OutputRule = OutputRule(state=State.SILENT)


class Consequence(StrEnum):
    LICENSE_REQUIRED = "license_required"
    TERMINATES = "terminates"
    PAID_LICENSE = "paid_license"
    PRIOR_AUTHORIZATION = "prior_authorization"
    SECURITY_REVIEW = "security_review"
    DISPLAY = "display"
    NOTIFY = "notify"
    REGISTER = "register"

    @property
    def withholds(self) -> bool:
        """Whether rights are missing until something clears it; otherwise it is only a duty."""
        return self not in (Consequence.DISPLAY, Consequence.NOTIFY, Consequence.REGISTER)


class Exemption(StrEnum):
    INTEGRATED_END_USER_PRODUCT = "integrated_end_user_product"
    INTERNAL_USE = "internal_use"
    NON_PROFIT_RESEARCH = "non_profit_research"


MODEL_NAME = "<model name>"
"""In a phrase to display: stands for the name of the model, without its owner."""


class Threshold(Frozen):
    """Beyond what the license asks for more, what then, and what clears it."""

    id: str = Field(pattern=KEY)
    section: SECTION
    when: Predicate
    consequence: Consequence
    purpose: Literal["any", "commercial"] = "any"
    exempt: tuple[Exemption, ...] = ()
    exempt_section: str = ""
    clears: tuple[Literal["grant", "registration", "evidence"], ...] = ("grant",)
    contact: str = ""
    """Who to ask."""
    phrase: str = ""
    """What must be shown, exactly, for a display consequence; `<model name>` stands for the model's name."""
    places: tuple[str, ...] = ()
    reading: str = ""
    alternative: str = ""
    """Where the text leaves room: the reading adopted, and the other one."""
    verified: bool = True
    """False: known from others only, though the rest of the text was read."""

    @model_validator(mode="after")
    def _phrase_where_shown(self) -> Self:
        if self.consequence is Consequence.DISPLAY and not self.phrase:
            raise ValueError("phrase is needed for the consequence display")
        return self


class DutyKind(StrEnum):
    DISPLAY = "display"
    NAME_PREFIX = "name_prefix"
    NOTICE_FILE = "notice_file"
    LICENSE_COPY = "license_copy"
    ATTRIBUTION = "attribution"
    STATE_CHANGES = "state_changes"
    USE_POLICY = "use_policy"
    PASS_THROUGH = "pass_through"  # noqa: S105
    REGISTER = "register"
    OTHER = "other"


class Duty(Frozen):
    kind: DutyKind
    section: SECTION
    trigger: Trigger
    phrase: str = ""
    """Exactly as the text requires it; for name_prefix, the prefix."""
    alternatives: tuple[str, ...] = ()
    """Phrases that serve as well."""
    places: tuple[str, ...] = ()
    optional: bool = False
    """Encouraged only."""
    note: str = ""
    url: str = ""
    models: tuple[str, ...] = ()
    """Patterns of the repositories that it binds (`org/prefix*`); empty: every model under the license."""

    not_for: tuple[Relation, ...] = ()
    """Ways of making a derivative by which none arises."""

    def binds(self, repo_id: str) -> bool:
        return not self.models or any(fnmatchcase(repo_id.lower(), one.lower()) for one in self.models)

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every phrase that fulfills the duty; none where no phrase is asked."""
        return (self.phrase, *self.alternatives) if self.phrase else ()

    @model_validator(mode="after")
    def _phrase_where_exact(self) -> Self:
        if self.kind in (DutyKind.DISPLAY, DutyKind.NAME_PREFIX) and not self.phrase:
            raise ValueError(f"phrase is needed for a duty of kind {self.kind}")
        return self


class Exclusion(Frozen):
    """A territory in which nothing is licensed: by the licensee's seat or by the place of use."""

    regions: tuple[str, ...] = Field(min_length=1)
    tests: Literal["seat", "place_of_use"]
    outputs: bool = False
    """Whether use of outputs in the territory is excluded as well."""
    modalities: Literal["any", "multimodal"] = "any"
    exempt: tuple[Literal["end_users"], ...] = ()
    section: SECTION

    @field_validator("regions")
    @classmethod
    def _regions_exist(cls, regions: tuple[str, ...]) -> tuple[str, ...]:
        if strange := expand(regions)[1]:
            raise ValueError(f"{', '.join(strange)}: no region; use country codes as DE, or EU")
        return regions


class Copyleft(Frozen):
    """What is made from the work is handed on under this license only, or one that it names."""

    reach: Literal["file", "library", "work", "network"]
    """How far: changed files, the library, the whole work, or also what is offered over a network."""
    section: SECTION
    also_under: tuple[str, ...] = ()
    """Keys of other licenses that it may be handed on under."""


class ProhibitedUse(Frozen):
    use: str
    section: SECTION


class Recognition(Frozen):
    """How a statement is known to name this license; its texts are told by their numbers (`TextNumbers`)."""

    hub_ids: IDS = ()
    license_names: IDS = ()
    repositories: tuple[str, ...] = ()
    """For ids and names that several texts share: the repositories in which they mean this text, as
    patterns (`org/*`, `org/prefix*`). Where given, an id or a name alone tells nothing elsewhere."""
    links: tuple[str, ...] = ()
    """Where the text is published, beside `published_at`."""


class Review(Frozen):
    by: str = Field(pattern=r"\S")
    on: date
    verified: bool
    note: str = ""


class Parts(StrEnum):
    """What a license passes on to a derivative."""

    THRESHOLDS = "thresholds"
    DUTIES = "duties"
    EXCLUSIONS = "exclusions"
    OUTPUTS = "outputs"
    USES = "uses"
    COMMERCIAL = "commercial"


class Example(Frozen):
    """A worked example that a test runs: facts in the words of the API, and what must come out.

    What is left out: the company `acme` (US, commercial), its product `chat`, and a deployment of `chat` by
    `acme` in `production` in the US, for commercial use and nothing else.
    """

    title: str
    as_of: date = date(2026, 11, 1)
    policy: str = "license.usage-threshold"
    params: dict[str, Any] = {}
    threshold: str = ""
    """Id of the threshold that is meant; empty: the worst finding under this license."""
    companies: tuple[dict[str, Any], ...] = ()
    controls: tuple[dict[str, Any], ...] = ()
    products: tuple[dict[str, Any], ...] = ()
    measurements: tuple[dict[str, Any], ...] = ()
    exchange_rates: tuple[dict[str, Any], ...] = ()
    grants: tuple[dict[str, Any], ...] = ()
    deployment: dict[str, Any] = {}
    model: dict[str, Any] = {}
    outcome: str
    standing: str = ""


class LicenseTerms(Frozen):
    key: str = Field(pattern=KEY)
    name: str
    version: str = ""
    licensor: str
    hub_namespaces: tuple[Annotated[str, Field(pattern=r"^\w[\w.-]*$")], ...] = ()
    """Owners on the hub under whose names the licensor publishes: nobody else may give out under other terms
    what is under these. Empty for a text that others put their own work under."""
    spdx: str = ""
    released: date | None = None
    published_at: str = ""
    text_of: str = ""
    """Key of the license whose text this publisher uses as it is: models are concluded to be under that
    one, and this entry is named by people only."""
    recognition: Recognition = Recognition()
    review: Review
    permissions: Permissions
    thresholds: tuple[Threshold, ...] = ()
    duties: tuple[Duty, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    prohibited_uses: tuple[ProhibitedUse, ...] = ()
    uses_kept_by: tuple[str, ...] = ()
    """Keys of licenses of which a review found that they pass these restrictions on as they stand."""
    copyleft: Copyleft | None = None
    ambiguities: tuple[Ambiguity, ...] = ()
    """Where the text leaves room; the terms are written in the readings that are `adopted`."""
    passes_on: dict[Relation, tuple[Parts, ...]] = {}
    """Missing relations pass on everything; an empty list passes on nothing."""
    notes: str = ""

    @field_validator("thresholds")
    @classmethod
    def _ids_differ(cls, thresholds: tuple[Threshold, ...]) -> tuple[Threshold, ...]:
        ids = [t.id for t in thresholds]
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise ValueError(f"two thresholds have one id: {', '.join(twice)}")
        return thresholds

    def passed_on(self, relation: Relation) -> frozenset[Parts]:
        return frozenset(self.passes_on.get(relation, tuple(Parts)))

    def reaching(self, relation: Relation) -> frozenset[Parts]:
        """What a direct child inherits; one of which the relation is not stated inherits everything."""
        return frozenset(Parts) if relation is Relation.UNKNOWN else self.passed_on(relation)

    @property
    def title(self) -> str:
        return self.name

    @property
    def common(self) -> bool:
        """Whether anybody may publish under this text, and not one licensor alone."""
        return self.licensor.startswith(("various", "the publisher of the model"))

    @property
    def maker(self) -> str:
        """Who may license more, within a sentence; a text that many use has no single licensor."""
        return "the licensor" if self.licensor.startswith("various") else self.licensor
