"""A worked example becomes the facts that it states, and the cast where it states nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from governance.core.facts import Facts
from governance.core.terms import Example
from governance.core.worked_examples import facts_of
from governance.discovery import catalog

TERMS = catalog().licenses["llama3.1"]


def facts(**stated: Any) -> Facts:
    return facts_of(Example(title="sample", outcome="pass", **stated), TERMS)


def test_the_cast_is_a_company_with_one_product_for_commercial_use() -> None:
    cast = facts()
    assert cast.as_of == datetime(2026, 11, 1, tzinfo=UTC)
    assert cast.companies.licensee == "acme"
    assert cast.companies.companies["acme"].products == ("chat",)
    assert cast.companies.companies["acme"].domicile == "US"
    assert cast.deployment.regions == ("US",)
    assert cast.deployment.uses.commercial is True
    assert cast.deployment.uses.outputs_train.target == "none"
    assert [one.license for one in cast.terms.governing] == ["llama3.1"]


def test_a_figure_is_one_value_or_a_range() -> None:
    one = {"subject": "company:acme", "metric": "monthly_active_users", "period": "2024-06", "value": 5}
    two = {**one, "period": "2024-07", "low": 1, "high": 2}
    del two["value"]
    figures = facts(measurements=(one, two)).usage.figures
    assert [(f.low, f.high) for f in figures] == [(5, 5), (1, 2)]


def test_unknown_means_not_known() -> None:
    stated = facts(
        companies=({"slug": "acme", "domicile": "unknown"},),
        deployment={"regions": "unknown", "uses": {"commercial": "unknown"}},
    )
    assert stated.companies.companies["acme"].domicile is None
    assert stated.deployment.regions is None
    assert stated.deployment.uses.commercial is None


def test_control_is_dated_and_brings_in_its_companies() -> None:
    row = {"parent": "holding", "child": "acme", "percent": 50.1, "from": "2020-01-01", "to": "2024-01-01"}
    stated = facts(controls=(row,)).companies
    assert stated.controls[0].percent == Decimal("50.1")
    assert stated.controls[0].end == date(2024, 1, 1)
    assert set(stated.companies) == {"acme", "holding"}


def test_a_grant_ends_at_an_instant_or_with_the_beginning_of_a_day() -> None:
    rows = (
        {"company": "acme", "until": "2026-11-01"},
        {"company": "acme", "until": "2026-11-01T12:00:00+00:00", "cap": {"metric": "x", "limit": 7}},
    )
    day, instant = facts(grants=rows).grants.grants
    assert day.end == datetime(2026, 11, 1, tzinfo=UTC)
    assert instant.end == datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert (day.license, instant.cap_metric, instant.cap_limit) == ("llama3.1", "x", 7)


def test_an_exchange_rate_is_read() -> None:
    row = {"from": "EUR", "to": "USD", "on": "2026-10-30", "rate": 1.1, "source": "ECB"}
    assert facts(exchange_rates=(row,)).usage.rates[0].base == "EUR"


TYPOS: list[dict[str, Any]] = [
    {"deployment": {"region": ["US"]}},
    {"deployment": {"uses": {"comercial": True}}},
    {"companies": ({"slug": "acme", "seat": "US"},)},
    {"controls": ({"parent": "a", "child": "acme", "percents": 100},)},
    {"grants": ({"company": "acme", "untill": "2026-11-01"},)},
    {"measurements": ({"subject": "company:acme", "metric": "x", "period": "2024-13", "value": 1},)},
    {"measurements": ({"subject": "company:acme", "metric": "x", "period": "2024-12"},)},
    {"exchange_rates": ({"from": "EUR", "to": "USD", "rate": 1},)},
    {"model": {"modality": ["text"]}},
]


@pytest.mark.parametrize("stated", TYPOS, ids=str)
def test_a_typo_in_an_example_is_refused(stated: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        facts(**stated)
