"""A Redis that dies, freezes, forgets, refuses or is full: a doorbell is no record."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from redis import Redis

from tests.chaos.rig import SCALED, Rig, supervised, within
from tests.chaos.scenarios import scenario

PROMPT = 1.0
"""Seconds that 99 of 100 answers of the web may take, whatever the broker does."""
AS_UNITS = 1.0
"""Seconds after which the units of deploy/ start again what ended."""
MANY = 100
BACK = 30.0
"""Seconds after its return within which something is done again."""


@contextmanager
def killed(rig: Rig) -> Iterator[None]:
    assert rig.platform.broker
    rig.platform.broker.kill()
    yield
    rig.platform.broker.restart()


@contextmanager
def frozen(rig: Rig) -> Iterator[None]:
    assert rig.platform.broker
    pid = rig.platform.broker.own.pid or 0
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def disconnected(rig: Rig) -> Iterator[None]:
    with broker(rig) as client:
        client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        yield
        client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")


@contextmanager
def locked(rig: Rig) -> Iterator[None]:
    """Another password, so that everybody is refused."""
    with broker(rig) as client:
        client.config_set("requirepass", "another")
        client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        yield
        client.config_set("requirepass", "")


@contextmanager
def full(rig: Rig) -> Iterator[None]:
    """No memory left, and nothing may be evicted: each write is refused."""
    with broker(rig) as client:
        client.config_set("maxmemory", "1")
        yield
        client.config_set("maxmemory", "0")


@contextmanager
def flushed(rig: Rig) -> Iterator[None]:
    with broker(rig) as client:
        client.flushall()
        yield
        client.flushall()


@contextmanager
def broker(rig: Rig) -> Iterator[Any]:
    assert rig.platform.broker
    with Redis.from_url(rig.platform.broker.url, socket_timeout=5) as client:
        yield client


Loss = Callable[[Rig], Any]
LOSSES: dict[str, Loss] = {"killed": killed, "frozen": frozen, "disconnected": disconnected, "locked": locked}


class Losses:
    """What was lost, how long each request took meanwhile, and the longest waits afterwards."""

    def __init__(self) -> None:
        self.count, self.took, self.resumed, self.drained = 0, list[float](), 0.0, 0.0

    def add(self, took: list[float], resumed: float, drained: float) -> None:
        self.count, self.took = self.count + 1, self.took + took
        self.resumed, self.drained = max(self.resumed, resumed), max(self.drained, drained)

    def figures(self) -> dict[str, Any]:
        p99 = prompt(self.took)
        assert self.resumed <= within(BACK), f"nothing was done {self.resumed:.1f} s after Redis returned"
        waits = {"resumed_seconds": self.resumed, "recovery_seconds": round(self.drained, 2)}
        return {"losses": self.count, "answers": len(self.took), "web_p99": round(p99, 3), **waits}


def lose(rig: Rig, loss: Loss, name: str, pause: float, size: int = 2) -> tuple[list[float], float, float]:
    """Events while Redis is lost; answers how long each request took, and how long it took afterwards until
    something was done, and until all was."""
    rig.driver.event(f"{name}-before")
    rig.driver.seconds.clear()
    with supervised(rig, AS_UNITS):  # a worker that Redis refuses ends, and is started again
        with loss(rig):
            for number in range(size):
                rig.driver.event(f"{name}-{number}")
            time.sleep(pause)
        took, began = list(rig.driver.seconds), time.monotonic()
        resumed = rig.resumed(f"{name}-before", name)
        rig.settle()
        return took, resumed, time.monotonic() - began


def percentile(seconds: list[float], share: float = 0.99) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))]


def prompt(seconds: list[float]) -> float:
    """The 99th percentile; of few answers, on a machine that does other things, it is but the slowest one."""
    p99 = percentile(seconds)
    bound = within(PROMPT if len(seconds) >= MANY else 5 * PROMPT)
    assert p99 < bound, f"the web took {p99:.2f} s while Redis was lost"
    return p99


@scenario(3, "Redis killed, frozen, disconnected, with another password", on=SCALED, share=2)
def lost(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    losses = Losses()
    for kind in LOSSES if long else chance.sample(list(LOSSES), 2):
        name = f"{kind}-{chance.randrange(10**9)}"
        pause = chance.uniform(0, 8 if long else 0.5)
        losses.add(*lose(rig, LOSSES[kind], name, pause, 12 if long else 1))
    return losses.figures()


@scenario(4, "Redis forgets, or is full", on=SCALED, share=5)
def forgotten(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    losses = Losses()
    for number in range(20 if long else 2):
        kind = flushed if number % 2 == 0 else full
        name = f"forgot-{chance.randrange(10**9)}"
        losses.add(*lose(rig, kind, name, chance.uniform(0, 0.5), 3 if long else 1))
    return losses.figures()
