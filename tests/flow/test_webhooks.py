"""Webhooks of a whole platform: subscribed by the API, signed, repeated recognizably, refused in sight."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.chaos.sinks import Hooked, HookSink, hook_sink
from tests.flow.cast import PEOPLE, Stage, stage

pytestmark = pytest.mark.flow


@pytest.fixture
def hooks() -> Iterator[list[HookSink]]:
    with ExitStack() as stack:
        yield [stack.enter_context(hook_sink()) for _ in range(3)]


@pytest.fixture
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    settings = {"LEASE_SECONDS": "2", "SWEEP_SECONDS": "1", "WORKER_THREADS": "1"}
    settings |= {"ALLOW_PRIVATE_TARGETS": "1", "ALERT_EMAILS": PEOPLE[0]}
    with stage(tmp_path_factory.mktemp("hooks"), "embedded", **settings) as made:
        yield made


def subscribe(one: Stage, sink: HookSink) -> str:
    """Answers the secret."""
    made = one.platform.post("/subscriptions/", {"channel": "webhook", "address": sink.address})
    return str(one.platform.get(f"/subscriptions/{made['id']}/secret/")["secrets"][0])


def status(one: Stage, sink: HookSink) -> Any:
    [row] = one.platform.sql(
        f"SELECT status, sends, error, message_id FROM alerts_delivery WHERE recipient = '{sink.address}'"
    )
    return row


def signed(secret: str, came: Hooked) -> bool:
    content = f"{came.id}.{came.headers['webhook-timestamp']}.".encode() + came.raw
    key = base64.b64decode(secret.removeprefix("whsec_"))
    good = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return f"v1,{good}" in came.headers["webhook-signature"].split()


def test_each_webhook_is_told_once_or_recognizably_again(one: Stage, hooks: list[HookSink]) -> None:
    platform, (fine, gone, busy) = one.platform, hooks
    gone.status = 410
    busy.status, busy.headers = 503, {"Retry-After": "0"}
    platform.start("up", CHAOS_KILL="deliver_sent:2")  # the mail, and the first of the hooks
    secret, *_ = [subscribe(one, sink) for sink in hooks]
    one.clerk.announce_event(key="trouble")
    platform.wait(lambda: not platform.alive("up"), "the process to die before it wrote down what it sent")
    assert [came.status for came in fine.log] == [204]
    assert status(one, fine)[:2] == ("waiting", 1)

    platform.start("up")
    platform.wait(lambda: status(one, gone)[0] == "refused", "a hook that is gone to be given up")
    platform.wait(lambda: "503" in status(one, busy)[2], "a hook that is busy to say so")
    busy.status = 204
    platform.sql("UPDATE pipeline_work SET due_at = '2000-01-01' WHERE kind = 'deliver' AND state = 'due'")
    platform.settle()

    before, again = fine.log
    assert before.id == again.id == status(one, fine)[3].strip("<>").partition("@")[0]
    assert before.raw == again.raw
    assert "x-possible-duplicate" not in before.headers
    assert again.headers["x-possible-duplicate"] == "1"
    assert all(signed(secret, came) for came in fine.log)
    assert not signed(secret, busy.log[-1])
    assert [status(one, sink)[0] for sink in hooks] == ["delivered", "refused", "delivered"]
    assert "410" in status(one, gone)[2]
    shown = {row["recipient"]: row["status"] for row in platform.get("/deliveries/")["results"]}
    assert shown[gone.address] == "refused"
