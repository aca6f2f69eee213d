"""Workers and tickers that die, sleep or come twice: the record stays whole. tests/chaos breaks more."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from governance.demo.hub.wire import Answer, Request
from tests.flow.cast import Stage, deployment, stage, watched
from tests.flow.counters import let_through
from tests.flow.platform import Platform, kin

pytestmark = pytest.mark.flow


@pytest.fixture(scope="module")
def scaled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Web and ticker run; each test brings its own workers and ends them."""
    with stage(tmp_path_factory.mktemp("scaled"), "scaled", LEASE_SECONDS="3") as made:
        made.found_one_company()
        made.platform.start("web", "ticker")
        with watched(made) as answers:
            yield made
        assert let_through(answers, made.never) == []


@contextmanager
def worker(platform: Platform, name: str = "worker", **more: str) -> Iterator[None]:
    """One more worker, under a name of its own."""
    platform.commands[name] = platform.commands["worker"]
    platform.launch(name, **more)
    try:
        yield
    finally:
        platform.end(name)


def burst(stage: Stage, name: str, size: int = 8) -> list[str]:
    """So many new things at once, over HTTP."""
    names = [f"{name}-{number}" for number in range(size)]
    for one in names:
        repo_id = stage.new_model(one)
        stage.platform.post("/models/", {"repo_id": repo_id})
        stage.platform.post("/deployments/", deployment(one, repo_id, "acme"))
        stage.platform.post("/checks/", {"deployment": one})
        stage.never.append(one)
    return names


def assert_whole(stage: Stage) -> None:
    stage.platform.settle()
    assert stage.count().wrong == []
    assert not any(stage.platform.gate(slug)["allow"] for slug in stage.never)


class Held:
    """A fault of the hub that keeps its answer back until somebody lets it go."""

    def __init__(self) -> None:
        self.asked, self.free = threading.Event(), threading.Event()

    def __call__(self, request: Request, answer: Answer) -> Answer:
        self.asked.set()
        self.free.wait(20)
        return answer


def test_a_killed_worker_leaves_no_child_behind_and_the_next_one_goes_on(scaled: Stage) -> None:
    platform = scaled.platform
    held = Held()
    scaled.hub.fail(held, "/api/models/acme/orphan-0*", times=1)
    with worker(platform):
        burst(scaled, "orphan", 4)
        assert held.asked.wait(20)
        platform.children["worker"].kill()
        held.free.set()
        platform.wait(lambda: not platform.members("worker"), "its children to follow")
    with worker(platform):
        assert_whole(scaled)


def test_a_worker_that_is_asked_to_end_finishes_what_it_began(scaled: Stage) -> None:
    platform, held = scaled.platform, Held()
    repo_id = scaled.new_model("finished")
    scaled.hub.fail(held, f"/api/models/{repo_id}*", times=1)
    with worker(platform):
        platform.post("/models/", {"repo_id": repo_id})
        assert held.asked.wait(20)
        platform.children["worker"].terminate()
        held.free.set()
        assert platform.children["worker"].wait(15) == 0
        assert platform.members("worker") == []
    key = "SELECT state, attempts FROM pipeline_work WHERE kind = 'sync' ORDER BY id DESC LIMIT 1"
    assert platform.sql(key) == [("done", 1)]
    with worker(platform):
        assert_whole(scaled)


def test_one_command_starts_again_what_dies_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with stage(tmp_path, "scaled", LEASE_SECONDS="3") as made:
        platform, started = made.platform, []
        made.found_one_company()
        platform.commands["up"] = [sys.executable, "manage.py", "up"]
        try:
            platform.start("up")
            platform.wait(lambda: len(platform.offspring("up")) == 3, "web, worker and ticker")
            web, *others = started = platform.offspring("up")
            for pid in others:
                os.kill(pid, signal.SIGKILL)
            burst(made, "supervised", 2)
            assert_whole(made)
            assert web in platform.offspring("up")
            started += platform.offspring("up")
            platform.children["up"].kill()
            platform.wait(lambda: not any(any(kin(pid)) for pid in started), "all to follow it")
        finally:
            for pid in started:
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
