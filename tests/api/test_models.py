from __future__ import annotations

import pytest

from governance.pipeline.execution import drain
from governance.registry.models import Model
from tests.api.conftest import LLAMA

pytestmark = pytest.mark.django_db
CLOSED = {"provider": "Acme", "version": "2", "license": "mit"}


def test_a_new_model_is_taken_in_and_read_soon(hub, alice):
    answer = alice.send("models/", {"source": "huggingface", "repo_id": LLAMA, "revision": "main"})
    assert answer.status_code == 202
    told = answer.json()
    assert set(told) == {"id", "repo_id", "status", "url"}
    assert told["status"] == "pending"
    drain()
    assert alice.get(told["url"]).json()["latest_snapshot"]["license"] == "llama3.1"


def test_a_known_model_is_found_in_any_case(alice):
    first = alice.send("models/", {"repo_id": "acme/Model"})
    again = alice.send("models/", {"repo_id": "ACME/model"})
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"]


def test_a_model_tells_what_it_states_what_governs_it_and_where_from(hub, alice):
    alice.send("models/", {"repo_id": "NousResearch/Hermes-3-Llama-3.1-8B"})
    drain()
    [row] = alice.ask("models/", search="hermes").json()["results"]
    told = alice.ask(f"models/{row['id']}/").json()
    assert {"kind", "value", "sha256"} == set(told["latest_snapshot"]["stated_licenses"][0])
    assert told["latest_snapshot"]["files_count"] > 0
    assert {"repo_id", "relation", "license", "depth"} <= set(told["lineage"][0])
    inherited = [one for one in told["effective_terms"] if one["depth"] > 0]
    assert inherited, "the license of the model that it was made from reaches it"
    assert inherited[0]["terms"]["key"] == inherited[0]["license"]


def test_the_parts_of_a_model_have_pages_of_their_own(blocked, llama, alice):
    files = alice.ask(f"models/{llama}/files/", page_size=2).json()
    assert len(files["results"]) == 2
    assert alice.get(files["next"]).json()["results"] != files["results"]
    [snapshot] = alice.ask(f"models/{llama}/snapshots/").json()["results"]
    assert snapshot["license"] == "llama3.1"
    verdicts = alice.ask(f"models/{llama}/verdicts/").json()["results"]
    assert ("deployment", "fail") in [(one["about"], one["outcome"]) for one in verdicts]
    assert alice.ask(f"models/{llama}/changes/").status_code == 200


def test_models_are_found_by_what_is_known_of_them(blocked, llama, alice):
    for query, found in [
        ({"repo_id": LLAMA.upper()}, 1),
        ({"license": "llama3.1"}, 1),
        ({"license": "apache-2.0"}, 0),
        ({"search": "405b"}, 1),
        ({"decision": "blocked"}, 0),
        ({"state": "gated"}, 1),
    ]:
        assert len(alice.ask("models/", **query).json()["results"]) == found, query


def test_a_model_is_read_again_on_request(llama, alice):
    assert alice.send(f"models/{llama}/sync/").status_code == 202
    assert drain() > 0


def test_a_model_behind_an_interface_is_declared_by_hand(alice):
    body = {"source": "manual", "repo_id": "acme/closed", "declaration": CLOSED}
    assert alice.send("models/", body).status_code == 202
    drain()
    [row] = alice.ask("models/").json()["results"]
    assert (row["license"], row["revision"]) == ("mit", "2")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "repo_id"),
        ({"repo_id": 7}, "repo_id"),
        ({"repo_id": "a/b/c"}, "repo_id"),
        ({"repo_id": "acme/m", "revision": "../x"}, "revision"),
        ({"repo_id": "acme/m", "source": "nowhere"}, "source"),
        ({"repo_id": "acme/m", "declaration": []}, "declaration"),
        ({"repo_id": "acme/m", "declaration": {"provider": "Acme"}}, "declaration"),
        ({"repo_id": "acme/m", "source": "manual"}, "declaration"),
        ({"repo_id": "acme/m", "source": "manual", "declaration": {"provider": "Acme"}}, "declaration"),
        ({"repo_id": "acme/m", "source": "manual", "revision": "3", "declaration": CLOSED}, "revision"),
        ({"repo_id": "acme/m", "colour": "red"}, "colour"),
    ],
)
def test_what_is_no_model_is_refused_by_field(alice, body, field):
    answer = alice.send("models/", body)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not Model.objects.exists()


def test_pages_cost_the_same_however_many_models(alice, django_assert_num_queries):
    for number in range(12):
        alice.send("models/", {"repo_id": f"acme/m{number}"})
    for size in (2, 10):
        with django_assert_num_queries(2):  # the token, the page
            assert len(alice.ask("models/", page_size=size).json()["results"]) == size
