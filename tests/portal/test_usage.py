"""Limits, figures and companies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from governance.usage.models import Measurement
from tests.portal import cast
from tests.portal.reading import words

As = Callable[[str], Client]
ROW = {"subject": "product:chat", "metric": "monthly_active_users", "period": "2024-06", "value": "683000000"}


@pytest.fixture
def client(as_: As) -> Client:
    cast.group()
    return as_("ed")


def test_a_limit_reads_as_a_sentence(client: Client) -> None:
    cast.blocked()
    told = words(client.get("/usage/"))
    assert "683 million monthly active users in June 2024 , 97.6 % of 700 million" in told
    assert "Limit: more than 700,000,000, counting products of licensee and affiliates." in told
    assert "Nearing" in told


def test_equal_limits_are_one_row_with_their_deployments(client: Client) -> None:
    first = cast.blocked("a")
    cast.blocked("b", first.subject.deployment.model)
    told = words(client.get("/usage/"))
    assert told.count("97.6 % of") == 1
    assert "Bears on a , b" in told


def test_figures_in_force_leave_out_what_was_restated(client: Client) -> None:
    old = cast.figure(value=1_000)
    Measurement.objects.filter(pk=cast.figure(value=2_000).pk).update(supersedes=old)
    told = words(client.get("/usage/figures/"))
    assert "June 2024" in told
    assert "2,000" in told
    assert "1,000" not in told


def test_a_figure_is_recorded_and_attested(client: Client) -> None:
    assert client.post("/usage/figures/add/", ROW).headers["Location"] == "/usage/figures/"
    assert Measurement.objects.get().attested_by == "user:ed"


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"value": "-1"}, "Value"),
        ({"value": "many"}, "Value"),
        ({"period": "2024-13"}, "Period"),
        ({"subject": "product:none"}, "Subject"),
    ],
)
def test_a_figure_that_does_not_fit_is_refused_by_field(client: Client, changed: dict, name: str) -> None:
    answer = client.post("/usage/figures/add/", {**ROW, **changed})
    assert answer.status_code == 422
    assert f"There is a problem {name} :" in words(answer)
    assert not Measurement.objects.exists()


def sent(client: Client, text: str):
    return client.post(
        "/usage/figures/import/", {"file": SimpleUploadedFile("f.csv", text.encode())}, follow=True
    )


HEADER = "subject,metric,period,value\n"


def test_a_file_is_imported_whole(client: Client) -> None:
    answer = sent(client, HEADER + "product:chat,monthly_active_users,2024-06,5\n")
    assert "1 figures are recorded from f.csv." in words(answer)


def test_a_file_with_a_fault_imports_nothing_and_names_the_line(client: Client) -> None:
    rows = "product:chat,monthly_active_users,2024-06,5\nproduct:chat,monthly_active_users,2024-99,5\n"
    answer = sent(client, HEADER + rows)
    assert answer.status_code == 422
    assert "Nothing was imported 1 fault in 2 lines." in words(answer)
    assert "3 period" in words(answer)
    assert not Measurement.objects.exists()


def test_no_file_at_all_is_told(client: Client) -> None:
    assert "choose a CSV file first" in words(client.post("/usage/figures/import/"))


def test_who_controls_whom_is_told(client: Client) -> None:
    told = words(client.get("/usage/companies/"))
    assert "Acme holds 100 % of Acme Lab from the beginning" in told
    assert "Acme acme US commercial Acme Chat" in told
