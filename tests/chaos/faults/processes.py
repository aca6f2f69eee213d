"""Processes that die: children and mains of the pool, webs in the middle of a request, the one process."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from contextlib import suppress
from typing import Any

from tests.chaos.rig import BOTH, EMBEDDED, SCALED, Rig, supervised, within
from tests.chaos.scenarios import scenario
from tests.flow.platform import kin

RESUMED = 15.0
"""Seconds after a death within which something is done again."""
NAMED = "one-in"
"""CHAOS_KILL=one-in:N kills at each named point with a chance of one in N."""


def deaths(rig: Rig) -> dict[str, int]:
    """Named point -> how many died there, from the file that the dying write."""
    path = rig.platform.folder / "deaths"
    told: dict[str, int] = {}
    for point in path.read_text().split() if path.exists() else []:
        told[point] = told.get(point, 0) + 1
    return told


def since(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    fresh = {point: times - before.get(point, 0) for point, times in after.items()}
    return {point: times for point, times in fresh.items() if times}


@scenario(1, "killed at named points", on=BOTH, short=EMBEDDED, share=2)
def named_points(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    """Whoever works dies at each point with a chance; whoever takes its place does too."""
    before, workers = deaths(rig), rig.of("worker")
    odds = 12 if rig.topology == "embedded" else 6
    rig.extra = {"CHAOS_KILL": f"{NAMED}:{odds}", "CHAOS_MARK": str(rig.platform.folder / "deaths")}
    try:
        with supervised(rig):
            for name in workers:
                rig.platform.end(name)
            size = (
                (4 if rig.topology == "embedded" else 12) if long else 1
            )  # one life does three pieces of work
            rig.driver.burst(f"named-{chance.randrange(10**9)}", size)
            rig.settle(hurry=True)  # what met many deaths waits for minutes
    finally:
        rig.extra = {}
        rig.restart(*workers)
    died = since(before, deaths(rig))
    kills = sum(died.values())
    # Embedded, whoever dies takes along the thread beside it, which may just have sent something.
    repeats = kills if rig.topology == "embedded" else died.get("deliver_sent", 0)
    return {"kills": kills, "points": died, "repeats_allowed": repeats}


@scenario(1, "pool children killed at any moment", on=SCALED, share=7)
def pool_children(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    kills, ended = 0, threading.Event()

    def send() -> None:
        rig.driver.burst(f"child-{chance.randrange(10**9)}", 12 if long else 4)
        ended.set()

    client = threading.Thread(target=send)
    client.start()
    deadline = time.monotonic() + (60 if long else 4)
    with supervised(rig):  # a worker whose children never finish anything ends itself after a while
        while time.monotonic() < deadline and not (ended.is_set() and rig.platform.settled()):
            children = [pid for name in rig.of("worker") for pid in pool(rig, name)]
            if children:
                with suppress(ProcessLookupError):
                    os.kill(chance.choice(children), signal.SIGKILL)
                    kills += 1
            time.sleep(chance.uniform(0.1, 0.7))
        client.join()
        resumed = rig.settle()
    return {"kills": kills, "recovery_seconds": round(resumed, 2), "repeats_allowed": kills}


def pool(rig: Rig, name: str) -> list[int]:
    """The children that work; their own children run policies."""
    head = rig.platform.children[name].pid
    return [pid for pid in rig.platform.offspring(name) if kin(pid) == (head, head)]


@scenario(1, "everything that works killed at any moment", on=BOTH, short=SCALED, share=2)
def mains(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    """Whole workers with all that they started, one after the other; a supervisor starts them again."""
    kills, waits, resumed = 0, list[float](), list[float]()
    known = f"main-{chance.randrange(10**9)}"
    rig.driver.event(known)
    with supervised(rig):
        for number in range(8 if long else 1):
            prefix = f"{known}-{number}"
            client = threading.Thread(target=rig.driver.burst, args=(prefix, 4))
            client.start()
            time.sleep(chance.uniform(0.1, 1.0))
            name = chance.choice(rig.of("worker"))
            rig.platform.end(name)
            kills, killed = kills + 1, time.monotonic()
            resumed.append(rig.resumed(known, prefix))
            client.join()
            rig.settle()
            waits.append(round(time.monotonic() - killed, 2))
    rig.platform.wait(rig.platform._answers, "the web to answer")
    assert max(resumed) <= within(RESUMED), f"nothing was done for {max(resumed)} s after a death"
    told = {"resumed_seconds": max(resumed), "recovery_seconds": max(waits)}
    return {"kills": kills, **told, "repeats_allowed": kills}


@scenario(2, "web killed in the middle of a request", on=BOTH, short=SCALED, share=2)
def web_requests(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    kills = 0
    with supervised(rig):
        for number in range(20 if long else 1):
            name = f"cut-{chance.randrange(10**9)}-{number}"
            client = threading.Thread(target=rig.driver.event, args=(name,))
            client.start()
            time.sleep(chance.uniform(0, 0.3))
            rig.platform.end(chance.choice(rig.of("web")))
            kills += 1
            client.join()
    rig.platform.wait(rig.platform._answers, "the web to answer")
    embedded = rig.topology in EMBEDDED  # there the worker dies with the web
    return {"kills": kills, "repeats_allowed": kills if embedded else 0}
