"""Each answer names its request, errors too; and the log names routes, not addresses."""

from __future__ import annotations

import logging
import re

import pytest

from governance.pipeline import counting
from tests.cast import Client

pytestmark = pytest.mark.django_db
MADE = re.compile(r"[0-9a-f]{32}")


@pytest.mark.parametrize("name", ["abc-123", "2f1c.9_x", "A" * 64])
def test_the_id_of_the_caller_is_kept_and_given_back(client, name):
    assert client.get("/healthz", headers={"X-Request-ID": name})["X-Request-ID"] == name


@pytest.mark.parametrize("name", ["", "A" * 65, "a b", "a\nb", "-a", "é", "<script>"])
def test_an_id_that_is_not_well_formed_is_replaced(client, name):
    assert MADE.fullmatch(client.get("/healthz", headers={"X-Request-ID": name})["X-Request-ID"])


def test_no_two_requests_share_a_made_id(client):
    assert client.get("/healthz")["X-Request-ID"] != client.get("/healthz")["X-Request-ID"]


@pytest.mark.parametrize(
    ("path", "status"), [("models/", 401), ("no-such/", 404), ("gate/?deployment=x", 401)]
)
def test_a_problem_names_its_request(client, path, status):
    answer = client.get(f"/api/v1/{path}", headers={"X-Request-ID": "r-7"})
    assert answer.status_code == status
    assert answer.json()["request_id"] == answer["X-Request-ID"] == "r-7"


def test_a_page_that_is_missing_has_an_id_too(client):
    assert client.get("/nowhere/", headers={"X-Request-ID": "r-8"})["X-Request-ID"] == "r-8"


def test_requests_are_counted_by_route_and_status(client):
    counting.take()
    for slug in ("one", "two"):
        Client("alice").ask(f"companies/{slug}/")
    client.get("/no/such/place/")
    counted = {labels: n for (name, labels), n in counting.take().items() if name == "http_requests"}
    [(labels, number)] = [(labels, n) for labels, n in counted.items() if "companies" in labels[1]]
    assert number == 2
    assert "one" not in labels[1]
    assert counted["GET", "other", "404"] == 1


def test_a_change_is_logged_and_a_look_is_not(caplog, alice):
    with caplog.at_level(logging.INFO, "governance.api.tracing"):
        alice.ask("companies/")
        assert not caplog.records
        alice.send("companies/", {"slug": "secret-company"})
    [record] = caplog.records
    assert "POST" in record.getMessage()
    assert "201" in record.getMessage()
    assert "secret-company" not in record.getMessage()
