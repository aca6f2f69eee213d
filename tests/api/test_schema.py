"""The description of the API is whole: every address, every method, every kind of answer."""

from __future__ import annotations

import re

import pytest
from django.urls import URLPattern
from drf_spectacular.validation import validate_schema

from governance.api import urls

pytestmark = pytest.mark.django_db
NOT_DESCRIBED = {"schema/": "it is the description itself", "": "it catches what leads nowhere"}


@pytest.fixture(scope="module")
def schema(django_db_blocker):
    from drf_spectacular.generators import SchemaGenerator

    return SchemaGenerator().get_schema(request=None, public=True)


def test_it_is_valid_openapi_3_1(client):
    answer = client.get("/api/v1/schema/?format=json")
    assert answer.json()["openapi"] == "3.1.0"
    validate_schema(answer.json())


def test_every_address_is_in_it(schema):
    described = {re.sub(r"\{\w+\}", "*", path) for path in schema["paths"]}
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        route = re.sub(r"\(\?P<\w+>[^)]*\)|<\w+:\w+>", "*", str(pattern.pattern)).strip("^$").rstrip("\\Z")
        if route not in NOT_DESCRIBED and route != "*":
            assert f"/api/v1/{route}" in described, route


def test_every_answer_of_every_method_is_described(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            told = operation["responses"]
            assert operation["summary"], (path, method)
            assert {"400", "401", "403", "404"} <= set(told), (path, method)
            assert "application/problem+json" in told["400"]["content"]
            assert any(status.startswith("2") for status in told), (path, method)


def test_posts_take_an_idempotency_key(schema):
    names = [one["name"] for one in schema["paths"]["/api/v1/grants/"]["post"]["parameters"]]
    assert "Idempotency-Key" in names


def test_filters_are_described_with_their_choices(schema):
    parameters = {one["name"]: one for one in schema["paths"]["/api/v1/violations/"]["get"]["parameters"]}
    assert parameters["status"]["schema"]["enum"] == ["open", "resolved"]
    assert {"cursor", "page_size", "count"} <= set(parameters)
