"""Work that kills whoever takes it, freezes, starves, comes in floods, or is of a kind nobody knows."""

from __future__ import annotations

import random
import resource
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from tests.chaos.faults.broker import percentile
from tests.chaos.faults.processes import pool
from tests.chaos.rig import BOTH, EMBEDDED, PATIENCE, SCALED, Rig, supervised
from tests.chaos.scenarios import scenario
from tests.flow.cast import PEOPLE

SLOWEST = 10
"""Checks a second that a flood is done at, at the least."""


@scenario(15, "a burst of events", on=BOTH, short=EMBEDDED, share=0)
def burst(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    """Checks at a steady 200 a second, whether they are answered or not; then everything is done."""
    name, seconds, rate = f"burst-{chance.randrange(10**9)}", 50 if long else 1, 200 if long else 40
    rig.driver.event(name)
    rig.settle()
    rig.poller.mark()
    rig.driver.seconds.clear()
    began = time.monotonic()
    with ThreadPoolExecutor(24) as senders:
        for number in range(rate * seconds):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            senders.submit(rig.driver.check, name, f"check:{name}:{number}")
    sent = time.monotonic() - began
    accepted = list(rig.driver.seconds)
    drained = rig.settle(PATIENCE + rate * seconds / SLOWEST)
    polled = rig.poller.mark()
    assert not polled.wrong, polled.wrong
    return {
        "events": rate * seconds,
        "per_second": round(rate * seconds / sent, 1),
        "accepted_p99": round(percentile(accepted), 3),
        "gate_p99_meanwhile": round(polled.p99, 3),
        "drained_seconds": round(drained, 1),
    }


@scenario(16, "work that kills whoever takes it", on=SCALED)
def poison(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    """It is given up after three attempts and told of once; what is beside it is done."""
    workers, name = rig.of("worker"), f"poison-{chance.randrange(10**9)}"
    rig.driver.event(name)
    rig.settle()
    rig.extra = {"CHAOS_KILL": "check_before_commit:1", "MAX_ATTEMPTS": "3"}
    try:
        rig.restart(*workers)
        pk = rig.driver.check(name, f"check:{name}:poisoned")
        rig.clerk.announce_event(key=f"beside {name}")
        rig.platform.wait(lambda: state(rig, pk) == "failed", "it to be given up", PATIENCE)
        rig.settle()
    finally:
        rig.extra = {}
        rig.restart(*workers)
    [dead] = rig.platform.sql("SELECT id, attempts, last_error FROM pipeline_work WHERE state = 'dead'")
    assert dead[1] == 3, dead
    for person in PEOPLE:
        for words in (f"check {pk}", f"beside {name}"):
            kept = [one for one in rig.mail.messages if one.recipients == (person,)]
            told = [one for one in kept if words in str(one.message["Subject"])]
            assert len(told) == 1, f"{person} heard {len(told)} times of {words}"
    assert rig.driver.ask("POST", f"/work/{dead[0]}/retry/").status == 200
    rig.settle()
    assert state(rig, pk) == "finished"
    return {"attempts": dead[1]}


def state(rig: Rig, check: int) -> str:
    return str(rig.platform.get(f"/checks/{check}/")["status"])


@scenario(17, "frozen past the lease, then awake", on=SCALED)
def frozen(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    freezes = 0
    for _ in range(5 if long else 1):
        name = rig.of("worker")[freezes % 2]
        client = threading.Thread(
            target=rig.driver.burst, args=(f"frozen-{chance.randrange(10**9)}", 6 if long else 3)
        )
        client.start()
        time.sleep(chance.uniform(0.2, 1.5))
        rig.platform.signal(name, signal.SIGSTOP)
        try:
            client.join()
            time.sleep(7)  # twice the lease, and the sweep
            rig.settle()
        finally:
            rig.platform.signal(name, signal.SIGCONT)
        freezes += 1
        time.sleep(0.5)
        rig.settle()
    late = [line for line in log_of(rig) if "taken over" in line]
    return {"freezes": freezes, "dropped": len(late), "repeats_allowed": 2 * freezes}


def log_of(rig: Rig) -> list[str]:
    return [
        line
        for name in rig.of("worker")
        for line in (rig.platform.folder / f"{name}.log").open(errors="replace")
    ]


@scenario(21, "workers without memory", on=SCALED)
def starved(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    """Each child of the pool may use hardly more than it does; what fails is tried again when it may."""
    starved = 0
    rig.driver.event(f"starved-{chance.randrange(10**9)}-before")
    client = threading.Thread(
        target=rig.driver.burst, args=(f"starved-{chance.randrange(10**9)}", 8 if long else 3)
    )
    client.start()
    deadline = time.monotonic() + (15 if long else 2)
    with supervised(rig):
        while time.monotonic() < deadline:
            for pid in [pid for name in rig.of("worker") for pid in pool(rig, name)]:
                with suppress(ProcessLookupError, OSError):
                    limit = used(pid) + chance.randrange(1, 4) * 1_000_000
                    hard = resource.prlimit(pid, resource.RLIMIT_AS)[1]
                    resource.prlimit(pid, resource.RLIMIT_AS, (limit, hard))
                    starved += 1
            time.sleep(0.3)
        client.join()
        for name in rig.of("worker"):  # as their supervisor would, once there is memory again
            rig.platform.end(name)
    rig.revive()
    back = rig.settle(hurry=True)
    return {"starved": starved, "recovery_seconds": round(back, 2), "repeats_allowed": 4}


def used(pid: int) -> int:
    """Bytes of address space."""
    with open(f"/proc/{pid}/statm") as told:
        return int(told.read().split()[0]) * resource.getpagesize()


@scenario(13, "two tickers, and none for hours", on=BOTH, short=SCALED)
def tickers(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    """After hours without a ticker each job runs once, whoever takes its slot."""
    ticking, job = rig.of("ticker"), "judge-run-out"
    for name in ticking:
        rig.platform.end(name)
    minutes = chance.randrange(60, 100_000)
    earlier = f"slot - interval '{minutes} minutes'"
    if rig.topology in EMBEDDED:
        earlier = f"strftime('%Y-%m-%d %H:%M:%f', slot, '-{minutes} minutes')"
    rig.write(f"UPDATE pipeline_tick SET slot = {earlier} WHERE job <> 'sweep'")
    before = runs(rig, job)
    rig.start(*ticking)
    rig.platform.wait(lambda: runs(rig, job) > before, "the job to be taken", PATIENCE)
    rig.settle()
    after = runs(rig, job)
    assert after - before <= 2, f"hours without a ticker made {after - before} runs"
    return {"tickers": len(ticking), "catch_up_runs": after - before}


def runs(rig: Rig, job: str) -> int:
    asked = f"SELECT count(*) FROM pipeline_work WHERE kind = 'tick' AND key LIKE '{job}%'"
    return int(rig.platform.sql(asked)[0][0])
