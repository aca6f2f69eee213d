"""The license of a model set by hand, and what was concluded of it over time."""

from __future__ import annotations

import pytest

from governance.audit.models import Entry
from governance.pipeline.execution import drain

pytestmark = pytest.mark.django_db
WHY = {"license": "llama2", "reason": "The publisher told us so."}


def snapshot_of(client, model):
    return client.ask(f"models/{model}/").json()["latest_snapshot"]


def test_a_license_set_by_hand_is_shown_with_author_reason_and_date(llama, eve):
    answer = eve.send(f"models/{llama}/license-override/", WHY)
    assert answer.status_code == 201
    assert (answer.json()["license"], answer.json()["current"]) == ("llama2", True)
    told = snapshot_of(eve, llama)
    assert told["license"] == "llama2"
    assert told["license_override"]["author"] == "token:eve-laptop"
    assert told["license_override"]["reason"] == WHY["reason"]
    assert told["license_override"]["at"] == answer.json()["concluded_at"]
    entry = Entry.objects.get(action="license.overridden")
    assert (entry.actor, entry.detail["license"]) == ("token:eve-laptop", "llama2")


def test_it_is_judged_again_and_the_finding_says_who_set_it(blocked, llama, eve, alice):
    alice.send("assignments/", {"policy": "license.known", "mode": "enforce"})
    eve.send(f"models/{llama}/license-override/", WHY)
    assert alice.ask("gate/", deployment="chat-prod").json()["reasons"][0]["code"] == "stale"
    drain()
    told = alice.ask(f"models/{llama}/verdicts/").json()["results"]
    known = next(one for one in told if one["policy"] == "license.known")["findings"][0]
    assert "token:eve-laptop set it by hand" in known["reason"]
    assert known["evidence"]["set_by"] == "token:eve-laptop"


def test_several_licenses_may_govern(llama, eve):
    both = {**WHY, "license": "mit AND cc-by-4.0"}
    assert eve.send(f"models/{llama}/license-override/", both).json()["license"] == "cc-by-4.0 AND mit"
    told = eve.ask(f"models/{llama}/").json()
    assert {one["license"] for one in told["effective_terms"]} == {"cc-by-4.0", "mit"}
    found = [eve.ask("models/", license=key).json()["results"] for key in ("mit", "cc-by-4.0", "cc-by")]
    assert [len(one) for one in found] == [1, 1, 0]


def test_it_is_withdrawn_and_stays_in_the_history(llama, eve):
    eve.send(f"models/{llama}/license-override/", WHY)
    assert eve.delete(f"/api/v1/models/{llama}/license-override/").json()["license"] == "llama3.1"
    assert snapshot_of(eve, llama)["license_override"] is None
    history = eve.ask(f"models/{llama}/conclusions/").json()["results"]
    assert [(one["license"], one["author"], one["current"]) for one in history] == [
        ("llama3.1", "", True),
        ("llama2", "token:eve-laptop", False),
        ("llama3.1", "", False),
    ]
    again = eve.delete(f"/api/v1/models/{llama}/license-override/")
    assert again.status_code == 400
    assert "not set by a person" in again.json()["errors"]["license"][0]


REFUSED = [
    ("license", {"license": "my-own"}, "no terms of a license 'my-own'"),
    ("license", {"license": "mit AND my-own"}, "no terms of a license 'my-own'"),
    ("license", {"license": "mit OR llama2"}, "no terms of a license 'mit OR llama2'"),
    ("license", {"license": ["mit"]}, "must be text"),
    ("license", {"license": None}, "is needed"),
    ("reason", {"reason": " "}, "reason"),
    ("reason", {"reason": None}, "is needed"),
    ("revision", {"revision": "f" * 40}, "there is no revision"),
    ("why", {"why": "x"}, "is no field"),
]


@pytest.mark.parametrize(("field", "words", "cause"), REFUSED)
def test_what_cannot_be_set_is_refused_by_field(llama, eve, field, words, cause):
    answer = eve.send(f"models/{llama}/license-override/", {**WHY, **words})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert cause in answer.json()["errors"][field][0] or field == "reason"
    assert snapshot_of(eve, llama)["license_override"] is None


def test_who_only_views_sets_nothing(llama, vic):
    assert vic.send(f"models/{llama}/license-override/", WHY).status_code == 403
    assert vic.delete(f"/api/v1/models/{llama}/license-override/").status_code == 403


def test_the_texts_of_a_model_and_of_a_license_are_told(hub, alice):
    bert = alice.send("models/", {"repo_id": "google-bert/bert-base-uncased"}).json()["id"]
    drain()
    [text] = alice.ask(f"models/{bert}/license-texts/").json()["results"]
    assert (text["path"], text["license"], text["revisions"]) == ("LICENSE", None, 1)
    assert text["first_seen"] == text["last_seen"]
    assert alice.ask("licenses/apache-2.0/texts/").json()["results"] == [text]
    assert alice.ask("licenses/mit/texts/").json()["results"] == []
    assert alice.ask("licenses/nobody/texts/").status_code == 404
