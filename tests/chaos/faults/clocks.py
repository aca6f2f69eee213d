"""Hosts that do not agree on the time. Leases and slots go by the clock of the database alone."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.chaos.faults.people import breach, decide, request_waiver
from tests.chaos.rig import SCALED, Rig
from tests.chaos.scenarios import SkippedError, scenario

ROOT = Path(__file__).resolve().parents[3]
BROUGHT = ROOT / "build" / "faketime"
NAME = "libfaketimeMT.so.1"
CLOCKS = {
    "worker-1": "+1h",
    "worker-2": "-1h",
    "ticker-1": "+365d",
    "ticker-2": "-5m",
    "web-1": "+5m",
    "web-2": "-1h",
}


def library() -> Path:
    """libfaketime of this machine, else of its package archive, unpacked in build/. Raises SkippedError."""
    for folder in (Path("/usr/lib"), BROUGHT):
        if found := next(folder.glob(f"**/faketime/{NAME}"), None):
            return found
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise SkippedError("libfaketime is not here, and no apt-get to bring it")
    BROUGHT.mkdir(parents=True, exist_ok=True)
    command = ["apt-get", "download", "libfaketime"]
    done = subprocess.run(command, cwd=BROUGHT, capture_output=True, text=True, timeout=60)
    for package in BROUGHT.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package.name, "."], cwd=BROUGHT, check=True, capture_output=True)
    if not (found := next(BROUGHT.glob(f"**/{NAME}"), None)):
        raise SkippedError(f"libfaketime could not be brought: {done.stderr.strip()[-200:]}")
    return found


@scenario(10, "clocks that differ", on=SCALED)
def differing(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    preload = {"LD_PRELOAD": str(library()), "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    clocks = CLOCKS if long else {name: CLOCKS[name] for name in ("worker-1", "web-2")}
    name = f"clock-{chance.randrange(10**9)}"
    try:
        for process, offset in clocks.items():
            rig.platform.end(process)
            rig.platform.launch(process, **preload, FAKETIME=offset)
        rig.platform.wait(rig.platform._answers, "the web to answer")
        [[newest]] = rig.platform.sql("SELECT max(id) FROM pipeline_work")
        rig.driver.burst(name, 8 if long else 2)
        rig.settle()
        waived = waiver_ends(rig, name)
    finally:
        rig.restart(*clocks)
    [[all_of_it]] = rig.platform.sql(f"SELECT count(*) FROM pipeline_work WHERE id > {newest}")
    [[stolen]] = rig.platform.sql(f"SELECT count(*) FROM pipeline_work WHERE attempts > 1 AND id > {newest}")
    # By the clock of a host that is an hour ahead every lease has run out; some do so on a busy machine.
    assert stolen < all_of_it / 2, f"{stolen} of {all_of_it} leases were taken from somebody who lived"
    future = rig.platform.sql("SELECT job, slot FROM pipeline_tick WHERE slot > now() + interval '1 minute'")
    assert not future, f"a slot of the future was taken: {future}"
    return {"clocks": list(clocks.values()), "overtaken": stolen, **waived, "repeats_allowed": stolen}


def waiver_ends(rig: Rig, name: str) -> dict[str, Any]:
    """Once a waiver has ended nobody is let through, by whatever clock the web goes."""
    slug, violations = breach(rig, f"{name}-waived")
    until = datetime.now(UTC) + timedelta(
        hours=1, seconds=12
    )  # the web that is five minutes early takes it, too
    waivers = [request_waiver(rig, violation, until) for violation in violations]
    assert all(decide(rig, waiver, "approve", 0) == 200 for waiver in waivers)
    rig.settle()
    rig.write(f"UPDATE compliance_waiver SET until = now() + interval '3 s' WHERE id IN ({ids(waivers)})")
    rig.write("UPDATE compliance_subject SET waived_until = now() + interval '3 s' WHERE deployment_id ="
              f" (SELECT id FROM deployments_deployment WHERE slug = '{slug}')")  # fmt: skip
    before = [rig.driver.ask("GET", f"/gate/?deployment={slug}", web=web).body["allow"] for web in (0, 1)]
    time.sleep(3.5)
    rig.ledger.forbid(slug)
    after = [rig.driver.ask("GET", f"/gate/?deployment={slug}", web=web).body["allow"] for web in (0, 1)]
    assert after == [False, False], f"a waiver that has ended lets through: {after}"
    return {"waived": before}


def ids(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


SUMMER = "@2027-03-28 01:59:56"
"""Local time in Berlin, four seconds before its clocks go from 2 to 3."""


@scenario(10, "clocks that are put forward for summer, and a second that comes twice", on=SCALED)
def leaping(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    """Hosts in a zone of summer time pass its hour; on others the clock is set back by one second, as for a
    leap second, again and again. Slots and leases go on as if nothing was."""
    step = rig.platform.folder / "step"
    step.write_text("+0s\n")
    berlin = {"TZ": "Europe/Berlin", "FAKETIME": SUMMER}
    repeated = {"FAKETIME_TIMESTAMP_FILE": str(step), "FAKETIME_NO_CACHE": "1"}
    preload = {"LD_PRELOAD": str(library()), "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    clocks = {"ticker-1": berlin, "ticker-2": repeated}
    clocks |= {"worker-1": berlin, "worker-2": repeated} if long else {}
    [[newest]] = rig.platform.sql("SELECT max(id) FROM pipeline_tick")
    try:
        for process, clock in clocks.items():
            rig.platform.end(process)
            rig.platform.launch(process, **preload, **clock)
        for second in range(10 if long else 3):
            step.write_text(f"-{second}s\n")
            rig.driver.burst(f"leap-{chance.randrange(10**9)}", 2)
            time.sleep(1.0)
        rig.settle()
        made = rig.platform.sql(
            f"SELECT slot > now() + interval '5 s' FROM pipeline_tick WHERE id > {newest}"
        )
    finally:
        rig.restart(*clocks)
    assert made, "no slot was taken any more"
    assert not any(future for (future,) in made), "a slot of the future was taken"
    return {"slots": len(made), "repeats_allowed": 4}
