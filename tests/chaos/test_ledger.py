"""The ledger and those who read it: what is accepted, what a restore undid, what may not be let through."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.chaos.driver import Driver, RefusedError
from tests.chaos.ledger import Ledger
from tests.chaos.poller import Asker, Truth, added_up
from tests.chaos.proxy import proxy


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.jsonl")


class _Web(BaseHTTPRequestHandler):
    """Refuses each POST once with 503, then accepts it; lets everything through its gate."""

    protocol_version = "HTTP/1.1"
    seen: dict[str, int]

    def do_GET(self) -> None:
        self._say(200, {"allow": True, "reasons": []})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Idempotency-Key"]
        self.seen[key] = self.seen.get(key, 0) + 1
        status = 400 if key == "bad" else 503 if self.seen[key] == 1 else 201
        self._say(status, {"id": 7})

    def _say(self, status: int, body: object) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def web() -> Iterator[str]:
    handler = type("Web", (_Web,), {"seen": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_what_a_restored_backup_undid_is_not_accepted_any_more(ledger: Ledger) -> None:
    for key, mark in (("a", "backup"), ("b", "restored"), ("c", "")):
        ledger.note("check", key=key, state="accepted", id=key)
        if mark:
            ledger.note(mark)
    assert ledger.accepted("check") == {"a": "a", "c": "c"}


def test_the_driver_repeats_what_was_not_accepted_under_the_same_key(ledger: Ledger, web: str) -> None:
    driver = Driver(web, "token", ledger)
    assert driver.check("x") == 7
    assert ledger.accepted("check") == {"check:x": 7}
    assert [line["state"] for line in ledger] == ["sent", "accepted"]
    assert driver.statuses == [503, 201]


def test_the_driver_does_not_repeat_what_is_refused_for_good(ledger: Ledger, web: str) -> None:
    with pytest.raises(RefusedError):
        Driver(web, "token", ledger).send("check", "/checks/", {}, key="bad")
    assert ledger.accepted("check") == {}


def test_the_poller_sees_what_may_not_be_let_through(ledger: Ledger, web: str) -> None:
    ledger.forbid("never")
    ledger.permit("may")
    truth = Truth(ledger.path)
    truth.catch_up()
    asker = Asker(web, "token", truth, 0)
    asker._answered("may", 0.0, 200, b'{"allow": true}')
    asker._answered("never", truth.wrong_from["never"] + 1, 200, b'{"allow": true}')
    asker._answered("stranger", 1.0, 200, b'{"allow": true}')
    asker._answered("never", 1.0, 503, b'{"allow": false, "reasons": []}')
    polled = added_up([asker], truth)
    assert polled.wrong == ["never", "stranger"]
    assert (polled.polls, polled.allowed, polled.mute) == (4, 3, 1)


def test_a_restored_backup_brings_back_what_was_true_then(ledger: Ledger) -> None:
    ledger.permit("grower")
    ledger.note("backup")
    ledger.forbid("grower")
    ledger.permit("later")
    ledger.note("restored")
    truth = Truth(ledger.path)
    truth.catch_up()
    assert truth.wrong_from == {"grower": None}


def test_an_answer_to_a_question_from_before_the_change_is_not_wrong(ledger: Ledger) -> None:
    ledger.permit("grower")
    ledger.forbid("grower")
    truth = Truth(ledger.path)
    truth.catch_up()
    since = truth.wrong_from["grower"]
    assert since is not None
    asker = Asker("http://127.0.0.1:1", "token", truth, 0)
    asker._answered("grower", since - 0.001, 200, b'{"allow": true}')
    assert added_up([asker], truth).wrong == []


def test_the_proxy_stops_forwarding_and_keeps_the_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, proxy(*listener.getsockname()) as made:
        near = socket.create_connection(("127.0.0.1", made.port), 5)
        far, _ = listener.accept()
        near.sendall(b"one")
        assert far.recv(10) == b"one"
        made.stall()
        near.sendall(b"two")
        far.settimeout(0.1)
        with pytest.raises(TimeoutError):
            far.recv(10)
        made.mend()
        far.settimeout(5)
        while far.recv(10):  # what was under way may still come, then the connection ends
            pass
