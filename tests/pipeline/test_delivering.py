"""One telling of one event: taken, put off as the other side asks, or refused for good."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance.alerts.models import Delivery, Subscription
from governance.pipeline import execution, outbox
from governance.pipeline.models import Kind, Work
from tests.alerts.cast import announced
from tests.chaos.sinks import hook_sink

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hooks(settings):
    settings.ALERT_EMAILS = []
    settings.NOTIFIER_OPTIONS = {**settings.NOTIFIER_OPTIONS, "private_targets": True, "timeout": 2}
    with hook_sink() as sink:
        Subscription.objects.create(channel="webhook", address=sink.address)
        yield sink


def told() -> tuple[Delivery, Work]:
    """After one attempt."""
    (delivery,) = announced()
    outbox.put(Kind.DELIVER, str(delivery.pk), {"delivery": delivery.pk})
    execution.run(Work.objects.get().pk)
    delivery.refresh_from_db()
    return delivery, Work.objects.get()


def test_what_is_taken_is_delivered(hooks):
    delivery, work = told()
    assert (delivery.status, delivery.sends, work.state) == ("delivered", 1, "done")
    assert hooks.log[0].id == delivery.message_id.strip("<>").partition("@")[0]


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [("0", 4, 5), ("120", 119, 120), ("999999999", 3599, 3600), ("", 0, 2)],
)
def test_the_other_side_may_ask_for_patience_within_reason(hooks, asked, least, most):
    hooks.status, hooks.headers = 429, {"Retry-After": asked} if asked else {}
    begun = outbox.database_now()
    delivery, work = told()
    assert (delivery.status, work.state, work.attempts) == ("waiting", "due", 0)
    assert "127.0.0.1 answered 429 Too Many Requests" in delivery.error
    pause = work.due_at - begun
    assert timedelta(seconds=least) <= pause <= timedelta(seconds=most) + (outbox.database_now() - begun)


def test_who_is_gone_is_not_asked_again(hooks):
    hooks.status = 410
    delivery, work = told()
    assert (delivery.status, work.state) == ("refused", "done")
    assert "127.0.0.1 answered 410 Gone" in delivery.error


def test_a_channel_that_this_worker_does_not_know_is_left_to_one_that_does(hooks):
    Subscription.objects.update(channel="pigeon")
    delivery, work = told()
    assert (delivery.status, work.state) == ("waiting", "due")
    assert "there is no channel 'pigeon'" in delivery.error
