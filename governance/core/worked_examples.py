"""Makes facts of a worked example, so that a policy can judge it.

Examples use the words of the API; what they leave out is the cast that `terms.Example` describes. TOML has
no null: the word `unknown` in place of a value means that it is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from governance.core.companies import Company, Control
from governance.core.facts import (
    CompaniesFacts,
    DeploymentFacts,
    Facet,
    Facts,
    FilesFacts,
    GoverningLicense,
    Grant,
    GrantsFacts,
    SnapshotFacts,
    TermsFacts,
    UsageFacts,
    Uses,
)
from governance.core.figures import ExchangeRate, Figure
from governance.core.periods import Period, midnight
from governance.core.terms import Example, LicenseTerms

REPOSITORY = "sample/model"
COMPANY: dict[str, Any] = {"slug": "acme"}
PRODUCT: dict[str, Any] = {"slug": "chat", "company": "acme"}
COMPANY_DEFAULTS: dict[str, Any] = {"domicile": "US", "kind": "commercial"}
DEPLOYMENT: dict[str, Any] = {
    "environment": "production",
    "company": "acme",
    "product": "chat",
    "revision": "main",
    "regions": ("US",),
    "output_regions": ("US",),
}
USES: dict[str, Any] = {
    "commercial": True,
    "internal_only": False,
    "integrated_end_user_product": False,
    "hosted_for_third_parties": False,
    "model_as_a_service": False,
    "modification": "none",
    "distributed": False,
    "outputs_train": {"target": "none"},
}
Row = Mapping[str, Any]


def facts_of(example: Example, terms: LicenseTerms) -> Facts:
    """The facts of the example: a model under these terms, deployed. Raises ValueError naming a bad key."""
    snapshot = SnapshotFacts(
        **{"repo_id": REPOSITORY, "source": "manual", "revision": "1", "license": terms.key} | example.model
    )
    deployment = _deployment(example.deployment)
    facets = {
        Facet.SNAPSHOT: snapshot,
        Facet.FILES: FilesFacts(),
        Facet.TERMS: TermsFacts(
            governing=(GoverningLicense(license=terms.key, repo_id=snapshot.repo_id),),
            terms={terms.key: terms},
        ),
        Facet.COMPANIES: _companies(example, deployment.company or ""),
        Facet.USAGE: UsageFacts(
            figures=tuple(map(_figure, example.measurements)), rates=tuple(map(_rate, example.exchange_rates))
        ),
        Facet.GRANTS: GrantsFacts(grants=tuple(_grant(one, terms.key) for one in example.grants)),
        Facet.DEPLOYMENT: deployment,
    }
    return Facts(midnight(example.as_of), facets)


def _known(row: Row) -> dict[str, Any]:
    return {name: None if value == "unknown" else value for name, value in row.items()}


def _renamed(row: Row, **names: str) -> dict[str, Any]:
    """The row with keys of the API (`from`, `to`) under the names of the fields."""
    return {names.get(key, key): value for key, value in row.items()}


def _companies(example: Example, licensee: str) -> CompaniesFacts:
    products = example.products or (PRODUCT,)
    rows = example.companies or (COMPANY,)
    companies = [Company(**COMPANY_DEFAULTS | _known(row), products=_owned(products, row)) for row in rows]
    rows_of_control = [_renamed(row, **{"from": "start", "to": "end"}) for row in example.controls]
    controls = [Control(**row) for row in rows_of_control]
    named = {end for control in controls for end in (control.parent, control.child)}
    known = {company.slug: company for company in companies}
    return CompaniesFacts(
        licensee=licensee,
        companies={slug: Company(slug=slug) for slug in sorted(named)} | known,
        controls=tuple(controls),
    )


def _owned(products: Iterable[Row], company: Row) -> tuple[str, ...]:
    return tuple(product["slug"] for product in products if product["company"] == company["slug"])


def _figure(row: Row) -> Figure:
    body = dict(row)
    value = body.pop("value", None)
    bounds = {"low": value, "high": value} if value is not None else {}
    return Figure(**body | bounds | {"period": str(Period.parse(body["period"]))})


def _rate(row: Row) -> ExchangeRate:
    return ExchangeRate(**_renamed(row, **{"from": "base", "to": "quote"}))


def _grant(row: Row, license: str) -> Grant:
    body = {"license": license} | _renamed(row, **{"from": "start", "until": "end"})
    for name in ("start", "end"):
        body[name] = _instant(body.get(name))
    cap = body.pop("cap", None)
    if cap:
        body |= {"cap_metric": cap["metric"], "cap_limit": cap["limit"]}
    return Grant(**body)


def _instant(value: Any) -> datetime | None:
    """A day means its first instant."""
    if isinstance(value, str):
        return midnight(date.fromisoformat(value)) if len(value) == 10 else datetime.fromisoformat(value)
    return midnight(value) if isinstance(value, date) and not isinstance(value, datetime) else value


def _deployment(row: Row) -> DeploymentFacts:
    body = DEPLOYMENT | _known(row)
    return DeploymentFacts(**body | {"uses": Uses(**USES | _known(body.get("uses", {})))})
