"""Work that dies leaves nobody waiting for ever, wherever it dies, and can be tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from governance.alerts.models import Delivery, Event, Subscription
from governance.alerts.services import announce
from governance.compliance.models import Check
from governance.pipeline import announcing, execution, outbox, ticking
from governance.pipeline.models import Kind, Work

pytestmark = pytest.mark.django_db


@pytest.fixture
def counsel(settings):
    """The only one who is told."""
    settings.ALERT_EMAILS = []
    return Subscription.objects.create(address="counsel@example.com")


@pytest.fixture
def check():
    row = Check.objects.create(described={"slug": "no body"}, created_at=outbox.database_now())
    outbox.put(Kind.CHECK, str(row.pk), {"check": row.pk})
    return row


def kill_every_worker(times):
    """Each takes the work, and its lease runs out."""
    for _ in range(times):
        Work.objects.filter(state="due").update(due_at=F("created_at") - timedelta(seconds=1))
        assert outbox.claim(owner="short-lived")
        Work.objects.filter(state="leased").update(lease_until=F("created_at"))
        ticking.Tick.objects.all().delete()
        ticking.sweep()


def test_a_check_that_kills_its_workers_says_so_on_its_row(check, settings, counsel):
    kill_every_worker(settings.MAX_ATTEMPTS)
    check.refresh_from_db()
    assert check.status == "failed"
    assert "went silent" in check.failure


def test_people_hear_of_it_once(check, settings, counsel):
    kill_every_worker(settings.MAX_ATTEMPTS)
    assert [event.kind for event in Event.objects.all()] == ["work_dead"]
    assert Delivery.objects.count() == 1


def test_a_failed_check_that_is_tried_again_is_answered(check, settings, monkeypatch):
    kill_every_worker(settings.MAX_ATTEMPTS)
    body = {"slug": "x", "model": 1, "environment": "production"}
    Check.objects.update(described=body)
    monkeypatch.setattr("governance.pipeline.checking.unsaved", lambda _: None)
    monkeypatch.setattr(
        "governance.pipeline.checking.judge_once", lambda *_, **__: {"decision": "allowed", "findings": []}
    )
    outbox.revive(Work.objects.get(kind=Kind.CHECK))
    assert execution.run(Work.objects.get(kind=Kind.CHECK).pk)
    check.refresh_from_db()
    assert (check.status, check.decision, check.failure) == ("finished", "allowed", "")


def test_a_delivery_that_kills_its_workers_has_failed_and_can_be_sent_later(settings, counsel):
    context = {"sentence": "It happened.", "object": "it", "url": "/jobs/"}
    [told] = announce(kind="work_dead", key="it", context=context, now=outbox.database_now())
    outbox.put(Kind.DELIVER, str(told.pk), {"delivery": told.pk})
    kill_every_worker(settings.MAX_ATTEMPTS)
    told.refresh_from_db()
    assert told.status == "failed"
    outbox.revive(Work.objects.get())
    execution.drain()
    told.refresh_from_db()
    assert told.status == "delivered"


def test_when_very_much_dies_one_message_tells_of_the_rest(counsel):
    for number in range(announcing.STORM + 30):
        work = Work(pk=number + 1, kind=Kind.SYNC, key=f"{number}:main:", attempts=3)
        announcing.announce_dead(work, "the hub answered nonsense")
    told = list(Event.objects.order_by("id"))
    assert len(told) in (announcing.STORM + 1, announcing.STORM + 2)  # an hour may end meanwhile
    assert (
        told[-1]
        .context["sentence"]
        .startswith(
            "More than 20 jobs failed for good within 10 minutes, and more may follow. The last: the hub"
        )
    )
