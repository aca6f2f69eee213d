"""Who is told of what, in the portal."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from governance.alerts.channels import secrets
from governance.alerts.models import Subscription
from tests.portal import cast
from tests.portal.reading import words

As = Callable[[str], Client]
FORM = {
    "channel": "webhook",
    "address": "https://hooks.example.com/models",
    "kinds": ["violation_opened", "work_dead"],
    "environments": "production, staging",
}


def test_an_administrator_subscribes_a_webhook_sees_its_secret_and_ends_it(as_: As) -> None:
    adam = as_("adam")
    told = words(adam.post("/subscriptions/add/", FORM, follow=True))
    assert "https://hooks.example.com/models is subscribed." in told
    assert "webhook Violation opened Work failed for good production, staging Active" in told
    one = Subscription.objects.get()
    answer = adam.post(f"/subscriptions/{one.pk}/secret/")
    (secret,) = secrets("webhook", one.address)
    assert secret in words(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    assert secret not in words(adam.get("/subscriptions/"))
    assert "Ended" in words(adam.post(f"/subscriptions/{one.pk}/end/", follow=True))
    assert not Subscription.objects.get().active


def test_an_address_that_cannot_be_is_refused_beside_the_form(as_: As) -> None:
    answer = as_("adam").post("/subscriptions/add/", {**FORM, "address": "https://10.0.0.1/hook"})
    assert answer.status_code == 422
    told = words(answer)
    assert "Address : names 10.0.0.1, which is no public address" in told
    assert not Subscription.objects.exists()


def test_others_see_who_is_told_but_neither_tokens_nor_buttons(as_: As) -> None:
    one = cast.subscription()
    cast.delivery(channel="webhook", recipient=one.address)
    for name in ("vera", "ann"):
        answer = as_(name).get("/subscriptions/")
        assert "https://hooks.example.com/long…/1?…" in words(answer)
        assert "swordfish" not in answer.content.decode()
        assert "Show the secret" not in words(answer)
        for step in ("add/", f"{one.pk}/secret/", f"{one.pk}/end/"):
            assert as_(name).post(f"/subscriptions/{step}", FORM).status_code == 403


def test_the_rest_of_an_address_is_not_found_out_by_searching(as_: As) -> None:
    one = cast.subscription()
    cast.delivery(1, channel="webhook", recipient=one.address)
    assert "1–1 of 1" in words(as_("vera").get("/deliveries/?q=hooks.example"))
    answer = as_("vera").get("/deliveries/?q=swordf")
    assert "No message matches" in words(answer)
