from __future__ import annotations

import pytest

from governance.usage.models import Control, Measurement
from tests.api.conftest import USERS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _acme(alice):
    for slug in ("acme", "lab"):
        assert (
            alice.send("companies/", {"slug": slug, "name": slug.title(), "domicile": "US"}).status_code
            == 201
        )
    assert alice.send("products/", {"slug": "chat", "name": "Chat", "company": "acme"}).status_code == 201


def test_companies_are_created_and_replaced_by_slug(eve):
    body = {
        "slug": "acme",
        "name": "Acme Inc.",
        "domicile": "DE",
        "kind": "commercial",
        "competes_with": ["Meta"],
        "business_models": ["cloud_provider"],
    }
    answer = eve.send("companies/", body)
    assert (answer.status_code, answer.json()) == (200, body)
    assert eve.ask("companies/acme/").json() == body


def test_products_name_their_company(eve):
    assert eve.ask("products/chat/").json() == {"slug": "chat", "name": "Chat", "company": "acme"}
    [row] = eve.ask("products/", company="acme").json()["results"]
    assert row["slug"] == "chat"


def test_control_is_recorded_with_its_dates(eve):
    body = {"parent": "acme", "child": "lab", "percent": 50.5, "from": "2020-01-01", "to": "2025-01-01"}
    answer = eve.send("controls/", body)
    assert answer.status_code == 201
    assert {**body, "percent": "50.5"}.items() <= answer.json().items()
    assert eve.ask("controls/", child="lab").json()["results"] == [answer.json()]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"percent": 101}, "percent"), ({"child": "acme"}, "child"), ({"parent": "nobody"}, "parent")],
)
def test_control_that_cannot_be_is_refused(eve, change, field):
    answer = eve.send("controls/", {"parent": "acme", "child": "lab", "percent": 60, **change})
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not Control.objects.exists()


def test_a_single_figure_is_answered_with_its_value(eve):
    answer = eve.send("measurements/", {**USERS, "value": 650_000_000})
    assert answer.status_code == 201
    told = answer.json()
    assert (told["value"], told["low"], told["high"]) == (650_000_000, 650_000_000, 650_000_000)
    assert told["attested_by"] == "token:eve-laptop"


def test_a_range_has_no_single_value(eve):
    told = eve.send("measurements/", {**USERS, "low": 1, "high": 2.5}).json()
    assert (told["value"], told["low"], told["high"]) == (None, 1, "2.5")


def test_a_restated_figure_names_the_one_before(eve):
    first = eve.send("measurements/", {**USERS, "value": 1}).json()
    assert eve.send("measurements/", {**USERS, "value": 2}).json()["supersedes"] == first["id"]
    assert len(eve.ask("measurements/", subject="product:chat", period="2024-06").json()["results"]) == 2


def test_a_list_of_figures_is_taken_whole_or_not_at_all(eve):
    good = [{**USERS, "value": 1}, {**USERS, "period": "2024-07", "value": 2}]
    assert len(eve.send("measurements/", good).json()) == 2
    bad = [{**USERS, "period": "2024-08", "value": 3}, {**USERS, "period": "2024-13", "value": 4}]
    answer = eve.send("measurements/", bad)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["1.period"]
    assert Measurement.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": -1}, "value"),
        ({"value": "many"}, "value"),
        ({"value": True}, "value"),
        ({"value": 10**60}, "value"),
        ({"period": "2024-13"}, "period"),
        ({"period": 2024}, "period"),
        ({"subject": "chat"}, "subject"),
        ({"subject": "product:other"}, "subject"),
        ({"metric": "users!"}, "metric"),
        ({"currency": "USD"}, "currency"),
        ({"unit": "people"}, "unit"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_by_field(eve, change, field):
    answer = eve.send("measurements/", {**USERS, "value": 1, **change})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not Measurement.objects.exists()


def test_a_csv_file_is_imported_whole(eve):
    text = "subject,metric,period,value\nproduct:chat,monthly_active_users,2024-06,5\n"
    answer = eve.raw("measurements/import/", text, "text/csv")
    assert answer.status_code == 201
    assert answer.json() == {"rows": 1, "imported": 1, "lines": []}


def test_a_csv_file_with_a_fault_is_reported_by_line_and_not_imported(eve):
    text = (
        "subject,metric,period,value\n"
        "product:chat,monthly_active_users,2024-06,5\n"
        "product:chat,monthly_active_users,2024-6,x\n"
    )
    answer = eve.raw("measurements/import/", text, "text/csv")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert {(one["line"], one["field"]) for one in answer.json()["lines"]} == {(3, "period"), (3, "value")}
    assert not Measurement.objects.exists()


def test_a_csv_file_is_sent_as_such(eve):
    assert eve.send("measurements/import/", {"a": 1}).status_code == 415
    assert eve.raw("measurements/import/", "", "text/csv").status_code == 400


def test_exchange_rates_speak_the_words_of_the_api(eve):
    body = {"from": "EUR", "to": "USD", "on": "2025-03-31", "rate": "1.08", "source": "ECB"}
    answer = eve.send("exchange-rates/", body)
    assert answer.status_code == 201
    assert body.items() <= answer.json().items()
    refused = eve.send("exchange-rates/", {**body, "to": "EUR"})
    assert list(refused.json()["errors"]) == ["to"]
    assert eve.ask("exchange-rates/", on="yesterday").json()["errors"].keys() == {"on"}


def test_a_grant_is_recorded_shown_and_retired(eve):
    body = {
        "company": "acme",
        "license": "llama3.1",
        "covers_affiliates": True,
        "models": ["meta-llama/Llama-3.1-405B"],
        "from": "2025-01-01T00:00:00Z",
        "until": "2026-01-01T00:00:00Z",
        "cap": {"metric": "monthly_active_users", "limit": 900_000_000},
        "territories": ["US"],
        "reference": "M-1",
        "status": "granted",
    }
    answer = eve.send("grants/", body)
    assert answer.status_code == 201
    assert body.items() <= answer.json().items()
    grant = f"grants/{answer.json()['id']}/"
    assert eve.delete(f"/api/v1/{grant}").status_code == 204
    assert eve.ask("grants/").json()["results"] == []
    assert eve.ask(grant).json()["retired_at"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"company": "nobody"}, "company"),
        ({"company": []}, "company"),
        ({"license": "nonesuch"}, "license"),
        ({"until": "2024-01-01", "from": "2025-01-01"}, "until"),
        ({"cap": 5}, "cap"),
        ({"status": "maybe"}, "status"),
    ],
)
def test_a_grant_that_cannot_be_is_refused_by_field(eve, change, field):
    answer = eve.send("grants/", {"company": "acme", "license": "llama3.1", **change})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
