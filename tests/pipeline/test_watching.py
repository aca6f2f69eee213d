"""Being stuck is told once, by whoever lives, and so is its end; what passes is told to nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.utils import timezone

from governance.alerts.models import Delivery, Event
from governance.pipeline import outbox, watching
from governance.pipeline.components import Condition
from governance.pipeline.heartbeat import beat
from governance.pipeline.models import Episode, Heartbeat, Tick, Work
from governance.pipeline.watching import GRACE, SETTLED, note, send_ourselves, watch
from tests.alerts.cast import announced
from tests.pipeline.cast import events

pytestmark = pytest.mark.django_db
START = timezone.now()
FINE = [Condition(name, True, "Fine.") for name in ("worker", "ticker", "work", "mail")]
SILENT = Condition("worker", False, "No worker was heard of for 45 s.", remedy="Start one.")
LATE = Condition("work", False, "The oldest due work waits for 130 s.", remedy="Start more.")
GONE = Condition("ticker", False, "No ticker was heard of for 45 s.")
UNSENT = Condition("mail", False, "3 messages wait.", required=False)
DEAD = Condition("dead", False, "1 job has failed for good.", required=False)


@contextmanager
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address that answers OK, and the paths that were asked for."""
    asked: list[str] = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(b"OK")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def after(seconds: float, *ill: Condition) -> None:
    """A look so many seconds after the start."""
    names = {one.component for one in ill}
    found = [*ill, *(one for one in FINE if one.component not in names)]
    note(found, START + timedelta(seconds=seconds))


def told() -> list[tuple[str, str]]:
    return [(event.kind, event.context["object"]) for event in Event.objects.order_by("id")]


def test_what_passes_is_told_to_nobody_and_forgotten():
    after(0, SILENT), after(20, SILENT), after(25)
    assert told() == []
    assert not Episode.objects.exists()
    after(26, SILENT), after(50, SILENT)
    assert told() == []


def test_it_is_told_once_and_once_that_it_is_over():
    for seconds in range(0, 400, 10):
        after(seconds, SILENT)
    assert told() == [("work_stuck", "worker")]
    after(400), after(450)
    assert len(told()) == 1
    after(461)
    assert told() == [("work_stuck", "worker"), ("work_resumed", "worker")]
    assert events("work_resumed")[0].context["sentence"] == "Well again: worker after 7 minutes."
    after(1000), after(1100, SILENT), after(1131, SILENT)
    assert len(told()) == 3


def test_what_is_well_for_moments_only_is_the_same_episode():
    after(0, SILENT), after(30, SILENT), after(40), after(90, SILENT), after(110), after(150)
    assert told() == [("work_stuck", "worker")]
    after(171)
    assert len(told()) == 2


def test_what_fails_together_is_one_message_with_what_to_do():
    after(0, SILENT, GONE), after(30, SILENT, GONE)
    [event] = Event.objects.all()
    assert event.context["object"] == "worker, ticker"
    assert [finding["reason"] for finding in event.context["findings"]] == [
        "Worker: No worker was heard of for 45 s.",
        "Ticker: No ticker was heard of for 45 s.",
    ]
    assert event.context["findings"][0]["how_to_fix"] == "Start one."


def test_what_follows_from_something_told_is_not_told_itself():
    after(0, SILENT), after(30, SILENT), after(90, SILENT, LATE), after(150, SILENT, LATE)
    assert told() == [("work_stuck", "worker")]


def test_another_component_that_fails_later_is_told():
    after(0, UNSENT), after(30, UNSENT), after(90, SILENT, UNSENT), after(120, SILENT, UNSENT)
    assert told() == [("work_stuck", "mail"), ("work_stuck", "worker")]


def test_work_that_died_is_told_elsewhere():
    after(0, DEAD), after(100, DEAD)
    assert told() == []


def test_who_watches_sends_the_message_itself_while_no_worker_does(settings):
    settings.ALERT_EMAILS = ["ann@example.org"]
    announced(key="other")
    after(0, SILENT), after(30, SILENT)
    send_ourselves()
    [stuck] = Delivery.objects.filter(event__kind="work_stuck")
    assert stuck.status == "delivered"
    assert Delivery.objects.exclude(pk=stuck.pk).get().status == "waiting"
    assert Work.objects.get(key=str(stuck.pk)).state == "done"
    assert not Heartbeat.objects.filter(component__startswith="worker@").exists()
    files = [path.read_text() for path in Path(settings.NOTIFIER_OPTIONS["folder"]).glob("*.eml")]
    assert [text for text in files if stuck.message_id in text and "[Stuck] worker: No worker" in text]


def test_who_watches_leaves_the_messages_to_workers_that_live():
    after(0, UNSENT), after(30, UNSENT)
    send_ourselves()
    assert set(Delivery.objects.values_list("status", flat=True)) == {"waiting"}


def test_of_many_who_look_one_acts(monkeypatch):
    looked = []
    monkeypatch.setattr(watching, "conditions", lambda: looked.append(1) or FINE)
    slot = outbox.database_now()
    monkeypatch.setattr(outbox, "database_now", lambda: slot)
    watch(), watch(), watch()
    assert len(looked) == 1


def test_an_address_outside_is_asked_while_all_is_well_and_not_otherwise(settings):
    beat("worker"), beat("ticker")
    with listener() as (address, asked):
        settings.HEARTBEAT_URL = f"{address}/ping"
        watch()
        assert asked == ["/ping"]
        Heartbeat.objects.all().delete(), Tick.objects.all().delete()
        watch()
        assert asked == ["/ping"]


def test_an_address_that_cannot_be_asked_is_a_warning_without_the_address(settings, caplog):
    settings.HEARTBEAT_URL = "http://127.0.0.1:9/secret-path"
    watching._ping()
    assert "HEARTBEAT_URL could not be asked" in caplog.text
    assert GRACE < SETTLED
