"""The gate for pipelines, run as a pipeline runs it: a process with an exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from governance.compliance.models import Case, Subject
from governance.pipeline.execution import drain
from tests.api.conftest import LLAMA, alice, blocked, hub, llama, threshold  # noqa: F401  fixtures
from tests.cast import token_of

pytestmark = pytest.mark.django_db(transaction=True)
CLI = Path(__file__).resolve().parents[1] / "modelsteward"
Run = Callable[..., subprocess.CompletedProcess[str]]


def run(*args: str, url: str, token: str = "mst_any") -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "MODELSTEWARD_URL": url, "MODELSTEWARD_TOKEN": token, "NO_PROXY": "*"}
    command = [sys.executable, "-S", str(CLI), *args]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)


@pytest.fixture
def ask(live_server: Any, blocked: Any) -> Run:  # noqa: F811
    token = token_of("eve")
    return lambda *args: run("check", *args, url=live_server.url, token=token)


def decided(decision: str, **more: Any) -> None:
    subject = Subject.objects.filter(deployment__slug="chat-prod")
    subject.update(decision=decision)
    Case.objects.filter(pk__in=subject.values("case")).update(decision=decision, **more)


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        ("allowed", 0),
        ("allowed_with_duties", 0),
        ("blocked", 1),
        ("needs_review", 3),
        ("cannot_tell", 4),
    ],
)
def test_the_exit_code_is_the_decision(ask, decision, code):
    decided(decision)
    assert ask("--deployment", "chat-prod").returncode == code


def test_people_read_the_reason_and_what_to_do(ask):
    told = ask("--deployment", "chat-prod").stdout
    assert told.startswith("chat-prod: blocked\n")
    assert "license.usage-threshold (llama3.1, section 2): " in told
    assert "720,000,000" in told
    assert "To do: Ask Meta" in told


def test_machines_read_json(ask):
    told = json.loads(ask("--deployment", "chat-prod", "--json").stdout)
    assert (told["decision"], told["allow"], told["exit"]) == ("blocked", False, 1)


def test_an_unknown_deployment_cannot_be_told(ask):
    answer = ask("--deployment", "nonesuch")
    assert answer.returncode == 4
    assert "no deployment" in answer.stdout


def test_reasons_cannot_write_to_the_terminal(ask):
    decided("blocked", reasons=[{"outcome": "fail", "reason": "\x1b[2J\x1b[32mall is well\nallowed"}])
    told = ask("--deployment", "chat-prod").stdout
    assert "\x1b" not in told
    assert len(told.splitlines()) == 2


def test_a_described_use_is_judged_by_a_worker(ask):
    stop = threading.Event()
    worker = threading.Thread(target=_work, args=(stop,))
    worker.start()
    try:
        answer = ask("--model", LLAMA, "--product", "chat", "--use", "commercial", "--region", "US")
    finally:
        stop.set()
        worker.join()
    assert answer.returncode == 1, answer.stderr
    assert answer.stdout.startswith(f"{LLAMA}: blocked\n")


def _work(stop: threading.Event) -> None:
    try:
        while not stop.wait(0.05):
            drain()
    finally:
        connection.close()


def test_a_described_use_without_a_worker_is_not_answered(ask):
    assert ask("--model", LLAMA, "--product", "chat", "--timeout", "1").returncode == 5


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["check"],
        ["check", "--deployment"],
        ["check", "--deployment", "a", "--model", "b/c"],
        ["check", "--deployment", "a", "--product", "chat"],
        ["check", "--deployment", "a", "--timeout", "0"],
        ["check", "--deployment", "a", "--timeout", "soon"],
        ["check", "--colour", "red"],
        ["allow", "--deployment", "a"],
    ],
)
def test_wrong_usage_is_neither_an_answer_nor_a_pass(args):
    answer = run(*args, url="http://127.0.0.1:1")
    assert answer.returncode == 2
    assert answer.stderr


def test_what_the_platform_refuses_is_wrong_usage(ask):
    answer = ask("--model", "acme/nothing", "--product", "chat")
    assert answer.returncode == 2
    assert "model: there is no model 'acme/nothing'" in answer.stderr


@pytest.mark.parametrize(
    ("url", "token", "named"),
    [("", "t", "URL"), ("ftp://x", "t", "URL"), ("http://x", "", "TOKEN"), ("http://x", "a\nb", "TOKEN")],
)
def test_a_missing_setting_is_named(url, token, named):
    answer = run("check", "--deployment", "a", url=url, token=token)
    assert answer.returncode == 2
    assert f"MODELSTEWARD_{named}" in answer.stderr


def test_a_refused_token_is_no_answer(live_server):
    answer = run("check", "--deployment", "a", "--json", url=live_server.url, token="mst_forged")
    assert answer.returncode == 5
    assert json.loads(answer.stdout)["allow"] is False
    assert "mst_forged" not in answer.stdout + answer.stderr


ALLOWED = {"decision": "allowed", "allow": True, "reasons": [], "evaluated_at": None}
UNUSABLE = {
    "a server error": (500, {}, ALLOWED),
    "a gateway error": (502, {}, "<html>Bad gateway</html>"),
    "too many": (429, {}, ALLOWED),
    "no JSON": (200, {}, "allowed"),
    "no object": (200, {}, [ALLOWED]),
    "no decision": (200, {}, {"allow": True}),
    "an unknown decision": (200, {}, {**ALLOWED, "decision": "fine"}),
    "allowed by mistake": (200, {}, {**ALLOWED, "decision": "blocked"}),
    "blocked by mistake": (200, {}, {**ALLOWED, "allow": False}),
    "almost true": (200, {}, {**ALLOWED, "allow": 1}),
    "allowed by a 404": (404, {}, ALLOWED),
    "reasons of another shape": (200, {}, {**ALLOWED, "reasons": "none"}),
    "a way to somewhere else": (302, {"Location": "http://127.0.0.1:1/"}, ALLOWED),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_an_answer_that_cannot_be_relied_on_is_none(kind):
    with answering(*UNUSABLE[kind]) as url:
        assert run("check", "--deployment", "a", url=url).returncode == 5


def test_a_platform_that_is_not_there_or_says_nothing_is_no_answer():
    assert run("check", "--deployment", "a", url="http://127.0.0.1:1").returncode == 5
    with answering(None, {}, "") as url:
        assert run("check", "--deployment", "a", "--timeout", "0.5", url=url).returncode == 5


@contextmanager
def answering(status: int | None, headers: dict[str, str], body: Any) -> Iterator[str]:
    """A server that gives this answer to every question, or none at all."""
    silent = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if status is None:
                silent.wait(30)
                return
            raw = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(raw))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        silent.set()
        server.shutdown()
        server.server_close()
