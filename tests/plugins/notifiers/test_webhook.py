"""Webhooks against a real server that refuses, redirects, hangs and asks for patience."""

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from governance.core.notifier import Message, NotifierError
from plugins.notifiers.webhook import Webhook
from tests.chaos.sinks import hook_sink

SECRETS = tuple("whsec_" + base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
MESSAGE = Message(
    message_id="<3f2a@steward.example.org>",
    subject="[Blocked] chat-eu",
    text="Users were 720,000,000.\n",
    headers={"X-Possible-Duplicate": "1", "List-Unsubscribe": "<https://steward.example.org/u/>"},
    data={"type": "violation_opened", "data": {"subject": "[Blocked] chat-eu – Ä"}},
    secrets=SECRETS,
)


@pytest.fixture
def hooks():
    with hook_sink() as sink:
        yield sink


def local(**more):
    return Webhook({"timeout": 5, "private_targets": True, **more})


def refused(address, notifier=None, message=MESSAGE):
    with pytest.raises(NotifierError) as caught:
        (notifier or local()).send(address, message)
    return caught.value


def verified(secret, headers, body, now):
    """As the receiver does it, by the description in docs/webhooks.md."""
    if abs(now - int(headers["webhook-timestamp"])) > 300:
        return False
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    good = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(good, one) for one in headers["webhook-signature"].split())


def test_a_message_comes_as_json_that_each_live_secret_verifies(hooks):
    local().send(hooks.address, MESSAGE)
    (came,) = hooks.log
    assert came.body == MESSAGE.data
    assert came.headers["content-type"] == "application/json"
    for secret in SECRETS:
        assert verified(secret, came.headers, came.raw, time.time())
        assert not verified(secret, came.headers, came.raw + b" ", time.time())
        assert not verified(secret, came.headers, came.raw, time.time() + 301)
    assert not verified("whsec_" + base64.b64encode(b"?" * 32).decode(), came.headers, came.raw, time.time())


def test_a_repeat_has_the_same_id_and_body_and_says_what_it_is(hooks):
    for _ in range(2):
        local().send(hooks.address, MESSAGE)
    first, second = hooks.log
    assert first.id == second.id == "3f2a"
    assert first.raw == second.raw
    assert second.headers["x-possible-duplicate"] == "1"
    assert "list-unsubscribe" not in second.headers


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_two_hundred_and_something_is_success(hooks, status):
    hooks.status = status
    local().send(hooks.address, MESSAGE)


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        *((status, True) for status in (301, 308, 400, 404, 405, 410, 413, 415, 422)),
        *((status, False) for status in (302, 303, 307, 401, 403, 408, 409, 425, 429)),
        *((status, False) for status in (500, 502, 503, 504, 599)),
    ],
)
def test_what_is_gone_is_final_and_what_may_pass_or_be_mended_is_not(hooks, status, permanent):
    hooks.status = status
    fault = refused(hooks.address)
    assert fault.permanent is permanent
    assert f"127.0.0.1 answered {status}" in fault.sentence
    assert len(hooks.log) == 1


def test_no_redirect_is_followed(hooks):
    hooks.status, hooks.headers = 307, {"Location": "/elsewhere?token=swordfish"}
    fault = refused(hooks.address)
    assert "no redirect is followed" in fault.sentence
    assert "swordfish" not in fault.sentence
    assert [came.path for came in hooks.log] == ["/hook"]


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("soon", None),
        ("", None),
        ("-1", None),
        ("9" * 400, 999_999_999),
        ("Mon, 01 Jan 2026 00:00:00 +99999999999999", None),
        ("Sun, 01 Nov 2020 00:00:00 GMT", 0),
    ],
)
def test_how_long_the_other_side_asks_to_be_left_alone(hooks, asked, seconds):
    hooks.status, hooks.headers = 429, {"Retry-After": asked}
    fault = refused(hooks.address)
    assert (fault.permanent, fault.after) == (False, seconds)


def test_it_may_name_a_date_as_well(hooks):
    hooks.status = 503
    hooks.headers = {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(seconds=600))}
    assert 590 < refused(hooks.address).after <= 600


@contextmanager
def answering(*parts, pause=0.02):
    """A server that says these parts, again and again the last one, until the other side leaves."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()

        def serve():
            connection, _ = server.accept()
            with connection:
                try:
                    for part in parts:
                        connection.sendall(part)
                    while not ended.wait(pause):
                        connection.sendall(parts[-1] if parts else b"")
                except OSError:
                    pass

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"
        ended.set()


@pytest.mark.parametrize("said", [(), (b"HTTP/1.1 200 OK\r\nX: ", b"x")], ids=["nothing", "a byte at a time"])
def test_who_hangs_is_left_when_the_time_is_over(said):
    with answering(*said) as address:
        begun = time.monotonic()
        fault = refused(address, local(timeout=0.3))
        assert time.monotonic() - begun < 4
    assert not fault.permanent
    assert "did not come in time" in fault.sentence


def test_an_answer_without_end_is_not_waited_for():
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with answering(head, b"4000\r\n" + b"x" * 0x4000 + b"\r\n", pause=0) as address:
        local().send(address, MESSAGE)


def test_nonsense_and_nobody_are_not_final():
    with answering(b"220 mail.example.org ESMTP\r\n\r\n") as address:
        assert not refused(address, local(timeout=1)).permanent
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers
        fault = refused(f"http://127.0.0.1:{taken.getsockname()[1]}/?token=swordfish")
    assert not fault.permanent
    assert "127.0.0.1 did not take it" in fault.sentence
    assert "swordfish" not in fault.sentence


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        ("", "must begin with https://"),
        ("http://hooks.example.org/a", "must begin with https://, so that nobody else reads"),
        ("https://me:secret@hooks.example.org/a", "no user name or password"),
        ("https://hooks.example.org:8443/a", "names port 8443; only 443"),
        ("https://10.0.0.1/a", "names 10.0.0.1, which is no public address"),
        ("https://[::1]/a", "no public address"),
        ("https://169.254.169.254/latest", "no public address"),
        ("https://localhost/a", "names localhost, which is no host of the public internet"),
        ("https://2130706433/a", "no name of a host"),
        ("https://hooks.example.org/a b", "without spaces"),
        ("https://hooks.example.org/" + "a" * 2000, "at most 2000 fit"),
    ],
)
def test_an_address_that_may_not_be_is_refused_with_its_cause(address, cause):
    with pytest.raises(ValueError, match=cause):
        Webhook({}).read_address(address)
    fault = refused(address, Webhook({}))
    assert fault.permanent
    assert "secret" not in fault.sentence


def test_a_name_that_stands_for_an_address_within_is_never_connected_to(monkeypatch):
    """What a name stands for is seen only then; a resolver that lies is tried by another test of hosts."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: found)
    fault = refused("https://hooks.example.org/a?token=swordfish", Webhook({"timeout": 1}))
    assert "hooks.example.org stands for 10.1.2.3, which is no public address" in fault.sentence
    assert not fault.permanent
    assert "swordfish" not in fault.sentence


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://hooks.example.org/alerts", "https://hooks.example.org/alerts"),
        (
            "https://hooks.slack.com/services/T00/B00/abcdefghijklmnop",
            "https://hooks.slack.com/services/T00/B00/abcd…",
        ),
        ("https://a.example/x?sig=abc&y=1", "https://a.example/x?…"),
    ],
)
def test_what_may_be_a_token_is_not_for_everybody(address, shown):
    assert Webhook({}).shown_address(address) == shown


def test_secrets_do_not_show_in_the_message():
    assert SECRETS[0] not in repr(MESSAGE)


def test_json_is_utf_8_as_it_was_signed(hooks):
    local().send(hooks.address, MESSAGE)
    assert "– Ä".encode() in hooks.log[0].raw
    assert json.loads(hooks.log[0].raw) == MESSAGE.data
