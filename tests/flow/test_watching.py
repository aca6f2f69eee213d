"""Several processes, watched from outside: a frozen worker is found, metrics add up, and logs are safe."""

from __future__ import annotations

import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from governance.demo.hub import DEMO_TOKEN
from tests.flow.cast import Stage, stage
from tests.flow.platform import ROOT, kin

pytestmark = pytest.mark.flow
TRACING, EXECUTION = "governance.api.tracing", "governance.pipeline.execution"
QUERY = "a-request-of-the-test"


@pytest.fixture
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("watched")
    with stage(folder, "scaled", STUCK_SECONDS="3", SECRET_KEY="never-to-be-logged-42") as made:
        made.found_one_company()
        web = made.platform.commands["web"]
        here = web.index("granian") + 1
        web[here:here] = ["--log-config", str(ROOT / "governance" / "web_log.json")]
        yield made


def test_it_can_be_watched(one: Stage) -> None:
    platform = one.platform
    platform.start()
    platform.wait(lambda: readyz(one)[0] == 200, "it to be ready")
    name = one.new_model("watched")
    asked(one, "/api/v1/models/", json.dumps({"repo_id": name}).encode())
    platform.settle()
    platform.wait(lambda: counted(one, "work_runs_total", "handled") > 0, "the pool to tell its counts", 15)
    assert counted(one, "source_budget_left", "api") > 0

    frozen = platform.offspring("worker")
    assert frozen
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    platform.post("/models/", {"repo_id": one.new_model("while-frozen")})
    platform.wait(lambda: "take nothing" in readyz(one)[1]["worker"]["detail"], "it to be found", 20)
    assert platform.children["worker"].wait(20) == 1
    platform.wait(lambda: not [pid for pid in frozen if kin(pid) != (0, 0)], "nobody frozen to be left", 5)
    del platform.children["worker"]
    platform.stop()
    logs_are_whole_and_safe(one, name)


def logs_are_whole_and_safe(one: Stage, name: str) -> None:
    lines = [line for log in one.platform.folder.glob("*.log") for line in read(log)]
    told = "\n".join(map(json.dumps, lines))
    for secret in (one.platform.token, DEMO_TOKEN, "never-to-be-logged-42"):
        assert secret not in told
    followed = [line for line in lines if line.get("request") == QUERY]
    assert {line["logger"] for line in followed} >= {
        "governance.api.tracing",
        "governance.pipeline.execution",
    }
    worked = [line for line in lines if line["logger"] == EXECUTION]
    assert all({"work", "attempt", "fence", "worker"} <= set(line) for line in worked)
    assert [line for line in lines if line["level"] == "critical" and "ends itself" in line["event"]]


def read(log: Path) -> list[dict[str, Any]]:
    """Each line is JSON, whoever wrote it."""
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def asked(one: Stage, path: str, body: bytes | None = None) -> tuple[int, str]:
    headers = {"X-Request-ID": QUERY, "Content-Type": "application/json"}
    headers["Authorization"] = f"Bearer {one.platform.token}"
    request = urllib.request.Request(f"http://127.0.0.1:{one.platform.port}{path}", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def readyz(one: Stage) -> tuple[int, dict[str, dict[str, Any]]]:
    status, text = asked(one, "/readyz")
    return status, {part["component"]: part for part in json.loads(text)["components"]}


def counted(one: Stage, name: str, label: str) -> float:
    lines = asked(one, "/metrics")[1].splitlines()
    found = [line for line in lines if line.startswith(f"modelsteward_{name}{{") and f'"{label}"' in line]
    return sum(float(line.rpartition(" ")[2]) for line in found)
