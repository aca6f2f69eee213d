"""A database that was put back from a backup says so, and sends nothing again without a word."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from governance.alerts.models import Delivery
from governance.alerts.services import announce, begin_send, render
from governance.audit.models import Entry
from governance.audit.services import append, first_fault
from governance.pipeline.outbox import database_now
from governance.pipeline.restoring import restored

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting() -> Delivery:
    context = {"sentence": "It happened.", "object": "x", "url": "/jobs/"}
    return announce(kind="work_dead", key="x", context=context, now=database_now())[0]


def test_what_waits_says_that_it_may_be_a_repeat(waiting):
    assert restored().doubtful == 1
    begin_send(waiting)
    assert render(waiting).headers["X-Possible-Duplicate"] == "1"


def test_what_was_begun_or_delivered_stays_as_it_is(waiting):
    Delivery.objects.update(sends=3, status=Delivery.Status.DELIVERED)
    assert restored().doubtful == 0
    assert Delivery.objects.get().sends == 3


def test_the_log_says_where_its_history_forks():
    last = append(at=database_now(), actor="user:alice", action="x", object="y")
    assert restored().last_entry == last.pk
    entry = Entry.objects.latest("id")
    assert (entry.action, entry.object) == ("database.restored", f"entry {last.pk}")
    assert first_fault() == ""


def test_the_command_tells_both(waiting, capsys):
    call_command("restored")
    said = capsys.readouterr().out
    assert "ends with entry 0" in said
    assert "1 messages wait" in said
