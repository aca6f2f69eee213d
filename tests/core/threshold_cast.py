"""The cast of the threshold tests: limits as real licenses set them, and companies with figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from governance.core.companies import Company, Control, ControlRule
from governance.core.facts import CompaniesFacts, DeploymentFacts, Grant, GrantsFacts, UsageFacts, Uses
from governance.core.figures import ExchangeRate, Figure
from governance.core.periods import Window
from governance.core.terms import (
    AllOf,
    AnyOf,
    Consequence,
    Exemption,
    FigureAtom,
    LicenseTerms,
    Permission,
    Permissions,
    Review,
    State,
    Threshold,
    TraitAtom,
    Whose,
)
from governance.core.thresholds_case import Case

MAU, MONEY, MONTHLY = "monthly_active_users", "annual_revenue", "monthly_revenue"
M = 1_000_000
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def users(limit: int, subject: Whose, **more: Any) -> FigureAtom:
    return FigureAtom(
        **{
            "metric": MAU,
            "comparator": ">",
            "limit": limit,
            "subject": subject,
            "window": Window.CALENDAR_MONTH,
            "anchor": "each_period",
        }
        | more
    )


def money(limit: int, subject: Whose, window: Window, currency: str = "USD", **more: Any) -> FigureAtom:
    metric = more.pop("metric", MONEY)
    return users(limit, subject, metric=metric, window=window, currency=currency, **more)


def threshold(when: Any, **more: Any) -> Threshold:
    consequence = more.pop("consequence", Consequence.LICENSE_REQUIRED)
    return Threshold(id="limit", section="2", when=when, consequence=consequence, **more)


def once(limit: int, subject: Whose, released: date, **more: Any) -> Threshold:
    return threshold(
        users(limit, subject, anchor="before_version_release", anchor_date=released),
        **more,
    )


def llama(released: date) -> Threshold:
    """Llama 2 to 4: once, products of the group, strictly more than 700 million."""
    return once(
        700 * M,
        Whose.PRODUCTS_AND_AFFILIATES,
        released,
        exempt=(Exemption.INTEGRATED_END_USER_PRODUCT,),
        exempt_section="1.b.ii",
    )


LLAMA_31, LLAMA_33, LLAMA_4 = (
    llama(date(2024, 7, 23)),
    llama(date(2024, 12, 6)),
    llama(date(2025, 4, 5)),
)
HUNYUAN = once(100 * M, Whose.PRODUCTS, date(2025, 6, 27))
QWEN = threshold(users(100 * M, Whose.PRODUCTS), purpose="commercial")
KIMI_K2 = threshold(
    AnyOf(
        any=(
            users(100 * M, Whose.PRODUCT),
            money(20 * M, Whose.PRODUCT, Window.CALENDAR_MONTH, metric=MONTHLY),
        )
    ),
    consequence=Consequence.DISPLAY,
    phrase="Kimi K2",
    places=("user_interface",),
    purpose="commercial",
)
KIMI_K3 = threshold(
    AllOf(
        all=(
            TraitAtom(trait="business_models", any_of=("model_as_a_service",)),
            money(20 * M, Whose.LICENSEE_AND_AFFILIATES, Window.ANY_12_MONTHS, metric="any_12_month_revenue"),
        )
    ),
    purpose="commercial",
    exempt=(Exemption.INTERNAL_USE,),
)
INDEXTTS = threshold(
    AnyOf(
        any=(
            users(100 * M, Whose.PRODUCTS_AND_AFFILIATES),
            money(1000 * M, Whose.LICENSEE_AND_AFFILIATES, Window.CALENDAR_YEAR, "CNY"),
        )
    )
)
NXAI = threshold(money(100 * M, Whose.CONSOLIDATED, Window.FISCAL_YEAR, "EUR"), purpose="commercial")
MISTRAL = threshold(money(20 * M, Whose.CONSOLIDATED, Window.CALENDAR_MONTH, metric=MONTHLY))
LFM = threshold(
    money(
        10 * M,
        Whose.LICENSEE_AND_AFFILIATES,
        Window.FISCAL_YEAR,
        comparator=">=",
        boundary="contradictory",
        control=ControlRule(percent=Decimal(50), inclusive=True),
    ),
    purpose="commercial",
    exempt=(Exemption.NON_PROFIT_RESEARCH,),
)
STABILITY = threshold(
    money(1 * M, Whose.LICENSEE_AND_AFFILIATES, Window.ANY_12_MONTHS, boundary="contradictory"),
    consequence=Consequence.TERMINATES,
)


def figure(subject: str, period: str, value: Any, metric: str = MAU, **more: Any) -> Figure:
    """`value` is a number, or a range (low, high). Money is in US dollars unless said otherwise."""
    low, high = value if isinstance(value, tuple) else (value, value)
    currency = more.pop("currency", "USD" if "revenue" in metric else "")
    return Figure(
        subject=subject, metric=metric, period=period, low=low, high=high, currency=currency, **more
    )


def holds(
    parent: str, child: str, percent: Any, start: date | None = None, end: date | None = None
) -> Control:
    return Control(parent=parent, child=child, percent=Decimal(str(percent)), start=start, end=end)


def rate(base: str, quote: str, value: str, on: date = date(2025, 12, 31)) -> ExchangeRate:
    return ExchangeRate(base=base, quote=quote, on=on, rate=Decimal(value), source="central bank")


def grant(**more: Any) -> Grant:
    return Grant(**{"company": "acme", "license": "a-license", "reference": "G-1"} | more)


@dataclass(frozen=True)
class World:
    """Acme runs `chat`. Alone in the world, unless a test says otherwise."""

    figures: tuple[Figure, ...] = ()
    products: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"acme": ("chat",)})
    controls: tuple[Control, ...] = ()
    grants: tuple[Grant, ...] = ()
    rates: tuple[ExchangeRate, ...] = ()
    uses: Mapping[str, Any] = field(default_factory=lambda: {"commercial": True})
    traits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    regions: tuple[str, ...] | None = ("US",)
    product: str | None = "chat"
    licensee: str = "acme"
    as_of: datetime = NOW

    def but(self, **more: Any) -> World:
        return replace(self, **more)

    @property
    def companies(self) -> CompaniesFacts:
        slugs = {*self.products, *self.traits, *(end for c in self.controls for end in (c.parent, c.child))}
        return CompaniesFacts(
            licensee=self.licensee,
            controls=self.controls,
            companies={
                slug: Company(slug=slug, products=self.products.get(slug, ()), **self.traits.get(slug, {}))
                for slug in sorted(slugs | {self.licensee})
            },
        )

    @property
    def usage(self) -> UsageFacts:
        return UsageFacts(figures=self.figures, rates=self.rates)

    @property
    def deployment(self) -> DeploymentFacts:
        return DeploymentFacts(
            environment="production",
            company=self.licensee,
            product=self.product,
            regions=self.regions,
            uses=Uses(**self.uses),
        )

    @property
    def case(self) -> Case:
        return Case(
            license="a-license",
            licensor="Meta",
            repo_ids=("org/model", "meta-llama/Llama-3.1-8B"),
            companies=self.companies,
            usage=self.usage,
            grants=GrantsFacts(grants=self.grants),
            product=self.product,
            regions=self.regions,
            uses=self.deployment.uses,
            as_of=self.as_of,
        )


def license_terms(*thresholds: Threshold, key: str = "a-license", verified: bool = True) -> LicenseTerms:
    allowed = Permission(state=State.ALLOWED)
    return LicenseTerms(
        key=key,
        name="A license",
        licensor="Meta",
        review=Review(by="a lawyer", on=date(2026, 1, 1), verified=verified),
        permissions=Permissions(commercial_use=allowed, redistribution=allowed, modification=allowed),
        thresholds=thresholds,
    )
