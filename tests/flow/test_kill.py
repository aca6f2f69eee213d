"""kill -9 at every named point between two writes: nothing is lost, nothing is judged or told twice."""

from __future__ import annotations

import random
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from governance.pipeline.chaos import POINTS
from tests.flow.cast import Stage, stage, watched
from tests.flow.counters import let_through

pytestmark = pytest.mark.flow
SENT = "deliver_sent"
"""The one point at which a repeat is allowed: the server took the mail, and we did not write it down yet."""


@pytest.fixture(scope="module")
def one_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """With one thread that works: whoever dies beside another may cut off a mail that the other just sent."""
    folder = tmp_path_factory.mktemp("embedded")
    with stage(folder, "embedded", LEASE_SECONDS="3", WORKER_THREADS="1") as made:
        made.found_one_company()
        yield made


@pytest.fixture(scope="module")
def many_processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("scaled"), "scaled", LEASE_SECONDS="3") as made:
        made.found_one_company()
        made.platform.start("web", "ticker")
        with watched(made) as answers:
            yield made
        assert let_through(answers, made.never) == []


def test_the_embedded_process_dies_at_every_point_and_nothing_is_lost(one_process: Stage) -> None:
    """Each time it finds what the last one left. Work may die more often here before it is given up."""
    stage, platform = one_process, one_process.platform
    for point in POINTS:
        stage.queue_everything(f"one-{point}".replace("_", "-"))
        platform.launch("up", CHAOS_KILL=f"{point}:1", MAX_ATTEMPTS="50")
        platform.wait(lambda: not platform.alive("up"), f"the process to die at {point}")
        assert platform.children["up"].returncode == -signal.SIGKILL, platform.last_words()
        platform.wait(lambda: not platform.members("up"), "the policy runner to follow its process")

    platform.start("up", MAX_ATTEMPTS="50")
    platform.settle()
    platform.kill()

    counted = stage.count()
    assert counted.wrong == []
    assert counted.checks == len(stage.never)
    assert counted.verdicts
    assert counted.mails
    assert counted.repeats <= 1  # of the death at SENT


@pytest.mark.parametrize("point", ["sync_before_commit", "judged", "check_before_commit", SENT])
def test_a_child_of_the_worker_dies_there_and_nothing_is_lost(many_processes: Stage, point: str) -> None:
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
    assert (
        let_through([{"deployment": slug, **platform.gate(slug)} for slug in stage.never], stage.never) == []
    )


def test_it_may_be_killed_at_any_other_moment_too(one_process: Stage) -> None:
    """Also where no point is named. Work may die more often than three times here before it is given up."""
    stage, platform, chance = one_process, one_process.platform, random.Random(20240723)
    before = stage.count().repeats if stage.never else 0
    deaths = 4
    for number in range(deaths):
        stage.queue_everything(f"any-{number}")
        platform.start("up", MAX_ATTEMPTS="50")
        time.sleep(chance.uniform(0, 0.5))  # the one thing here that is a moment and no event
        platform.kill()
    platform.start("up", MAX_ATTEMPTS="50")
    platform.settle()
    platform.kill()
    counted = stage.count()
    assert counted.wrong == []
    assert counted.repeats - before <= deaths


def test_the_counters_see_what_is_missing_doubled_or_changed(tmp_path: Path) -> None:
    with stage(tmp_path, "embedded") as one:
        one.found_one_company()
        one.queue_everything("counted")
        one.platform.start()
        one.platform.settle()
        one.platform.kill()
        assert one.count().wrong == []
        first = one.mail.messages[0]
        one.mail.messages.append(first)
        assert (one.count().repeats, one.count().wrong) == (1, [])
        one.mail.messages[:] = [kept for kept in one.mail.messages if kept.message_id != first.message_id]
        [lost] = one.count().wrong
        assert lost.endswith("never came")
        one.mail.messages.append(first)
        for change, seen in SABOTAGE.items():
            with sqlite3.connect(tmp_path / "modelsteward.sqlite3") as database:
                database.execute(change)
            assert any(seen in fault for fault in one.count().wrong), change


SABOTAGE = {
    "UPDATE compliance_check SET status = 'waiting'": "is waiting",
    "UPDATE alerts_delivery SET status = 'waiting'": "is waiting",
    "UPDATE pipeline_work SET state = 'leased' WHERE kind = 'judge'": "is leased",
    "UPDATE compliance_case SET changes = changes + 1": "is not judged",
    "UPDATE alerts_event SET kind = 'work_dead' WHERE kind = 'violation_opened'": "was not told of",
    "INSERT INTO compliance_verdict (policy, policy_version, params_digest, params, facts_digest, facets,"
    " as_of, holds_until, outcome, findings, judged_at) SELECT policy, policy_version, params_digest, params,"
    " facts_digest, facets, '2999-01-01', NULL, outcome, findings, judged_at FROM compliance_verdict"
    " WHERE holds_until IS NULL": "beside",
    "INSERT INTO compliance_evaluation (case_id, assignment_id, verdict_id, at)"
    " SELECT case_id, assignment_id, verdict_id, at FROM compliance_evaluation": "written twice",
    'UPDATE compliance_verdict SET facets = \'{"usage": "no such digest"}\'': "lacks its facts",
    "UPDATE audit_entry SET actor = 'somebody else'": "does not follow",
}
