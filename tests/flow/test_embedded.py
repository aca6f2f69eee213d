"""One process on SQLite: it ends warm, waits for a hub or a mail server that is not ready, and gives up."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from governance.demo.hub.wire import Answer as HubAnswer
from governance.demo.hub.wire import Request
from tests.flow.cast import PEOPLE, Stage, stage
from tests.servers.hub import faults
from tests.servers.smtp import Answer, Moment

pytestmark = pytest.mark.flow
FINE, GONE, LATER, BUSY, SILENT, CUT = (
    f"{name}@example.com" for name in ("fine", "gone", "later", "busy", "silent", "cut")
)


@pytest.fixture
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("embedded"), "embedded", LEASE_SECONDS="5") as made:
        made.found_one_company()
        yield made


def processors_of_threads(pid: int) -> set[int]:
    """How many processors each thread of the process may run on, where the system tells."""
    threads = Path(f"/proc/{pid}/task")
    return (
        {len(os.sched_getaffinity(int(one.name))) for one in threads.iterdir()} if threads.is_dir() else set()
    )


def test_it_ends_warm_and_finishes_what_it_began(one: Stage) -> None:
    platform, asked, free = one.platform, threading.Event(), threading.Event()

    def held(request: Request, answer: HubAnswer) -> HubAnswer:
        asked.set()
        free.wait(20)
        return answer

    one.queue_everything("warm")
    one.hub.fail(held, "/api/models/acme/warm*", times=1)
    platform.start()
    assert asked.wait(20)
    assert processors_of_threads(platform.children["up"].pid) <= {1}
    began = time.monotonic()
    platform.children["up"].send_signal(signal.SIGTERM)
    free.set()
    assert platform.children["up"].wait(10) == 0, platform.last_words()
    assert time.monotonic() - began < 10
    assert platform.members("up") == []
    assert platform.sql("SELECT kind, key FROM pipeline_work WHERE state = 'leased'") == []
    assert platform.sql("SELECT state FROM pipeline_work WHERE kind = 'sync'") == [("done",)]

    platform.start()
    platform.settle()
    counted = one.count()
    assert counted.wrong == []
    assert counted.repeats == 0


def test_a_hub_that_asks_to_wait_holds_up_nobody_else(one: Stage) -> None:
    platform = one.platform
    slow, quick = one.new_model("slow"), one.new_model("quick")
    one.hub.fail(faults.too_many_requests("4"), f"/api/models/{slow}*", times=1)
    platform.start()
    platform.post("/models/", {"repo_id": slow})
    rescheduled = (
        "SELECT state, attempts, last_error FROM pipeline_work"
        " WHERE kind = 'sync' AND state = 'due' AND last_error <> ''"
    )
    platform.wait(lambda: platform.sql(rescheduled) != [], "the hub to ask for patience")
    [(state, attempts, error)] = platform.sql(rescheduled)
    assert (state, attempts) == ("due", 0), error
    model = platform.post("/models/", {"repo_id": quick})
    platform.wait(lambda: one.model(model["id"])["state"] == "available", "the other model to be read", 3)
    assert platform.sql(rescheduled) != []
    platform.settle()
    first, second = one.hub.asked(f"/api/models/{slow}*")[:2]
    assert second.at - first.at >= 4
    assert one.count().wrong == []


def test_work_that_always_fails_is_dead_after_three_attempts_and_can_be_retried(one: Stage) -> None:
    platform = one.platform
    one.clerk.put_poison(key="poison")
    platform.start()
    dead = lambda: platform.get("/work/?state=dead")["results"]  # noqa: E731
    platform.wait(lambda: bool(dead()), "it to be given up")
    platform.settle()
    [work] = dead()
    assert (work["key"], work["attempts"]) == ("poison", 3)
    assert "KeyError" in work["last_error"]
    for person in PEOPLE:
        assert len(one.mails_about("sync poison", person)) == 1
    assert one.count(dead=1).wrong == []
    retried = platform.ask("POST", f"/work/{work['id']}/retry/")
    assert (retried.status, retried.body["state"], retried.body["attempts"]) == (200, "due", 0)
    assert platform.ask("POST", f"/work/{work['id']}/retry/").status == 409


def test_each_recipient_gets_the_mail_as_soon_as_the_server_takes_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    everybody = ",".join((FINE, GONE, LATER, BUSY, SILENT, CUT))
    folder = tmp_path_factory.mktemp("mail")
    with stage(folder, "embedded", LEASE_SECONDS="5", ALERT_EMAILS=everybody, EMAIL_TIMEOUT="1") as one:
        platform, mail = one.platform, one.mail
        mail.answer(Answer.REFUSE, to=GONE)
        mail.answer(Answer.TRY_LATER, to=LATER)
        mail.answer(Answer.UNAVAILABLE, to=BUSY)
        mail.answer(Answer.HANG, to=SILENT)
        mail.answer(Answer.CLOSE, to=CUT)
        one.clerk.announce_event(key="trouble")
        platform.start()
        platform.wait(lambda: tried(one) == {GONE, LATER, BUSY, SILENT, CUT}, "all to be tried")
        platform.wait(lambda: status(one, FINE) == "delivered", "the one without trouble to have it")
        assert status(one, GONE) == "refused"
        for person in (LATER, BUSY, SILENT, CUT):
            assert status(one, person) == "waiting"
            mail.answer(Answer.ACCEPT, to=person, at=Moment.RCPT)
        platform.settle()

        came = {
            person: [k for k in mail.messages if k.recipients == (person,)] for person in everybody.split(",")
        }
        assert {person: len(kept) for person, kept in came.items() if person != CUT} == {
            FINE: 1, GONE: 0, LATER: 1, BUSY: 1, SILENT: 1,
        }  # fmt: skip
        first, *again = came[CUT]
        assert again
        assert {kept.message_id for kept in again} == {first.message_id}
        assert first.message["X-Possible-Duplicate"] is None
        assert all(kept.message["X-Possible-Duplicate"] for kept in again)
        shown = {row["recipient"]: row for row in platform.get("/deliveries/")["results"]}
        assert "550" in shown[GONE]["error"]
        assert one.count().wrong == []


def status(one: Stage, person: str) -> str:
    [(found,)] = one.platform.sql(f"SELECT status FROM alerts_delivery WHERE recipient = '{person}'")
    return str(found)


def tried(one: Stage) -> set[str]:
    return {
        person for (person,) in one.platform.sql("SELECT recipient FROM alerts_delivery WHERE error <> ''")
    }


def test_a_post_that_was_cut_off_takes_effect_once_when_it_is_repeated(one: Stage) -> None:
    platform = one.platform
    platform.start()
    for number, moment in enumerate((0.002, 0.006, 0.012)):
        draft = {"company": "acme", "license": "llama3.1", "reference": f"cut-{number}", "status": "draft"}

        def send(body: object = draft, key: str = f"cut-{number}") -> None:
            with suppress(OSError, ValueError):
                platform.ask("POST", "/grants/", body, key=key)

        client = threading.Thread(target=send)
        client.start()
        time.sleep(moment)
        platform.kill()
        client.join()
        platform.start()
        answer = platform.ask("POST", "/grants/", draft, key=f"cut-{number}")
        assert answer.status == 201
        rows = platform.sql(f"SELECT id FROM licensing_grant WHERE reference = 'cut-{number}'")
        assert rows == [(answer.body["id"],)]


def test_tickers_that_look_at_the_same_instant_take_each_slot_once(one: Stage) -> None:
    assert set(one.clerk.race_ticks(tickers=4, rounds=20).values()) == {20}
