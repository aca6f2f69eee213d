"""The inbox and its waivers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from governance.accounts.models import User
from governance.compliance.models import Violation, Waiver
from tests.portal import cast
from tests.portal.reading import words

As = Callable[[str], Client]


@pytest.fixture
def found(db: None) -> Violation:
    return cast.blocked()


def detail(found: Violation, suffix: str = "") -> str:
    return f"/inbox/{found.pk}/{suffix}"


def test_an_empty_inbox_says_so(as_: As) -> None:
    assert "Nothing waits for a decision" in words(as_("vera").get("/inbox/"))


def test_each_tab_holds_its_own(as_: As, people: dict[str, User], found: Violation) -> None:
    waiting, waived, over = (cast.blocked(slug, found.subject.deployment.model) for slug in ("b", "c", "d"))
    cast.waiver(waiting, people["ed"])
    cast.waiver(waived, people["ed"], status=Waiver.Status.APPROVED)
    Violation.objects.filter(pk=over.pk).update(
        status="resolved", resolved_at=cast.NOW, resolution="it passes"
    )
    told = words(as_("vera").get("/inbox/"))
    assert "To decide 1 Waiver requested 1 Waived 1 Resolved 1 All 4" in told
    shown = {tab: words(as_("vera").get(f"/inbox/?tab={tab}")) for tab in ("waiting", "waived", "resolved")}
    assert [tab for tab, page in shown.items() if "1–1 of 1" in page] == ["waiting", "waived", "resolved"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [("q=chat", True), ("q=8B", True), ("q=usage", True), ("q=zzz", False), ("outcome=review", False)],
)
def test_filters_leave_what_fits(as_: As, found: Violation, query: str, shown: bool) -> None:
    assert ("chat-us" in words(as_("vera").get(f"/inbox/?{query}"))) == shown


def test_what_is_open_is_counted_in_the_navigation(as_: As, found: Violation) -> None:
    assert "Inbox 1 open" in words(as_("vera").get("/licenses/"))


def test_the_page_opens_with_the_evidence(as_: As, found: Violation) -> None:
    told = words(as_("vera").get(detail(found)))
    assert cast.TOO_MANY["reason"] in told
    assert "Limit more than 700,000,000" in told
    assert "Request a waiver" not in told


def test_a_waiver_is_asked_for_until_the_end_of_a_day(as_: As, found: Violation) -> None:
    sent = {"reason": "The grant is being negotiated.", "until": "2099-01-31"}
    answer = as_("ed").post(detail(found, "waivers/"), sent, follow=True)
    assert "The waiver is requested. Somebody else has to decide on it." in words(answer)
    assert Waiver.objects.get().until == datetime(2099, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "cause"),
    [
        ({"reason": " ", "until": "2099-01-31"}, "a reason is needed"),
        ({"reason": "why", "until": "2020-01-31"}, "it must lie in the future"),
        ({"reason": "why", "until": "soon"}, "'soon' is no day"),
        ({"reason": "why", "until": "9999-12-31"}, "is no day"),
        ({}, "is no day"),
    ],
)
def test_a_request_that_does_not_fit_is_refused_with_its_cause(
    as_: As, found, sent: dict, cause: str
) -> None:
    answer = as_("ed").post(detail(found, "waivers/"), sent)
    assert answer.status_code == 422
    assert cause in words(answer)
    assert not Waiver.objects.exists()


def test_the_requester_gets_no_button_and_is_refused(
    as_: As, people: dict[str, User], found: Violation
) -> None:
    own = cast.waiver(found, people["ann"])
    assert "Approve the waiver" not in words(as_("ann").get(detail(found)))
    answer = as_("ann").post(f"/waivers/{own.pk}/decide/", {"answer": "approve", "reason": "mine"})
    assert answer.status_code == 422
    assert "who asked for a waiver may not decide on it" in words(answer)
    assert Waiver.objects.get().status == Waiver.Status.REQUESTED


@pytest.mark.parametrize(("answer", "status"), [("approve", "approved"), ("decline", "declined")])
def test_an_approver_decides_with_a_reason(as_: As, people, found, answer: str, status: str) -> None:
    asked = cast.waiver(found, people["ed"])
    client = as_("ann")
    assert "Approve the waiver" in words(client.get(detail(found)))
    assert client.post(f"/waivers/{asked.pk}/decide/", {"answer": answer}).status_code == 422
    client.post(f"/waivers/{asked.pk}/decide/", {"answer": answer, "reason": "As agreed."})
    assert Waiver.objects.get().status == status


def test_an_approved_waiver_can_be_revoked(as_: As, people: dict[str, User], found: Violation) -> None:
    given = cast.waiver(found, people["ed"], status=Waiver.Status.APPROVED, decided_by=people["ann"])
    client = as_("ann")
    assert "The finding stays visible" in words(client.get(detail(found)))
    client.post(f"/waivers/{given.pk}/revoke/")
    assert Waiver.objects.get().status == Waiver.Status.REVOKED
