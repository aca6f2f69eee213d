"""The report of the faults: what comes first, what was not run, which goals were reached."""

from __future__ import annotations

from typing import Any

from tests.chaos.__main__ import not_run, order
from tests.chaos.rig import BOTH
from tests.chaos.scenarios import Run, Scenario, goals


def fault(name: str, share: int = 1) -> Scenario:
    return Scenario(1, name, BOTH, lambda rig, chance, long: {}, BOTH, share)


def run(figures: dict[str, Any], polls: int = 0) -> Run:
    return Run(fault("any"), "scaled", 7, figures=figures, polls=polls)


def test_what_a_goal_counts_comes_first_and_then_again() -> None:
    chosen = [fault("burst", 0), fault("any"), fault("kills", 3)]
    for seed in range(5):
        names = [one.name for one in order(chosen, "scaled", seed)]
        assert names == ["kills", "any", "burst", "kills", "kills"]


def test_what_was_not_run_is_named_with_its_place() -> None:
    left = not_run([run({})], [fault("any"), fault("burst")], ["embedded", "scaled"])
    assert left == ["01 any (embedded)", "01 burst (embedded)", "01 burst (scaled)"]


def test_a_goal_is_reached_by_all_runs_together() -> None:
    told = goals([run({"kills": 600}), run({"kills": 400}, polls=999_999)])
    assert told["kills"] == {"goal": 1_000, "counted": 1_000, "reached": True}
    assert told["polls"] == {"goal": 1_000_000, "counted": 999_999, "reached": False}


def test_a_bound_is_held_against_the_worst_that_was_seen_after_that_fault() -> None:
    told = goals([run({"kills": 1, "resumed_seconds": 15.1}), run({"losses": 1, "resumed_seconds": 29.0})])
    assert told["resumed_seconds after kills"] == {"goal": 15.0, "counted": 15.1, "reached": False}
    assert told["resumed_seconds after losses"]["reached"]


def test_a_bound_that_was_never_tried_is_not_kept() -> None:
    assert not goals([run({"kills": 1})])["web_p99 after losses"]["reached"]
