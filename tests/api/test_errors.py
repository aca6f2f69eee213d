"""Whatever comes in, the answer is a problem that says what is wrong, and never a 500."""

from __future__ import annotations

import json

import pytest
from rest_framework.test import APIClient

from governance.api import registry, urls
from tests.cast import Client

pytestmark = pytest.mark.django_db
POSTS = [
    "models/",
    "companies/",
    "controls/",
    "products/",
    "measurements/",
    "exchange-rates/",
    "grants/",
    "deployments/",
    "checks/",
    "assignments/",
    "licenses/identify/",
]
DEEP = "[" * 100_000 + "]" * 100_000
HOSTILE = {
    "no JSON": "{",
    "nothing": "",
    "not UTF-8": b"\xff\xfe",
    "a list": "[]",
    "a list of numbers": "[1, 2]",
    "null": "null",
    "a number": "5",
    "a huge number": "9" * 5000,
    "text": '"x"',
    "not a number": '{"value": NaN}',
    "a name twice": '{"slug": "a", "slug": "b"}',
    "too deep": DEEP,
    "deep in a field": json.dumps({"slug": "a"})[:-1] + ', "uses": ' + "[" * 60 + "]" * 60 + "}",
    "a NUL": '{"slug": "a\\u0000b", "repo_id": "a\\u0000b", "text": "\\u0000", "name": "\\u0000"}',
    "half a character": '{"slug": "\\ud800", "repo_id": "\\ud800", "text": "\\ud800", "name": "\\ud800"}',
    "an unknown field": '{"colour": "red"}',
}
WRONG = [None, True, -1, 1.5, 10**40, "", "x" * 5000, "\u202e", [], {}, [[]], {"a": {"b": []}}]
FIELDS = [
    *("slug", "name", "domicile", "kind", "competes_with", "business_models", "parent", "child", "percent"),
    *("from", "to", "company", "subject", "metric", "period", "value", "low", "high", "currency", "source"),
    *("deduplicated", "note", "license", "models", "until", "cap", "territories", "reference", "status"),
    *("model", "revision", "product", "environment", "regions", "output_regions", "published_name", "uses"),
    *("shown_phrases", "modification", "distributed", "outputs_train", "deployment", "as_of", "known_at"),
    *("policy", "params", "mode", "environments", "products", "repo_id", "declaration", "text", "on", "rate"),
    "covers_affiliates",
]


def is_problem(answer) -> bool:
    told = answer.json()
    assert answer["Content-Type"] == "application/problem+json", answer.content[:300]
    assert {"type", "title", "status", "detail"} <= set(told)
    return 400 <= answer.status_code < 500 and told["status"] == answer.status_code


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("path", POSTS)
def test_hostile_bodies_are_refused(alice, path, kind):
    assert is_problem(alice.raw(path, HOSTILE[kind]))


@pytest.mark.parametrize("path", POSTS)
def test_fields_of_any_type_never_break_it(alice, path):
    for wrong in WRONG:
        answer = alice.send(path, dict.fromkeys(FIELDS, wrong))
        assert is_problem(answer), (wrong, answer.content[:300])


@pytest.mark.parametrize("path", POSTS)
def test_each_field_may_be_of_any_type(alice, path):
    fit = dict.fromkeys(FIELDS, "a")
    for name in FIELDS:
        for wrong in (10**40, [{}], {"a": 1}, True, "\u202e" * 400):
            assert alice.send(path, {**fit, name: wrong}).status_code < 500, (name, wrong)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", ""]
)
def test_another_media_type_is_named(alice, path, content_type):
    answer = alice.raw(path, "{}", content_type)
    assert answer.status_code in (400, 415)
    assert "{" not in answer.json()["title"]


def test_a_body_beyond_the_bound_is_refused(alice, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = alice.raw("companies/", json.dumps({"slug": "a" * 200}))
    assert (answer.status_code, is_problem(answer)) == (413, True)
    assert answer.json()["detail"] == "The body has more than 100 bytes."


@pytest.mark.parametrize("name", urls.RESOURCES)
@pytest.mark.parametrize("member", ["9" * 18, "9" * 40, "0", "-1", "x y", "%00", "None"])
def test_members_that_cannot_be_are_not_found(alice, name, member):
    answer = alice.ask(f"{name}/{member}/")
    assert answer.status_code == 404
    assert is_problem(answer)


@pytest.mark.parametrize("name", urls.RESOURCES)
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page_size=0", "page_size"),
        ("page_size=501", "page_size"),
        ("page_size=many", "page_size"),
        ("page_size=%D9%A1", "page_size"),
        ("count=maybe", "count"),
        ("colour=red", "colour"),
        ("cursor=a%00b", "cursor"),
    ],
)
def test_parameters_that_make_no_sense_are_named(alice, name, query, field):
    answer = alice.ask(f"{name}/?{query}")
    assert answer.status_code == 400, answer.content[:300]
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize("cursor", ["x", "cD1hYmM=", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk=", "8J+YgA=="])
def test_a_cursor_that_we_never_gave_is_named(alice, cursor):
    assert list(alice.get("/api/v1/companies/", {"cursor": cursor}).json()["errors"]) == ["cursor"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("models/?decision=fine", "decision"),
        ("models/?state=ill", "state"),
        ("models/?search=a%00", "search"),
        ("models/?search=" + "a" * 301, "search"),
        ("violations/?outcome=bad", "outcome"),
        ("deliveries/?status=lost", "status"),
        ("work/?kind=hard", "kind"),
        ("assignments/?mode=off", "mode"),
        ("deployments/?retired=perhaps", "retired"),
    ],
)
def test_filters_take_only_what_makes_sense(alice, query, field):
    answer = alice.ask(query)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize("path", ["gate/", "models", "nowhere/", "models/"])
def test_no_form_token_is_asked_for(db, path):
    stranger = APIClient(enforce_csrf_checks=True)
    answer = stranger.post(f"/api/v1/{path}", {}, format="json")
    assert is_problem(answer)
    assert answer.status_code in (401, 404, 405)


@pytest.mark.parametrize("path", ["", "nowhere/", "models/1/nothing/", "gate/x"])
def test_addresses_that_lead_nowhere_are_problems(alice, path):
    answer = alice.ask(path)
    assert (answer.status_code, is_problem(answer)) == (404, True)


def test_other_methods_are_refused(alice):
    for answer in (
        alice.put("/api/v1/models/"),
        alice.delete("/api/v1/companies/acme/"),
        alice.send("audit/", {}),
    ):
        assert (answer.status_code, is_problem(answer)) == (405, True)
        assert answer.json()["title"] == "Method not allowed."


def test_our_own_fault_is_a_problem_that_tells_nothing(alice, monkeypatch):
    def fail(**_):
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(registry.intake, "add_model", fail)
    answer = Client("alice").send("models/", {"repo_id": "a/b"})
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "hunter2" not in answer.content.decode()
