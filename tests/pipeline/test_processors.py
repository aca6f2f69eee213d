"""Who keeps to one processor, and who does not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from governance.pipeline import processors
from governance.pipeline.runner import Job, PolicyRunner

pytestmark = pytest.mark.skipif(not processors.ALLOWED, reason="this system lets no process choose")
CODE = """
import os
from governance.pipeline import processors
processors.stay_on_one()
print(len(os.sched_getaffinity(0)), *sorted(os.sched_getaffinity(0)))
"""


def test_a_process_keeps_to_one_of_those_that_it_was_given():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    count, *those = map(int, done.stdout.split())
    assert count == 1
    assert set(those) <= set(processors.ALLOWED)


def test_policies_run_where_there_is_room():
    before = os.sched_getaffinity(0)
    processors.stay_on_one()
    try:
        with PolicyRunner() as runner:
            runner.evaluate([Job(policy="nonesuch", params={}, as_of="2026-01-01T00:00:00+00:00", facets={})])
            child = runner._child
            assert child is not None
            assert sorted(os.sched_getaffinity(child.pid)) == processors.ALLOWED
    finally:
        os.sched_setaffinity(0, before)


def test_where_no_process_may_choose_nothing_is_chosen(monkeypatch):
    monkeypatch.setattr(processors, "ALLOWED", [])
    before = os.sched_getaffinity(0)
    processors.stay_on_one()
    assert os.sched_getaffinity(0) == before


def test_a_processor_that_was_taken_away_since_ends_nobody(monkeypatch):
    monkeypatch.setattr(processors, "ALLOWED", [100_000])
    before = os.sched_getaffinity(0)
    processors.stay_on_one()
    assert os.sched_getaffinity(0) == before
