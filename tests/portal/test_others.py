"""Licenses, jobs, deliveries and the pages of errors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from governance.licensing.models import Reading
from governance.pipeline.models import Work
from governance.portal.views import errors
from tests.portal import cast
from tests.portal.reading import words

As = Callable[[str], Client]


def test_licenses_are_listed_with_their_limits_in_words(as_: As) -> None:
    cast.model()
    told = words(as_("vera").get("/licenses/?q=3.1"))
    assert "Llama 3.1 Community License Agreement Meta Platforms" in told
    assert "With more than 700 million monthly active users" in told
    assert "Llama 2" not in told


def test_a_license_page_says_who_reviewed_it_and_what_is_under_it(as_: As) -> None:
    cast.model()
    told = words(as_("vera").get("/licenses/llama3.1/"))
    assert "Summary by" in told
    assert f"Models under it {cast.LLAMA}" in told


def test_the_limits_of_a_license_are_drawn_with_who_comes_nearest(as_: As) -> None:
    cast.blocked()
    told = words(as_("vera").get("/licenses/llama3.1/"))
    assert "How near the limits are" in told
    assert "700 million § 2 With more than 700 million monthly active users" in told
    assert "chat-us : 683 million monthly active users in June 2024, 97.6 % of the limit. Nearing" in told
    assert "No deployment is compared with it" in words(as_("vera").get("/licenses/llama4/"))


def test_a_license_without_terms_says_what_follows(as_: As) -> None:
    answer = as_("vera").get("/licenses/no-such/")
    assert answer.status_code == 404
    assert "No terms are held for no-such. Until they are, checks answer “Cannot tell”." in words(answer)


def test_dead_work_is_shown_with_its_error_and_tried_again(as_: As) -> None:
    cast.dead()
    client = as_("adam")
    assert "Read a model model:1" in words(client.get("/jobs/"))
    assert "The hub cannot be reached." in words(client.get("/jobs/"))
    client.post(f"/jobs/{Work.objects.get().pk}/retry/")
    assert Work.objects.get().state == Work.State.DUE


@pytest.mark.parametrize("state", ["due", "leased", "done", "no-such"])
def test_every_state_of_work_has_its_list(as_: As, state: str) -> None:
    Work.objects.create(kind="sync", key="a", due_at=cast.NOW, created_at=cast.NOW)
    assert as_("vera").get(f"/jobs/?state={state}").status_code == 200


def test_deliveries_tell_what_became_of_them(as_: As) -> None:
    cast.delivery(1, status="refused", error="550 no such user")
    cast.delivery(2, status="delivered")
    told = words(as_("vera").get("/deliveries/"))
    assert "[Blocked] chat-us Violation opened counsel@example.com email Refused 550 no such user" in told
    assert "1–1 of 1" in words(as_("vera").get("/deliveries/?status=refused"))


def test_an_address_that_leads_nowhere_is_told_in_our_frame(as_: As) -> None:
    answer = as_("vera").get("/nowhere/")
    assert answer.status_code == 404
    assert "There is nothing at this address." in words(answer)


def test_a_database_that_is_away_is_told_with_503_and_when_to_come_back() -> None:
    try:
        raise OperationalError("gone")
    except OperationalError:
        answer = errors.failed(RequestFactory().get("/models/"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Nothing was changed." in words(answer)


def test_the_page_of_a_failure_needs_no_database_and_gives_a_reference() -> None:
    told = words(errors.failed(RequestFactory().get("/models/")))
    assert "Something went wrong here" in told
    assert "Reference:" in told


def test_an_approver_decides_where_the_text_leaves_room(as_: As) -> None:
    approver, address = as_("ann"), "/licenses/llama3.1/"
    told = words(approver.get(address))
    assert "Does a person who uses two products count once or twice?" in told
    assert "Nobody decided" in told
    form = {"ambiguity": "counting", "reading": "summed", "reason": "They told us."}
    told = words(approver.post(f"{address}readings/", form, follow=True))
    assert "By user:ann on" in told
    assert "They told us." in told
    told = words(approver.post(f"/readings/{Reading.objects.get().pk}/withdraw/", follow=True))
    assert "They told us." not in told


def test_a_decision_without_a_reason_is_refused_beside_the_form(as_: As) -> None:
    form = {"ambiguity": "counting", "reading": "summed", "reason": " "}
    answer = as_("ann").post("/licenses/llama3.1/readings/", form)
    assert answer.status_code == 422
    assert "is needed" in words(answer)
    assert not Reading.objects.exists()
    assert "Adopt this reading" not in words(as_("ed").get("/licenses/llama3.1/"))
