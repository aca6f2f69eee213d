from __future__ import annotations

import pytest

from governance.deployments.models import Deployment
from governance.pipeline.execution import drain
from tests.api.conftest import DEPLOYMENT, LLAMA, USERS

pytestmark = pytest.mark.django_db


def test_a_deployment_is_created_then_replaced(llama, eve):
    assert eve.send("deployments/", DEPLOYMENT).status_code == 201
    answer = eve.send("deployments/", {**DEPLOYMENT, "regions": None})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["company"], told["regions"], told["model"]) == ("acme", None, LLAMA)
    assert told["decision"] == "cannot_tell"
    assert not told["fresh"]


def test_the_detail_holds_the_decision_and_all_that_it_rests_on(blocked):
    assert blocked["decision"] == "blocked"
    assert blocked["fresh"]
    [finding] = blocked["findings"]
    assert finding["evidence"]["high"] == 720_000_000
    assert finding["mode"] == "enforce"
    assert blocked["nearest_limit"]["share"] > 1
    assert blocked["reasons"][0]["section"] == "2"


def test_deployments_are_found_by_what_they_are(blocked, eve):
    for query, found in [
        ({"environment": "production"}, 1),
        ({"environment": "test"}, 0),
        ({"model": LLAMA}, 1),
        ({"decision": "blocked"}, 1),
        ({"product": "chat", "company": "acme"}, 1),
        ({"retired": "true"}, 0),
    ]:
        assert len(eve.ask("deployments/", **query).json()["results"]) == found, query


def test_a_change_touches_only_what_is_given(llama, eve):
    eve.send("deployments/", DEPLOYMENT)
    answer = eve.patch("/api/v1/deployments/chat-prod/", {"uses": {"distributed": True}}, format="json")
    assert answer.status_code == 200
    assert answer.json()["uses"] == {**DEPLOYMENT["uses"], "distributed": True}
    assert answer.json()["regions"] == ["US"]


def test_a_retired_deployment_leaves_the_list_and_its_violations_end(blocked, eve):
    assert eve.delete("/api/v1/deployments/chat-prod/").status_code == 204
    assert eve.ask("deployments/").json()["results"] == []
    assert eve.ask("deployments/", retired="true").json()["results"][0]["retired_at"]
    assert eve.ask("violations/", status="open").json()["results"] == []


def test_a_figure_restated_over_the_api_lifts_the_block(blocked, eve):
    eve.send("measurements/", {**USERS, "value": 700_000_000})
    drain()
    assert eve.ask("deployments/chat-prod/").json()["decision"] == "allowed"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"revision": "f" * 40}, "revision"),
        ({"model": "acme/none"}, "model"),
        ({"model": 10**30}, "model"),
        ({"product": "nothing"}, "product"),
        ({"slug": "a b"}, "slug"),
        ({"slug": None}, "slug"),
        ({"regions": "US"}, "regions"),
        ({"regions": ["Atlantis"]}, "regions"),
        ({"uses": []}, "uses"),
        ({"uses": {"commercial": "yes"}}, "uses.commercial"),
        ({"uses": {"fun": True}}, "uses.fun"),
        ({"owner": "me"}, "owner"),
    ],
)
def test_a_deployment_that_cannot_be_is_refused_by_field(llama, eve, change, field):
    answer = eve.send("deployments/", {**DEPLOYMENT, **change})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not Deployment.objects.exists()


def test_a_page_costs_the_same_however_many(blocked, eve, django_assert_num_queries):
    for number in range(6):
        eve.send("deployments/", {**DEPLOYMENT, "slug": f"copy-{number}"})
    drain()
    for size in (1, 7):
        with django_assert_num_queries(2):  # the token, the page
            assert len(eve.ask("deployments/", page_size=size).json()["results"]) == size
