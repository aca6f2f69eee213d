from __future__ import annotations

import pytest
from django.db import OperationalError

from governance.api import gating
from governance.pipeline.execution import drain
from tests.api.conftest import USERS
from tests.cast import Client

pytestmark = pytest.mark.django_db


def test_a_blocked_deployment_may_not_pass(blocked, vic):
    answer = vic.ask("gate/", deployment="chat-prod")
    assert answer.status_code == 200
    told = answer.json()
    assert set(told) == {"decision", "allow", "reasons", "evaluated_at"}
    assert (told["decision"], told["allow"]) == ("blocked", False)
    assert answer["Cache-Control"] == "no-store"


def test_an_allowed_one_may(blocked, eve, vic):
    eve.send("measurements/", {**USERS, "value": 1})
    assert vic.ask("gate/", deployment="chat-prod").json()["reasons"][0]["code"] == "stale"
    drain()
    assert vic.ask("gate/", deployment="chat-prod").json()["allow"] is True


def test_one_read_answers_besides_the_token(blocked, vic, django_assert_num_queries):
    vic.ask("gate/", deployment="chat-prod")
    with django_assert_num_queries(2):
        vic.ask("gate/", deployment="chat-prod")


def test_an_unknown_deployment_is_a_problem_that_denies(vic):
    answer = vic.ask("gate/", deployment="nonesuch")
    assert answer.status_code == 404
    told = answer.json()
    assert (told["allow"], told["decision"], told["status"]) == (False, "cannot_tell", 404)


@pytest.mark.parametrize(
    "query", ["", "?deployment=", "?slug=x", "?deployment=a%00b", "?deployment=" + "a" * 101]
)
def test_a_question_that_makes_no_sense_is_denied(vic, query):
    answer = vic.get(f"/api/v1/gate/{query}")
    assert answer.status_code == 400
    assert answer.json()["allow"] is False


def test_strangers_are_denied(db, client):
    answer = client.get("/api/v1/gate/?deployment=x")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["allow"] is False
    forged = client.get("/api/v1/gate/?deployment=x", headers={"Authorization": "Bearer mst_forged"})
    assert forged.status_code == 401


def test_a_token_without_the_scope_is_denied(db):
    answer = Client("eve", ["write"]).ask("gate/", deployment="x")
    assert answer.status_code == 403
    assert answer.json()["allow"] is False


def test_the_gate_is_only_asked(vic):
    assert vic.send("gate/?deployment=x").status_code == 405


def test_a_failing_database_denies(vic, monkeypatch):
    def fail(slug):
        raise OperationalError("gone")

    monkeypatch.setattr(gating, "gate", fail)
    answer = vic.ask("gate/", deployment="x")
    assert answer.status_code == 503
    assert answer.json()["allow"] is False
    assert int(answer.headers["Retry-After"]) > 0
