"""Each fault once and short, on one rig for each topology; `make chaos` runs them long, and again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos import faults  # noqa: F401 (registers them)
from tests.chaos.rig import BOTH, Topology, rig
from tests.chaos.scenarios import SCENARIOS, run

pytestmark = [pytest.mark.flow, pytest.mark.timeout(1200)]
SEED = 20240723


@pytest.mark.parametrize("topology", BOTH)
def test_nothing_is_lost_doubled_or_let_through_whatever_breaks(tmp_path: Path, topology: Topology) -> None:
    with rig(topology, tmp_path, polls=20) as one:
        chosen = [each for each in SCENARIOS if topology in each.short]
        runs = [run(each, one, SEED + number, long=False) for number, each in enumerate(chosen)]
    wrong = {f"{made.scenario.number} {made.scenario.name}": made.wrong for made in runs if made.wrong}
    assert not wrong, "\n".join(f"{name}: {fault}" for name, found in wrong.items() for fault in found)
    assert sum(made.polls for made in runs) > 100
    assert sum(made.figures.get("kills", 0) for made in runs) > 0


def test_every_fault_of_the_plan_has_a_scenario() -> None:
    assert {one.number for one in SCENARIOS} == set(range(1, 22))
    assert all(set(one.short) <= set(one.on) for one in SCENARIOS)
