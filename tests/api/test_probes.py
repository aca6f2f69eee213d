from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from governance.pipeline.heartbeat import beat
from governance.pipeline.models import Heartbeat, Work
from tests.servers.process import free_port

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def living():
    beat("worker"), beat("ticker")


def asked(client) -> tuple[int, dict[str, dict]]:
    answer = client.get("/readyz")
    assert answer["Cache-Control"] == "no-store"
    return answer.status_code, {one["component"]: one for one in answer.json()["components"]}


def test_a_process_that_lives_says_so(client):
    assert client.get("/healthz").status_code == 200


def test_who_asks_from_within_need_not_speak_tls(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert [client.get(path).status_code for path in ("/healthz", "/metrics")] == [200, 200]
    assert client.get("/readyz").status_code in (200, 503)
    assert client.get("/sign-in/").status_code == 301


def test_it_is_ready_when_every_component_is_well(client):
    status, components = asked(client)
    assert status == 200
    assert list(components) == [
        "database",
        "broker",
        "migrations",
        "worker",
        "ticker",
        "work",
        "mail",
        "dead",
    ]
    for one in components.values():
        assert one["ok"], one
        assert set(one) == {"component", "ok", "required", "detail", "since", "remedy"}


def test_who_is_not_ready_says_what_fails_since_when_and_what_to_do(client):
    Heartbeat.objects.filter(component__startswith="worker@").delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert "worker: No worker was heard of yet. Start one (manage.py worker)" in answer.json()["detail"]
    [worker] = [one for one in answer.json()["components"] if one["component"] == "worker"]
    assert worker["since"]
    assert "manage.py worker" in worker["remedy"]


def test_dead_work_is_a_warning(client):
    now = timezone.now()
    Work.objects.create(
        kind="sync", key="secret-model", state="dead", due_at=now, created_at=now, finished_at=now
    )
    status, components = asked(client)
    assert status == 200
    assert not components["dead"]["ok"]
    assert not components["dead"]["required"]
    assert "1 job has failed for good" in components["dead"]["detail"]


def test_strangers_hear_no_names(client, settings):
    settings.EMBEDDED, settings.REDIS_URL = False, f"redis://user:hunter22@127.0.0.1:{free_port()}/0"
    text = client.get("/readyz").content.decode()
    host = Heartbeat.objects.first().component.partition("@")[2].partition(":")[0]
    for secret in ("hunter22", host, "127.0.0.1"):
        assert secret not in text
    assert '"broker", "ok": false' in text


def test_it_answers_in_time_though_database_and_broker_accept_and_say_nothing(tmp_path):
    """A process of its own, whose servers take connections and then are silent."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as silent:
        port = silent.getsockname()[1]
        servers = {
            "DATABASE_URL": f"postgresql://u:hunter22@127.0.0.1:{port}/x",
            "REDIS_URL": f"redis://127.0.0.1:{port}/0",
        }
        done = subprocess.run(
            [sys.executable, "-c", ASKING],
            cwd=ROOT,
            env={**os.environ, **servers, "MODELSTEWARD_VAR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
        )
    seconds, status, body = json.loads(done.stdout.splitlines()[-1])
    assert max(seconds) < 2
    assert set(status) == {503}
    failing = {one["component"] for one in body["components"] if not one["ok"]}
    assert failing == {"database", "broker", "migrations", "worker", "ticker", "work", "mail", "dead"}
    assert "hunter22" not in done.stdout + done.stderr


ASKING = """
import json, os, time
import django
django.setup()
from django.test import Client
answers, seconds = [], []
client = Client(SERVER_NAME="127.0.0.1")
assert client.get("/healthz").status_code == 200
for path in ["/readyz"] * 6:
    began = time.monotonic()
    answers.append(client.get(path))
    seconds.append(time.monotonic() - began)
print(json.dumps([seconds, [one.status_code for one in answers], answers[0].json()]), flush=True)
os._exit(0)
"""
