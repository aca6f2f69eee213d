"""The letter that asks for a license says what is known, and names what is not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from governance.core.companies import Company, Control
from governance.core.facts import CompaniesFacts, Grant, UsageFacts
from governance.core.figures import Figure
from governance.core.grant_letter import WIDTH, Letter, letter
from governance.discovery import catalog
from tests.shared import shared

CATALOG = catalog().licenses
TODAY = date(2026, 11, 25)
ACME = Company(slug="acme", name="Acme Inc.", domicile="US", products=("chat",))
BETA = Company(slug="beta", name="Beta GmbH")
OWNED = Control(parent="acme", child="beta", percent=Decimal(100))
GROUP = CompaniesFacts(licensee="acme", companies={"acme": ACME, "beta": BETA}, controls=(OWNED,))


def figure(**fields: Any) -> Figure:
    given = {"subject": "product:chat", "metric": "monthly_active_users", "period": "2024-06", **fields}
    value = given.pop("value", 720_000_000)
    return Figure(**{"low": value, "high": value, "source": "analytics", **given})


def asked(key: str = "llama3.1", figures: tuple[Figure, ...] = (), **fields: Any) -> Letter:
    grant = Grant(**{"company": "acme", "license": key, **fields})
    return letter(grant, CATALOG[key], GROUP, UsageFacts(figures=figures), TODAY)


def words(found: Letter) -> str:
    return " ".join(found.text.split())


def test_it_names_licensor_license_section_and_company() -> None:
    told = words(asked())
    assert "To: Meta Platforms, Inc." in told
    assert "Request for a license: Llama 3.1 Community License Agreement, section 2" in told
    assert "From: Acme Inc. (US)" in told
    assert "more than 700 million monthly active users" in told


def test_it_tells_what_is_asked_for() -> None:
    told = words(
        asked(
            covers_affiliates=True,
            models=("meta-llama/Llama-3.1-405B",),
            territories=("US", "EU"),
            start=datetime(2027, 1, 1, tzinfo=UTC),
            cap_metric="monthly_active_users",
            cap_limit=Decimal(10**9),
            reference="Ours 7",
        )
    )
    assert "Affiliate: Beta GmbH" in told
    assert "Models: meta-llama/Llama-3.1-405B" in told
    assert "Territories: US and EU" in told
    assert "From: 2027-01-01" in told
    assert "Up to: 1,000,000,000 monthly active users" in told
    assert "Our reference: Ours 7" in told
    assert "Affiliates: none are to be covered" in words(asked())


FIGURES = [
    ("the month that counts", figure(), "product chat: 720,000,000 monthly active users in June 2024"),
    ("a range", figure(low=1, high=2), "1 to 2 monthly active users in June 2024"),
    ("its source", figure(), "(source: analytics)"),
    ("a source that is not known", figure(source=""), "(source: [source])"),
    ("another month", figure(period="2026-10"), "[monthly active users in June 2024: not recorded]"),
    ("of a company", figure(subject="company:beta"), "Beta GmbH: 720,000,000"),
]


@pytest.mark.parametrize(("one", "sentence"), [f[1:] for f in FIGURES], ids=[f[0] for f in FIGURES])
def test_figures_are_told_with_period_and_source(one: Figure, sentence: str) -> None:
    assert sentence in words(asked(figures=(one,)))


def test_money_of_a_floating_year_is_told_by_its_latest_figures() -> None:
    years = tuple(
        figure(subject="company:acme", metric="annual_revenue", period=str(year), currency="USD", value=year)
        for year in range(2020, 2026)
    )
    told = words(asked("stability-ai-community", years))
    assert "Acme Inc.: 2,025 USD annual revenue in 2025" in told
    assert "in 2022" not in told


def test_what_is_not_known_is_a_blank_that_is_listed() -> None:
    found = asked()
    assert "monthly active users in June 2024: not recorded" in found.blanks
    assert "postal address" in found.blanks
    assert "country of its principal place of business" not in found.blanks
    assert "country of its principal place of business" in asked(covers_affiliates=True).blanks


@pytest.mark.parametrize("key", CATALOG)
def test_a_letter_can_be_drafted_for_every_license(key: str) -> None:
    found = asked(key)
    assert CATALOG[key].name in words(found)
    assert "None" not in found.text
    assert all(len(line) <= WIDTH or " " not in line.strip().lstrip("- ") for line in found.text.splitlines())


@pytest.mark.parametrize("key", ["llama3.1", "mistral-modified-mit", "stability-ai-community"])
def test_the_text_of_the_license_is_not_quoted(key: str) -> None:
    """No nine words in a row stand in the license as they stand in the letter, but its own name."""
    text = shared("licenses", "texts", f"{key}.txt").read_text("utf-8").lower().split()
    held = {" ".join(text[at : at + 9]) for at in range(len(text))}
    said = words(asked(key)).lower().split()
    assert not held & {" ".join(said[at : at + 9]) for at in range(len(said))}
