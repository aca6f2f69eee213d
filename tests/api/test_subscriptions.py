"""Who is told of what, by the API."""

from __future__ import annotations

import pytest

from governance.alerts.models import Subscription

pytestmark = pytest.mark.django_db
HOOK = {"channel": "webhook", "address": "https://hooks.example.com/models"}


def test_an_address_is_subscribed_changed_and_ended(alice):
    made = alice.send("subscriptions/", {**HOOK, "kinds": ["work_dead"]})
    assert made.status_code == 201
    assert made.json()["kinds"] == ["work_dead"]
    changed = alice.send("subscriptions/", {**HOOK, "environments": ["production"]})
    assert (changed.status_code, changed.json()["kinds"]) == (200, [])
    path = f"subscriptions/{made.json()['id']}/"
    assert alice.ask(path).json() == changed.json()
    assert [row["address"] for row in alice.ask("subscriptions/").json()["results"]] == [HOOK["address"]]
    assert alice.delete(f"/api/v1/{path}").json()["active"] is False
    acts = [one["action"] for one in alice.ask("audit/").json()["results"]]
    assert acts.count("subscription.saved") == 2
    assert "subscription.ended" in acts


def test_its_secrets_are_shown_on_request_and_the_log_notes_who_asked(alice, settings):
    path = f"subscriptions/{alice.send('subscriptions/', HOOK).json()['id']}/secret/"
    answer = alice.ask(path)
    (secret,) = answer.json()["secrets"]
    assert secret.startswith("whsec_")
    assert answer["Cache-Control"] == "no-store"
    [entry] = alice.ask("audit/", action="subscription.secrets-shown").json()["results"]
    assert (entry["actor"], secret in str(entry)) == ("token:alice-laptop", False)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    new, old = alice.ask(path).json()["secrets"]
    assert (new != secret, old) == (True, secret)


def test_mail_has_no_secret(alice):
    made = alice.send("subscriptions/", {"address": "bob@example.org"})
    assert (made.status_code, made.json()["channel"]) == (201, "email")
    assert alice.ask(f"subscriptions/{made.json()['id']}/secret/").json() == {"secrets": []}


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        ("http://hooks.example.com/a", "must begin with https://"),
        ("https://me:swordfish@hooks.example.com/a", "must hold no user name or password"),
        ("https://192.168.0.1/a", "no public address"),
        ("https://hooks.example.com/" + "a" * 1000, "at most 1000 fit"),
        ("bob@example.org", "must begin with https://"),
        (7, "must be text"),
    ],
)
def test_an_address_that_cannot_be_is_refused_by_field_and_cause(alice, address, cause):
    answer = alice.send("subscriptions/", {**HOOK, "address": address})
    assert answer.status_code == 400
    assert cause in answer.json()["errors"]["address"][0]
    assert "swordfish" not in answer.content.decode()
    assert not Subscription.objects.exists()


def test_only_administrators_say_who_is_told(alice, ada):
    made = alice.send("subscriptions/", HOOK).json()
    for path in ("subscriptions/", f"subscriptions/{made['id']}/", f"subscriptions/{made['id']}/secret/"):
        assert ada.ask(path).status_code == 403
    assert ada.send("subscriptions/", HOOK).status_code == 403
