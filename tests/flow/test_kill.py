"""kill -9 at every named point between two writes: nothing is lost, nothing is judged or told twice."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from governance.pipeline.chaos import POINTS
from tests.flow.cast import Stage, stage

pytestmark = pytest.mark.flow
SENT = "deliver_sent"
"""The one point at which a repeat is allowed: the server took the mail, and we did not write it down yet."""


@pytest.fixture(scope="module")
def one_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("embedded"), "embedded", LEASE_SECONDS="2") as made:
        made.found_one_company()
        yield made


@pytest.fixture(scope="module")
def many_processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("scaled"), "scaled", LEASE_SECONDS="2") as made:
        made.found_one_company()
        made.platform.start("web", "ticker")
        yield made


@pytest.mark.parametrize("point", POINTS)
def test_the_embedded_process_dies_there_and_nothing_is_lost(one_process: Stage, point: str) -> None:
    stage, platform = one_process, one_process.platform
    before = stage.count().repeats if stage.never else 0
    stage.queue_everything(f"one-{point}".replace("_", "-"))
    platform.launch("up", CHAOS_KILL=f"{point}:1")
    platform.wait(lambda: not platform.alive("up"), f"the process to die at {point}")
    assert platform.children["up"].returncode == -signal.SIGKILL, platform.last_words()
    platform.wait(lambda: not platform.members("up"), "the policy runner to follow its process")

    platform.start("up")
    platform.settle()
    platform.kill()

    counted = stage.count()
    assert counted.wrong == []
    assert counted.checks == len(stage.never)
    assert counted.verdicts
    assert counted.mails
    assert counted.repeats - before <= (1 if point == SENT else 0)


@pytest.mark.parametrize("point", [point for point in POINTS if point != "tick_committed"])
def test_a_child_of_the_worker_dies_there_and_nothing_is_lost(many_processes: Stage, point: str) -> None:
    """The ticker is another process: its point is tried in embedded mode and in the test of two tickers."""
    stage, platform = many_processes, many_processes.platform
    before = stage.count().repeats if stage.never else 0
    mark = platform.folder / f"died-at-{point}"
    stage.queue_everything(f"many-{point}".replace("_", "-"))
    platform.launch("worker", CHAOS_KILL=f"{point}:1", CHAOS_MARK=str(mark))
    platform.wait(mark.exists, f"a child to die at {point}")
    platform.settle()
    platform.end("worker")

    counted = stage.count()
    assert counted.wrong == []
    assert counted.checks == len(stage.never)
    assert counted.verdicts
    assert counted.mails
    assert counted.repeats - before <= (1 if point == SENT else 0)
    denied = [platform.gate(slug) for slug in stage.never]
    assert not any(answer["allow"] for answer in denied)
    assert all(answer["reasons"] for answer in denied)
