from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.accounts.models import ApiToken
from governance.api.urls import RESOURCES
from tests.cast import Client, token_of

pytestmark = pytest.mark.django_db
NOBODY = ["", "Basic YTpi", "Bearer", "Bearer ", "Bearer mst_forged", "Bearer a b", "Bearer \xe9", "mst_x"]


@pytest.mark.parametrize("header", NOBODY)
@pytest.mark.parametrize("path", ["models/", "companies/acme/", "checks/1/"])
def test_who_brings_no_token_is_asked_for_one(client, header, path):
    answer = client.get(f"/api/v1/{path}", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"
    assert "mst_forged" not in answer.content.decode()


@pytest.mark.parametrize("name", RESOURCES)
def test_no_list_is_open_to_strangers(client, name):
    assert client.get(f"/api/v1/{name}/").status_code == 401
    assert client.post(f"/api/v1/{name}/", {}, "application/json").status_code == 401


@pytest.mark.parametrize("change", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now()}])
def test_a_token_that_ended_is_none(db, change):
    client = Client("alice")
    assert client.ask("models/").status_code == 200
    ApiToken.objects.update(**change)
    assert client.ask("models/").status_code == 401


def test_a_token_of_who_left_is_none(alice):
    ApiToken.objects.get().user.__class__.objects.update(is_active=False)
    assert alice.ask("models/").status_code == 401


@pytest.mark.parametrize(
    ("name", "scopes", "status"),
    [
        ("vic", ["read", "write", "approve", "admin"], 403),  # the role of a viewer
        ("alice", ["read"], 403),  # the scope of a reader
        ("eve", ["read", "write"], 201),
    ],
)
def test_writing_needs_both_role_and_scope(db, name, scopes, status):
    answer = Client(name, scopes).send("companies/", {"slug": "acme"})
    assert answer.status_code == status
    if status == 403:
        assert "write" in answer.json()["detail"]


def test_assigning_policies_is_for_administrators(eve, ada, alice):
    body = {"policy": "license.known"}
    assert [c.send("assignments/", body).status_code for c in (eve, ada, alice)] == [403, 403, 201]
    assert eve.ask("assignments/").status_code == 200


def test_a_use_is_noted_without_writing_on_each_read(alice, django_assert_num_queries):
    alice.ask("models/")
    used = ApiToken.objects.get().last_used_at
    assert timezone.now() - used < timedelta(minutes=1)
    with django_assert_num_queries(2):
        alice.ask("models/")


def test_secrets_do_not_reach_the_log(db, client, caplog):
    secret = token_of("alice")
    client.get("/api/v1/models/?x=1", headers={"Authorization": f"Bearer {secret}"})
    client.get("/api/v1/models/", headers={"Authorization": f"Bearer {secret}x"})
    assert secret not in caplog.text
