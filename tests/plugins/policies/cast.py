"""Small builders of facts and terms, so that a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from governance.core.companies import Company
from governance.core.facts import (
    CompaniesFacts,
    DeploymentFacts,
    Facet,
    Facts,
    FiguresFacts,
    FilesFacts,
    GoverningLicense,
    Grant,
    GrantsFacts,
    OutputsTrain,
    SnapshotFacts,
    TermsFacts,
    UsageFacts,
    Uses,
)
from governance.core.policy import Policy
from governance.core.terms import LicenseTerms
from governance.core.verdicts import Finding, Verdict

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
MODEL = "acme/base"
COMMIT = "ab" * 20


def terms(key: str = "some", *, verified: bool = True, **fields: Any) -> LicenseTerms:
    """Terms that permit everything. `commercial_use` and `outputs_training` replace a permission."""
    allowed = {"state": "allowed", "section": "1"}
    permissions = {"commercial_use": allowed, "redistribution": allowed, "modification": allowed}
    for name in ("commercial_use", "outputs_training"):
        if name in fields:
            permissions[name] = fields.pop(name)
    return LicenseTerms.model_validate(
        {
            "key": key,
            "name": f"The {key} License",
            "licensor": "Somebody Inc.",
            "review": {"by": "desk", "on": date(2026, 1, 1), "verified": verified},
            "permissions": permissions,
            **fields,
        }
    )


def governed(*licenses: LicenseTerms, unknown: tuple[str, ...] = (), parts: Any = None) -> TermsFacts:
    """The first license is the model's own; each other comes from an ancestor one step further up."""
    return TermsFacts(
        governing=tuple(
            GoverningLicense(
                license=one.key,
                repo_id=MODEL if depth == 0 else f"up/{depth}",
                depth=depth,
                relation="finetune" if depth else None,
                parts=parts if depth else None,
            )
            for depth, one in enumerate(licenses)
        ),
        terms={one.key: one for one in licenses},
        unknown=unknown,
    )


def company(domicile: str | None = "US", **fields: Any) -> CompaniesFacts:
    return CompaniesFacts(
        licensee="acme", companies={"acme": Company(slug="acme", domicile=domicile)}, **fields
    )


def deployment(outputs_train: Any = None, **fields: Any) -> DeploymentFacts:
    """Fields of the deployment; those that are uses go there."""
    uses = {name: fields.pop(name) for name in [*fields] if name in Uses.model_fields}
    if isinstance(outputs_train, str):
        outputs_train = {"target": outputs_train}
    if outputs_train is not None:
        uses["outputs_train"] = OutputsTrain(**outputs_train)
    return DeploymentFacts(environment=fields.pop("environment", "production"), uses=Uses(**uses), **fields)


def grant(**fields: Any) -> Grant:
    return Grant(**{"company": "acme", "license": "some", "reference": "G-1", **fields})


def facts(*licenses: LicenseTerms, as_of: datetime = NOW, grants: Any = (), **facets: Any) -> Facts:
    """All facets, each replaced by the keyword of its name."""
    known = {
        Facet.SNAPSHOT: SnapshotFacts(repo_id=MODEL, source="huggingface", revision=COMMIT, license="some"),
        Facet.FILES: FilesFacts(),
        Facet.TERMS: governed(*licenses),
        Facet.FIGURES: FiguresFacts(),
        Facet.COMPANIES: company(),
        Facet.USAGE: UsageFacts(),
        Facet.GRANTS: GrantsFacts(grants=tuple(grants)),
        Facet.DEPLOYMENT: deployment(),
    }
    return Facts(as_of, known | {Facet(name): value for name, value in facets.items()})


def judge(policy: type[Policy], seen: Facts, **params: Any) -> Verdict:
    """The verdict, by a policy that is shown only the facets that it reads."""
    shown = {facet: getattr(seen, facet) for facet in policy.reads}
    return policy().evaluate(Facts(seen.as_of, shown), policy.parse_params(params))


def only(verdict: Verdict) -> Finding:
    (finding,) = verdict.findings
    return finding
