"""Links that are cut and hosts that stop. Each fault breaks, waits and mends; what must hold it asserts."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Event
from typing import Any

import psycopg

from governance.demo.hub.wire import Answer, Request
from tests.chaos.scenarios import Inject, Scenario
from tests.flow.platform import ROOT
from tests.hosts.estate import WEBS, WORKERS, Estate
from tests.hosts.network import Host

FOUND = 60.0
"""Seconds within which both ends know that a link swallows what they send."""
BACK = 30.0
"""Seconds after the link or host is back within which every web is ready and every worker works."""
PATIENCE = 180.0
"""The same where many tests share the processors, and only that it happens is asked."""
Figures = dict[str, Any]
FAULTS: list[Scenario] = []
HOLD = """
import sys, django
django.setup()
from django.db import transaction
from governance.audit.models import Head
with transaction.atomic():
    Head.objects.select_for_update().get(number=1)
    print("held", flush=True)
    sys.stdin.read()
"""


def fault(name: str, *, short: bool = False) -> Any:
    """Registers a fault; `short` ones are run by `make test` too."""

    def register(inject: Inject) -> Inject:
        FAULTS.append(Scenario(19, name, ("hosts",), inject, short))  # type: ignore[arg-type]
        return inject

    return register


@contextmanager
def holding_the_log(estate: Estate, host: Host) -> Iterator[None]:
    """A process of ours on that host is in the middle of a transaction for which all who write must wait."""
    environment = {**estate.platform.environment, "DJANGO_SETTINGS_MODULE": "governance.settings"}
    process = subprocess.Popen(
        host.command([sys.executable, "-c", HOLD]),
        cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        yield
    finally:
        process.kill()
        process.wait()


def found(pairs: Sequence[tuple[Host, Host]], before: Sequence[set[int]], began: float) -> float:
    """Seconds after `began` when the last of the connections from before is given up, on every side."""
    while any(one.connections(other) & old for (one, other), old in zip(pairs, before, strict=True)):
        took = time.monotonic() - began
        assert took < FOUND, f"half-open connections were kept for {took:.0f} s"
        time.sleep(0.2)
    return round(time.monotonic() - began, 1)


def back(estate: Estate, name: str, long: bool) -> float:
    """Seconds until all webs are ready and both workers took work, with nobody's help; what comes is done."""
    began, since, number, done = time.monotonic(), "", 0, False
    while not done:
        took = time.monotonic() - began
        assert took < (BACK if long else PATIENCE), f"not all work {took:.0f} s after the return"
        with suppress(psycopg.Error):
            since = since or estate.now()
            if estate.platform.settled():  # more only when that is done: nothing piles up for who comes late
                estate.driver.event(f"{name}-back-{number}")
                number += 1
            done = set(WORKERS) <= estate.working(since) and all(map(estate.ready, WEBS))
        time.sleep(0.1)
    return round(time.monotonic() - began, 1)


@fault("a worker is cut from the database in the middle of a transaction", short=True)
def half_open(estate: Estate, chance: random.Random, long: bool) -> Figures:
    """Its locks must not outlive it: the server finds out, and so does the worker."""
    name, database = f"half-{chance.randrange(10**9)}", estate["database"]
    worker = estate[chance.choice(WORKERS)]
    with holding_the_log(estate, worker):
        pairs = [(worker, database), (database, worker)]
        before = [one.connections(other) for one, other in pairs]
        assert all(before)
        began = time.monotonic()
        estate.network.silence(worker, database)
        with ThreadPoolExecutor(1) as client:
            sent = client.submit(estate.driver.burst, name, 6 if long else 2)
            noticed = found(pairs, before, began)
            sent.result()
        estate.settle()
        done = time.monotonic() - began
    assert done < FOUND, f"work went on only {done:.0f} s after the cut"
    estate.network.heal()
    return {"found_seconds": noticed, "work_went_on_seconds": round(done, 1),
            "recovery_seconds": back(estate, name, long)}  # fmt: skip


BUSY = "SELECT count(*) FROM pipeline_work WHERE state = 'leased' AND kind = 'sync'"


@fault("Redis is cut from both workers while all of their processes work")
def no_doorbell(estate: Estate, chance: random.Random, long: bool) -> Figures:
    """The workers hear nothing and cannot acknowledge what they did, and nobody tells them why."""
    name, pairs = f"deaf-{chance.randrange(10**9)}", [(estate[one], estate["redis"]) for one in WORKERS]
    free = Event()

    def held(request: Request, answer: Answer) -> Answer:
        free.wait(20)  # the hub answers one after the other
        return answer

    estate.hub.fail(held, f"/api/models/acme/{name}*", times=1)
    estate.driver.burst(name, 4)
    estate.platform.wait(lambda: estate.platform.sql(BUSY) == [(4,)], "every process to be busy", 20)
    before = [one.connections(other) for one, other in pairs]
    assert all(before)
    began = time.monotonic()
    for one, other in pairs:
        estate.network.silence(one, other)
    free.set()
    estate.driver.event(f"{name}-after")
    noticed = found(pairs, before, began)
    time.sleep(chance.uniform(0, 60 if long else 5))
    estate.network.heal()
    return {"found_seconds": noticed, "recovery_seconds": back(estate, name, long)}


@fault("a web is cut from the database")
def blind_web(estate: Estate, chance: random.Random, long: bool) -> Figures:
    """It answers no question about the record and lets nobody through; the other one goes on."""
    name, web = f"blind-{chance.randrange(10**9)}", chance.choice(WEBS)
    pairs = [(estate[web], estate["database"]), (estate["database"], estate[web])]
    before = [one.connections(other) for one, other in pairs]
    began = time.monotonic()
    estate.network.silence(*pairs[0])
    assert not estate.ready(web)
    estate.driver.burst(name, 3)
    noticed = found(pairs, before, began)
    time.sleep(chance.uniform(0, 30 if long else 2))
    estate.network.heal()
    return {"found_seconds": noticed, "recovery_seconds": back(estate, name, long)}


@fault("the hosts of the database and of Redis and a worker stop at once", short=True)
def no_record(estate: Estate, chance: random.Random, long: bool) -> Figures:
    return stopped(estate, chance, ["database", "redis", chance.choice(WORKERS)], long)


@fault("the Redis host, a web and a worker stop at once")
def half_of_all(estate: Estate, chance: random.Random, long: bool) -> Figures:
    return stopped(estate, chance, ["redis", chance.choice(WEBS), chance.choice(WORKERS)], long)


@fault("a host stops")
def one_host(estate: Estate, chance: random.Random, long: bool) -> Figures:
    return stopped(estate, chance, [chance.choice(["database", "redis", *WEBS, *WORKERS])], long)


def stopped(estate: Estate, chance: random.Random, hosts: Sequence[str], long: bool) -> Figures:
    name = f"stopped-{chance.randrange(10**9)}"
    estate.driver.event(f"{name}-before")
    for host in hosts:
        estate.stop(host)
    if "database" not in hosts:
        estate.driver.burst(name, 3)
    time.sleep(chance.uniform(0, 60 if long else 1))
    estate.bring_back()
    return {"stopped": list(hosts), "recovery_seconds": back(estate, name, long)}


@fault("any two hosts lose each other, or one loses all")
def anything(estate: Estate, chance: random.Random, long: bool) -> Figures:
    """Silently or with the link down, for longer or shorter, with or without events meanwhile."""
    name, seconds = f"any-{chance.randrange(10**9)}", chance.uniform(1, 60 if long else 10)
    one, other = (estate[host] for host in chance.sample(["database", "redis", *WEBS, *WORKERS], 2))
    how = chance.choice(["silence", "isolate", "unplug"])
    began = time.monotonic()
    {
        "silence": lambda: estate.network.silence(one, other),
        "isolate": lambda: estate.network.isolate(one),
        "unplug": lambda: estate.network.unplug(one),
    }[how]()
    if one.name != "database":
        estate.driver.burst(name, 3)
    time.sleep(max(0.0, began + seconds - time.monotonic()))
    estate.network.heal()
    cut = [one.name, other.name] if how == "silence" else [one.name]
    return {
        "cut": how,
        "between": cut,
        "seconds": round(seconds),
        "recovery_seconds": back(estate, name, long),
    }
