from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from governance.compliance.models import Check
from governance.pipeline.models import IdempotencyRecord
from governance.usage.models import Measurement
from tests.api.conftest import USERS
from tests.cast import Client

pytestmark = pytest.mark.django_db
KEY = {"Idempotency-Key": "import of June"}


@pytest.fixture
def chat(eve):
    eve.send("companies/", {"slug": "acme"})
    eve.send("products/", {"slug": "chat", "company": "acme"})


def test_the_same_request_again_gets_the_first_answer(eve):
    body = {"slug": "acme"}
    first = eve.send("companies/", body, **KEY)
    again = eve.send("companies/", body, **KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"


def test_another_request_under_the_key_is_refused(eve):
    eve.send("companies/", {"slug": "acme"}, **KEY)
    answer = eve.send("companies/", {"slug": "lab"}, **KEY)
    assert answer.status_code == 422
    assert eve.ask("companies/lab/").status_code == 404


def test_the_key_of_another_token_is_another_key(eve, alice):
    eve.send("companies/", {"slug": "acme"}, **KEY)
    assert alice.send("companies/", {"slug": "acme"}, **KEY).status_code == 200


def test_what_was_refused_may_be_tried_again(eve):
    assert eve.send("products/", {"slug": "chat", "company": "acme"}, **KEY).status_code == 400
    assert not IdempotencyRecord.objects.exists()
    eve.send("companies/", {"slug": "acme"})
    assert eve.send("products/", {"slug": "chat", "company": "acme"}, **KEY).status_code == 201


def test_a_file_with_faults_leaves_no_record(eve, chat):
    answer = eve.generic("POST", "/api/v1/measurements/import/", "a,b\n", "text/csv", headers=KEY)
    assert answer.status_code == 400
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.parametrize("key", ["", " ", "a" * 201, "a\tb"])
def test_a_key_that_cannot_be_is_named(eve, key):
    answer = eve.send("companies/", {"slug": "acme"}, **{"Idempotency-Key": key})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["Idempotency-Key"]


def test_a_key_where_nothing_can_be_sent_changes_nothing(eve):
    assert eve.send("plugins/", {}, **KEY).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_hundred_at_once_record_one_figure(chat):
    client = Client("eve")

    def send(_: int) -> int:
        try:
            return client_of(client).send("measurements/", {**USERS, "value": 5}, **KEY).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(send, range(100))) == {201}
    assert Measurement.objects.count() == 1
    assert IdempotencyRecord.objects.count() == 1
    assert not Check.objects.exists()


def client_of(client: Client) -> Client:
    """The same token over a connection of its own."""
    twin = Client.__new__(Client)
    super(Client, twin).__init__(raise_request_exception=False)
    twin._credentials = dict(client._credentials)
    return twin
