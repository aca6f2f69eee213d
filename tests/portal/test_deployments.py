"""Deployments: worst first, and every finding with its evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from governance.accounts.models import User
from governance.compliance.models import Case, Subject, Waiver
from governance.deployments.models import Deployment
from tests.portal import cast
from tests.portal.reading import words

As = Callable[[str], Client]


@pytest.fixture
def client(as_: As) -> Client:
    return as_("ed")


def test_the_worst_comes_first(client: Client) -> None:
    llama = cast.model()
    for slug, decision in (("a", "allowed"), ("b", "blocked"), ("c", "cannot_tell")):
        cast.judged(cast.deployment(slug, llama), decision=decision)
    told = words(client.get("/deployments/"))
    assert told.index(" b production") < told.index(" c production") < told.index(" a production")


@pytest.mark.parametrize(
    ("query", "shown"),
    [("decision=blocked", True), ("decision=allowed", False), ("q=8B", True), ("q=zzz", False)],
)
def test_filters_leave_what_fits(client: Client, query: str, shown: bool) -> None:
    cast.blocked()
    assert ("chat-us production" in words(client.get(f"/deployments/?{query}"))) == shown


def test_the_page_says_what_decides_and_what_to_do(client: Client) -> None:
    cast.blocked()
    told = words(client.get("/deployments/chat-us/"))
    assert "Blocked Judged 1 Nov 2026, 12:00 UTC" in told
    assert cast.TOO_MANY["reason"] in told
    assert "What you can do Ask Meta; a recorded grant clears it." in told


def test_evidence_reads_as_words(client: Client) -> None:
    cast.blocked()
    told = words(client.get("/deployments/chat-us/"))
    assert (
        "Figure 720,000,000 monthly active users Limit more than 700,000,000 Share of the limit 102.9 %"
        in told
    )
    assert "Period June 2024 Whose figure products of licensee and affiliates" in told
    assert "Phrase Built with Llama Places website Shown no" in told
    assert "Llama 3.1 Community License § 1.b.i(B)" in told


def test_duties_and_what_passes_are_listed(client: Client) -> None:
    cast.blocked()
    told = words(client.get("/deployments/chat-us/"))
    assert "Duties What the licenses ask to be done while it runs." in told
    assert "Passes 1 finding" in told


def test_a_stale_decision_is_not_shown_as_standing(client: Client) -> None:
    cast.blocked()
    Subject.objects.filter(deployment__slug="chat-us").update(decision="allowed")
    Case.objects.update(changes=2)
    told = words(client.get("/deployments/chat-us/"))
    assert "Cannot tell Judged" in told
    assert "Something that it depends on changed; it is being judged again." in told
    assert "The decision before was allowed" in told
    assert "Allowed being judged again" in words(client.get("/deployments/"))


def test_one_that_was_never_judged_says_so(client: Client) -> None:
    cast.deployment("new", cast.model())
    told = words(client.get("/deployments/new/"))
    assert "Cannot tell Not judged yet" in told


def test_a_waiver_shows_on_the_finding_and_never_hides_it(client: Client, people: dict[str, User]) -> None:
    found = cast.blocked()
    until = timezone.now() + timedelta(days=3)
    cast.waiver(found, people["ed"], status=Waiver.Status.APPROVED, decided_by=people["ann"], until=until)
    told = words(client.get("/deployments/chat-us/"))
    assert "Waived until" in told
    assert cast.TOO_MANY["reason"] in told


def test_unknown_answers_are_said_to_be_unknown(client: Client) -> None:
    cast.deployment("bare", cast.model(), regions=None, uses={})
    assert "Regions not known" in words(client.get("/deployments/bare/"))


def test_retiring_keeps_the_page(client: Client) -> None:
    cast.blocked()
    answer = client.post("/deployments/chat-us/retire/", follow=True)
    assert "chat-us is retired. Its history stays." in words(answer)
    assert Deployment.objects.get().retired_at
    assert "chat-us" not in words(client.get("/deployments/"))
