from __future__ import annotations

import pytest

from governance.pipeline.execution import drain
from tests.api.conftest import DEPLOYMENT, USERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def companies(eve) -> list[str]:
    """Slugs, the newest first, as lists show them."""
    slugs = [f"company-{number}" for number in range(7)]
    for slug in slugs:
        eve.send("companies/", {"slug": slug})
    return slugs[::-1]


def slugs(page) -> list[str]:
    return [row["slug"] for row in page["results"]]


def test_following_next_shows_each_row_once(companies, eve):
    page = eve.ask("companies/", page_size=3).json()
    seen = slugs(page)
    while page["next"]:
        page = eve.get(page["next"]).json()
        seen += slugs(page)
    assert seen == companies


def test_following_previous_leads_back(companies, eve):
    first = eve.ask("companies/", page_size=3).json()
    second = eve.get(first["next"]).json()
    assert slugs(eve.get(second["previous"]).json()) == slugs(first)


def test_new_rows_shift_no_page(companies, eve):
    first = eve.ask("companies/", page_size=3).json()
    eve.send("companies/", {"slug": "newest"})
    assert slugs(eve.get(first["next"]).json()) == companies[3:6]


def test_rows_are_counted_only_on_request(companies, eve):
    assert "count" not in eve.ask("companies/").json()
    assert eve.ask("companies/", count="true", page_size=2).json()["count"] == len(companies)


def test_filters_stay_in_the_links(companies, eve):
    first = eve.ask("companies/", search="company", page_size=2).json()
    assert "search=company" in first["next"]


@pytest.mark.parametrize(
    "path", ["violations/", "deployments/", "measurements/", "checks/", "work/", "audit/"]
)
def test_a_page_costs_two_reads_however_many_rows(blocked, alice, django_assert_num_queries, path):
    for number in range(3):
        alice.send("deployments/", {**DEPLOYMENT, "slug": f"copy-{number}"})
        alice.send("measurements/", {**USERS, "period": f"2023-0{number + 1}", "value": number})
    drain()
    for number in range(3):
        alice.send("checks/", {"deployment": f"copy-{number}"})
    with django_assert_num_queries(2):  # the token, the page
        assert len(alice.ask(path).json()["results"]) > 2
