"""An upgrade while workers of the version before are alive."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.chaos.rig import PATIENCE, SCALED, Rig
from tests.chaos.scenarios import SkippedError, scenario

ROOT = Path(__file__).resolve().parents[3]
BEFORE = "2bb1162"
"""The commit that stands for the version before."""


def tree(folder: Path) -> Path:
    """That version, unpacked. Raises SkippedError where the history is not here."""
    place = folder / f"version-{BEFORE}"
    if place.exists():
        return place
    made = subprocess.run(["git", "archive", BEFORE], cwd=ROOT, capture_output=True)
    if made.returncode:
        raise SkippedError(f"the history of this checkout does not reach back to {BEFORE}")
    place.mkdir()
    subprocess.run(["tar", "-x", "-C", str(place)], input=made.stdout, check=True)
    return place


@scenario(14, "an old worker alive", on=SCALED)
def old_worker(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    """It works beside the new ones; then alone, while the webs are new."""
    old, workers = tree(rig.platform.folder), rig.of("worker")
    rig.platform.commands["old"] = ["sh", "-c", f"cd {old} && exec {sys.executable} manage.py worker"]
    try:
        rig.platform.launch("old")
        rig.driver.burst(f"mixed-{chance.randrange(10**9)}", 10 if long else 2)
        for name in workers:
            rig.platform.end(name)
        rig.driver.burst(f"old-{chance.randrange(10**9)}", 10 if long else 2)
        rig.settle()
        done = rig.platform.sql("SELECT count(*) FROM pipeline_work WHERE state = 'done'")[0][0]
    finally:
        rig.platform.end("old")
        del rig.platform.commands["old"]
        rig.start(*workers)
    assert 500 not in rig.driver.statuses
    return {"done": done, "repeats_allowed": 4}


@scenario(14, "work of a kind that only a later version knows", on=SCALED)
def later_kind(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    """It is left for those who know it, and holds up nobody."""
    rig.write(
        "INSERT INTO pipeline_work (kind, key, payload, state, due_at, lease_owner, fence, attempts,"
        " last_error, created_at)"
        " VALUES ('later', 'x', '{}', 'due', now() - interval '1 hour', '', 0, 0, '', now())"
    )
    try:
        name = f"beside-later-{chance.randrange(10**9)}"
        check = rig.driver.event(name)
        rig.platform.wait(
            lambda: rig.platform.get(f"/checks/{check}/")["status"] == "finished",
            "the work beside it",
            PATIENCE,
        )
        left = rig.platform.sql("SELECT state, attempts FROM pipeline_work WHERE kind = 'later'")
        assert left == [("due", 0)], left
    finally:
        rig.write("DELETE FROM pipeline_work WHERE kind = 'later'")
    return {"parked": 1}
