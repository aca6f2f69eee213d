"""The ledger of grants, as an editor keeps it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from governance.licensing.models import Grant
from tests.portal import cast
from tests.portal.reading import words

As = Callable[[str], Client]
WISH = {
    "company": "acme",
    "license": "llama3.1",
    "status": "draft",
    "models": f"{cast.LLAMA}\nmeta-llama/Llama-3.1-70B",
    "territories": "us, EU",
    "cap_metric": "monthly_active_users",
    "cap_limit": "900000000",
    "covers_affiliates": "yes",
}


@pytest.fixture
def client(as_: As) -> Client:
    cast.group()
    return as_("ed")


def recorded(client: Client, **words: str) -> Grant:
    assert client.post("/grants/add/", {**WISH, **words}).status_code == 302
    return Grant.objects.latest("pk")


def test_an_empty_ledger_says_what_a_grant_is_for(as_: As) -> None:
    told = words(as_("vera").get("/grants/"))
    assert "No grant is recorded" in told
    assert "Record a grant" not in told


def test_a_wish_is_recorded_with_its_scope_and_shown(client: Client) -> None:
    grant = recorded(client)
    assert (grant.territories, grant.covers_affiliates) == (["US", "EU"], True)
    assert grant.models == [cast.LLAMA, "meta-llama/Llama-3.1-70B"]
    told = words(client.get(f"/grants/{grant.pk}/"))
    assert "Draft" in told
    assert "up to 900,000,000 monthly active users" in words(client.get("/grants/"))
    assert "Request for a license: Llama 3.1 Community License Agreement, section 2" in told


def test_steps_are_taken_with_a_reason_and_shown(client: Client) -> None:
    grant = recorded(client)
    address = f"/grants/{grant.pk}/"
    for step, status in (("request", "Requested"), ("grant", "Granted"), ("revoke", "Revoked")):
        told = words(client.post(f"{address}step/{step}/", {"reason": f"Because {step}."}, follow=True))
        assert f"{status} by user:ed" in told
        assert f"Because {step}." in told
    assert "What happened next" not in told


@pytest.mark.parametrize(
    ("step", "form", "cause"),
    [
        ("grant", {"reason": "x"}, "is draft: only what is requested can be granted"),
        ("request", {"reason": " "}, "is needed"),
    ],
)
def test_a_step_that_is_refused_says_why(client: Client, step: str, form: dict[str, str], cause: str) -> None:
    grant = recorded(client)
    answer = client.post(f"/grants/{grant.pk}/step/{step}/", form)
    assert answer.status_code == 422
    assert cause in words(answer)
    assert Grant.objects.get().status == "draft"


def test_a_grant_that_ends_before_it_begins_is_refused_with_the_form_kept(client: Client) -> None:
    answer = client.post("/grants/add/", {**WISH, "from": "2027-01-01", "until": "2026-01-01"})
    assert answer.status_code == 422
    assert "must be after from" in words(answer)
    assert 'value="2026-01-01"' in answer.content.decode()
    assert not Grant.objects.exists()


def test_a_wish_is_changed_and_a_grant_is_not(client: Client) -> None:
    grant = recorded(client)
    page = client.get(f"/grants/{grant.pk}/change/").content.decode()
    assert 'value="900000000"' in page
    told = words(client.post(f"/grants/{grant.pk}/change/", {"territories": "DE"}, follow=True))
    assert "no upper limit" in told
    assert Grant.objects.get().territories == ["DE"]
    held = recorded(client, status="granted")
    assert client.post(f"/grants/{held.pk}/change/", {"territories": "FR"}).status_code == 422
    assert "Change what is asked for" not in words(client.get(f"/grants/{held.pk}/"))


def test_a_document_is_noted_by_its_digest_and_not_kept(client: Client) -> None:
    grant = recorded(client)
    file = SimpleUploadedFile("letter.pdf", b"We grant it.")
    told = words(client.post(f"/grants/{grant.pk}/attach/", {"file": file}, follow=True))
    assert "letter.pdf" in told
    assert Grant.objects.get().attachments[0]["sha256"] == hashlib.sha256(b"We grant it.").hexdigest()
    assert client.post(f"/grants/{grant.pk}/attach/", {}).status_code == 422


def test_the_letter_is_a_file_to_download(client: Client) -> None:
    answer = client.get(f"/grants/{recorded(client).pk}/letter/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "Acme" in answer.content.decode()


def test_a_grant_is_retired(client: Client) -> None:
    grant = recorded(client)
    told = words(client.post(f"/grants/{grant.pk}/retire/", follow=True))
    assert "Retired" in told
    assert "No grant is recorded" in words(client.get("/grants/"))


def test_who_only_views_sees_and_changes_nothing(client: Client, as_: As) -> None:
    grant, viewer = recorded(client), as_("vera")
    address = f"/grants/{grant.pk}/"
    assert "What happened next" not in words(viewer.get(address))
    assert viewer.get("/grants/add/").status_code == 403
    for part in ("step/request/", "attach/", "retire/", "change/"):
        assert viewer.post(f"{address}{part}", {"reason": "x"}).status_code == 403
    assert viewer.get("/grants/99999/").status_code == 404
    assert viewer.get(f"{address}letter/").status_code == 200
