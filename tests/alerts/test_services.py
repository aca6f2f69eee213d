"""Announcing events: once for each cause, to everybody who wants them, and each telling accounted for."""

import json

import pytest
from django.core.exceptions import ValidationError

from governance.alerts import channels, services
from governance.alerts.models import Delivery, Event, Kind, Subscription
from governance.alerts.rendering import message_id
from governance.core.notifier import NotifierError
from tests.alerts.cast import NOW, announced, mailed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ann(settings):
    """Ann gets everything, by the settings."""
    settings.ALERT_EMAILS = ["ann@example.org"]
    settings.SITE_URL = "https://steward.example.org"


def subscribe(address, **more):
    return Subscription.objects.create(address=address, **more)


def told(**given):
    return {delivery.recipient for delivery in announced(**given)}


def test_an_event_is_kept_with_a_delivery_for_each_recipient():
    subscribe("bob@example.org")
    deliveries = announced()
    event = Event.objects.get()
    assert (event.kind, event.created_at, event.context["object"]) == ("violation_opened", NOW, "chat-eu")
    assert {(d.recipient, d.status, d.sends) for d in deliveries} == {
        ("ann@example.org", "waiting", 0),
        ("bob@example.org", "waiting", 0),
    }


def test_the_same_cause_is_announced_once():
    assert len(announced()) == 1
    assert announced(sentence="Another sentence.") == []
    assert (Event.objects.count(), Delivery.objects.count()) == (1, 1)


def test_a_key_of_any_length_tells_causes_apart():
    announced(key="x" * 300 + "a"), announced(key="x" * 300 + "b"), announced(key="x" * 300 + "a")
    assert Event.objects.count() == 2


def test_with_nobody_to_tell_the_event_is_kept_and_says_so(settings):
    settings.ALERT_EMAILS = []
    assert announced() == []
    assert Event.objects.get().untold == "Nobody was told: no address is subscribed to this."
    settings.ALERT_EMAILS = ["ann@example.org"]
    announced(key="opened:2")
    assert Event.objects.get(key="opened:2").untold == ""


def test_what_a_mail_cannot_show_is_refused_and_nothing_is_kept():
    with pytest.raises(ValueError, match="sentence"):
        announced(sentence="")
    with pytest.raises(ValueError, match="not a valid Kind"):
        services.announce(kind="violation_closed", key="k", context={}, now=NOW)
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("more", "kind", "environment", "wants"),
    [
        ({}, Kind.WORK_DEAD, "", True),
        ({"kinds": ["work_dead"]}, Kind.WORK_DEAD, "", True),
        ({"kinds": ["work_dead"]}, Kind.VIOLATION_OPENED, "", False),
        ({"environments": ["production"]}, Kind.VIOLATION_OPENED, "", True),
        ({"environments": ["test"]}, Kind.VIOLATION_OPENED, "", False),
        ({"environments": ["test"]}, Kind.VIOLATION_OPENED, "test", True),
        ({"environments": ["production"]}, Kind.UPSTREAM_CHANGED, "", True),
        ({"environments": ["test"]}, Kind.UPSTREAM_CHANGED, "", False),
        ({"environments": ["test"]}, Kind.WORK_DEAD, "", True),
        ({"active": False}, Kind.WORK_DEAD, "", False),
    ],
)
def test_a_subscription_chooses_kinds_and_environments(more, kind, environment, wants):
    """An event that belongs to no environment is told to all: silence is never a guess."""
    subscribe("bob@example.org", **more)
    assert ("bob@example.org" in told(kind=kind, environment=environment)) is wants


def test_one_person_gets_one_mail_and_may_narrow_what_the_settings_say():
    subscribe("ANN@example.org", kinds=["work_dead"])
    assert told(kind=Kind.WORK_DEAD) == {"ANN@example.org"}
    assert told(key="opened:2") == set()


def test_the_message_id_is_fixed_by_event_and_recipient():
    (delivery,) = announced()
    assert delivery.message_id == message_id("opened:1", "email", "ann@example.org")
    assert delivery.message_id.endswith("@steward.example.org>")
    assert message_id("opened:2", "email", "ann@example.org") != delivery.message_id


@pytest.mark.parametrize("site", ["http://[::1]:8000", "http://127.0.0.1:8000", "https://a_b.example"])
def test_a_message_id_has_a_host_that_mail_allows(settings, site):
    settings.SITE_URL = site
    host = message_id("k", "email", "a@b").rpartition("@")[2]
    assert host in ("localhost>", "127.0.0.1>")


def test_a_second_attempt_says_that_it_may_be_a_repeat():
    (delivery,) = announced()
    services.begin_send(delivery)
    first = services.render(delivery)
    services.begin_send(delivery)
    second = services.render(delivery)
    assert "X-Possible-Duplicate" not in first.headers
    assert second.headers["X-Possible-Duplicate"] == "1"
    assert (first.message_id, first.text, first.html) == (second.message_id, second.text, second.html)


def test_a_delivery_is_marked_delivered_with_its_subject():
    (delivery,) = announced()
    services.mark_refused(delivery, "later", permanent=False)
    services.mark_delivered(delivery, "[Blocked] chat-eu", NOW)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.subject, delivery.delivered_at, delivery.error) == (
        "delivered",
        "[Blocked] chat-eu",
        NOW,
        "",
    )


def test_a_passing_refusal_goes_on_waiting_and_a_final_one_ends():
    (delivery,) = announced()
    services.mark_refused(delivery, "it answered 451.", permanent=False)
    assert (delivery.status, delivery.error) == ("waiting", "it answered 451.")
    services.mark_refused(delivery, "it answered 550.", permanent=True)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.error) == ("refused", "it answered 550.")


def test_unsubscribing_ends_mail_also_for_an_address_of_the_settings():
    from django.core import signing

    from governance.alerts.rendering import UNSUBSCRIBE_SALT

    token = signing.dumps(["email", "ann@example.org"], salt=UNSUBSCRIBE_SALT)
    for _ in range(2):
        assert services.unsubscribe(token=token) == "ann@example.org"
    assert told() == set()
    assert Subscription.objects.count() == 1


@pytest.mark.parametrize("token", ["", "made-up", "a:b:c"])
def test_a_token_of_somebody_else_unsubscribes_nobody(token):
    with pytest.raises(ValidationError, match="was not made by this site"):
        services.unsubscribe(token=token)
    assert not Subscription.objects.exists()


def test_a_subscribed_person_reads_why():
    Subscription.objects.create(
        address="ann@example.org", kinds=["violation_opened"], environments=["production"]
    )
    assert "is subscribed to violation opened in production." in mailed().text


def test_a_subscription_is_saved_once_for_each_address():
    services.subscribe(data={"address": "bob@example.org", "kinds": ["work_dead"]})
    again, new = services.subscribe(data={"address": "BOB@example.org", "environments": ["test"]})
    assert not new
    assert (again.channel, again.kinds, again.environments, again.active) == ("email", [], ["test"], True)
    assert Subscription.objects.count() == 1
    assert services.subscribe(data={"address": "bob@example.org", "active": False})[0].active is False


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "address"),
        ({"address": "bob"}, "address"),
        ({"address": "bob@example.org\nBcc: eve@example.org"}, "address"),
        ({"address": "bob@example.org", "channel": "pigeon"}, "channel"),
        ({"address": "bob@example.org", "kinds": ["violation_closed"]}, "kinds"),
        ({"address": "bob@example.org", "environments": "test"}, "environments"),
        ({"address": "bob@example.org", "active": "yes"}, "active"),
        ({"address": "bob@example.org", "kind": []}, "kind"),
    ],
)
def test_a_subscription_that_cannot_be_is_refused_by_field(data, field):
    with pytest.raises(ValidationError) as refused:
        services.subscribe(data=data)
    assert list(refused.value.message_dict) == [field]
    assert not Subscription.objects.exists()


HOOK = "https://hooks.example.org/Models"


def hooked(address=HOOK, **changed):
    subscribe(address, channel="webhook")
    delivery = next(one for one in announced(**changed) if one.channel == "webhook")
    services.begin_send(delivery)
    return delivery, services.render(delivery)


def test_a_program_is_told_all_that_a_mail_says():
    delivery, message = hooked()
    body, told = message.data, message.data["data"]
    assert json.loads(json.dumps(body)) == body
    assert (body["type"], body["timestamp"]) == ("violation_opened", NOW.isoformat())
    assert body["text"].splitlines() == [message.subject, told["sentence"], told["link"]]
    assert told["link"] == "https://steward.example.org/deployments/chat-eu/"
    assert (told["delivery_id"], told["event_id"]) == (delivery.pk, delivery.event_id)
    assert told["findings"][0]["evidence"]["limit"] == 700_000_000
    for word in ("decision", "environment", "regions", "product", "company", "model", "policy"):
        assert told[word], word
    assert "is subscribed to all events" in told["why"]


def test_of_many_places_a_program_gets_the_first_with_their_links_and_how_many_there_are():
    _, message = hooked(kind=Kind.UPSTREAM_CHANGED)
    told = message.data["data"]
    assert (len(told["affected"]), told["affected_count"]) == (10, 34)
    assert told["affected"][0]["link"] == "https://steward.example.org/d/0/"


def test_each_address_has_secrets_of_its_own_one_for_each_live_key(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new key", ["old key"]
    _, message = hooked()
    new, old = message.secrets
    assert message.secrets == channels.secrets("webhook", HOOK)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "old key", []
    assert channels.secrets("webhook", HOOK) == (old,)
    assert channels.secrets("webhook", HOOK + "/") != (old,)
    assert new != old
    assert mailed(key="opened:2").secrets == ()


def test_addresses_of_the_web_differ_in_case_and_those_of_mail_do_not():
    for address in (HOOK, HOOK.lower()):
        assert services.subscribe(data={"channel": "webhook", "address": address})[1]
    assert told() >= {HOOK, HOOK.lower()}


def test_what_could_not_be_subscribed_any_more_can_be_ended(settings):
    row = subscribe("http://10.0.0.1:8080/hook", channel="webhook")
    services.end(subscription=row)
    assert told() == {"ann@example.org"}


def test_a_channel_that_is_not_installed_any_more_is_said_to_be_missing():
    with pytest.raises(NotifierError, match="there is no channel 'pigeon'") as caught:
        channels.notifier("pigeon")
    assert not caught.value.permanent  # during an upgrade another worker may know it
    assert channels.shown_address("pigeon", "loft 7") == "loft 7"
