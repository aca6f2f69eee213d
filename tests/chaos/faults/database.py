"""A database that is away, full of clients, read-only, deadlocked, locked, out of space, or yesterday's."""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from tests.chaos.driver import Answer
from tests.chaos.rig import BOTH, EMBEDDED, SCALED, Rig, supervised, within
from tests.chaos.scenarios import scenario

ROOT = Path(__file__).resolve().parents[3]
BACK = 30.0
LONGEST = 30.0
"""Seconds that no request of a web takes, whatever the database does."""


@contextmanager
def restarted(rig: Rig, how: signal.Signals, seconds: float) -> Iterator[None]:
    assert rig.platform.database
    process = rig.platform.database.own
    process.stop(how)
    time.sleep(seconds)
    yield
    process.start()


@contextmanager
def crowded(rig: Rig, seconds: float) -> Iterator[None]:
    """Everybody is thrown out, and all places are taken before they come back."""
    assert rig.platform.database
    admin = rig.platform.database.url
    with ExitStack() as held:
        with suppress(psycopg.OperationalError):
            for _ in range(400):
                held.callback(psycopg.connect(admin, connect_timeout=2).close)
                throw_out(admin) if _ % 50 == 49 else None
        time.sleep(seconds)
        yield


def throw_out(admin: str) -> None:
    statement = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'flow_%'"
    with suppress(psycopg.OperationalError), psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(statement)


@contextmanager
def read_only(rig: Rig, seconds: float) -> Iterator[None]:
    assert rig.platform.database
    admin = rig.platform.database.url
    name = rig.database_url.rsplit("/", 1)[1]

    def switch(to: str) -> None:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {to}")  # type: ignore[arg-type]
        throw_out(admin)

    switch("on")
    time.sleep(seconds)
    yield
    switch("off")


@contextmanager
def deadlocked(rig: Rig, seconds: float) -> Iterator[None]:
    """Somebody takes the rows that workers take, in the opposite order, until the server ends one of both."""
    ended = threading.Event()

    def quarrel() -> None:
        while not ended.is_set():
            with suppress(psycopg.Error), psycopg.connect(rig.database_url) as other:
                other.execute("SELECT 1 FROM audit_head FOR UPDATE")
                cases = other.execute("SELECT id FROM compliance_case ORDER BY id DESC LIMIT 30").fetchall()
                for (case,) in cases:
                    other.execute("SELECT 1 FROM compliance_case WHERE id = %s FOR UPDATE", [case])
                    time.sleep(0.05)

    other = threading.Thread(target=quarrel, name="quarrel")
    other.start()
    try:
        yield
        time.sleep(seconds)
    finally:
        ended.set()
        other.join()


def deadlocks(rig: Rig) -> int:
    name = rig.database_url.rsplit("/", 1)[1]
    [[count]] = rig.platform.sql(f"SELECT deadlocks FROM pg_stat_database WHERE datname = '{name}'")
    return int(count)


def restarted_fast(rig: Rig, seconds: float) -> Any:
    return restarted(rig, signal.SIGINT, 0)


def restarted_at_once(rig: Rig, seconds: float) -> Any:
    return restarted(rig, signal.SIGQUIT, 0)


def down(rig: Rig, seconds: float) -> Any:
    return restarted(rig, signal.SIGQUIT, seconds)


Outage = Callable[[Rig, float], Any]
OUTAGES: dict[str, Outage] = {
    "restarted fast": restarted_fast,
    "restarted at once": restarted_at_once,
    "down": down,
    "crowded": crowded,
    "read-only": read_only,
    "deadlocked": deadlocked,
}


@scenario(5, "PostgreSQL restarted, down, crowded, read-only, deadlocked", on=SCALED)
def outages(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"statuses": {}}
    kinds = list(OUTAGES) if long else ["restarted at once", "read-only"]
    resumed = drained = 0.0
    for kind in kinds:
        name = f"away-{chance.randrange(10**9)}"
        rig.driver.event(f"{name}-before")
        client = threading.Thread(target=rig.driver.burst, args=(f"{name}-during", 2))
        with supervised(rig):
            with OUTAGES[kind](rig, chance.uniform(3, 30) if long else 1.0):
                client.start()
                answers = [
                    rig.driver.ask("POST", "/companies/", {"slug": "x", "name": "X"}, web=n) for n in (0, 1)
                ]
                exit_code = asked_by_command(rig, f"{name}-before")
            began = time.monotonic()
            resumed = max(resumed, rig.resumed(f"{name}-before", name))
            client.join()
            rig.settle()
            drained = max(drained, time.monotonic() - began)
        told["statuses"][kind] = [answer.status for answer in answers]
        if kind in ("down", "read-only"):
            faults = [fault for answer in answers if (fault := unavailable(answer))]
            assert not faults, (kind, faults)
        if kind == "down":
            assert exit_code == 5, f"the command let a pipeline go on with {exit_code}"
    assert 500 not in rig.driver.statuses, "a database that was away made an error of the server"
    assert resumed <= within(BACK), f"nothing was done {resumed:.1f} s after the database returned"
    waits = {"resumed_seconds": resumed, "recovery_seconds": round(drained, 2)}
    told["deadlocks"] = deadlocks(rig)
    return {"outages": len(kinds), **told, **waits, "repeats_allowed": 4 * len(kinds)}


def unavailable(answer: Answer) -> str:
    """What is wrong with a refusal that should say: later."""
    if answer.status != 503:
        return f"answered {answer.status}: {answer.body}"
    told = {name.lower() for name in answer.headers}
    return "" if "retry-after" in told else "503 without Retry-After"


def asked_by_command(rig: Rig, slug: str) -> int:
    """The exit code of the command that pipelines use."""
    env = {**os.environ, "MODELSTEWARD_URL": rig.urls[0], "MODELSTEWARD_TOKEN": rig.platform.token}
    command = [sys.executable, str(ROOT / "modelsteward"), "check", "--deployment", slug, "--timeout", "15"]
    return subprocess.run(command, env=env, capture_output=True).returncode


@scenario(18, "a lock that nobody lets go of", on=BOTH, short=EMBEDDED)
def locked(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    """A writer holds the database for longer than anybody waits: refused with 503 or done, never 500."""
    name, held = f"locked-{chance.randrange(10**9)}", 30.0 if long else 2.0
    rig.driver.event(f"{name}-before")
    rig.driver.statuses.clear()
    client = threading.Thread(target=rig.driver.burst, args=(name, 2))
    asking = ThreadPoolExecutor(1)
    with holding(rig):
        client.start()
        asked = asking.submit(rig.driver.ask, "POST", "/companies/", {"slug": "locked", "name": "Locked"})
        time.sleep(held)
    answer = asked.result()
    asking.shutdown()
    client.join()
    assert answer.seconds < within(LONGEST), f"a request hung for {answer.seconds:.0f} s"
    assert answer.status in (0, 200, 201, 503), answer
    odd = [status for status in rig.driver.statuses if status >= 500 and status != 503]
    assert not odd, f"a lock made {odd}"
    return {"longest_seconds": round(answer.seconds, 1), "repeats_allowed": 4}


@contextmanager
def holding(rig: Rig) -> Iterator[None]:
    if rig.topology in EMBEDDED:
        connection = sqlite3.connect(
            rig.database_url.removeprefix("sqlite:///"), timeout=20, isolation_level=None
        )
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.rollback()
            connection.close()
        return
    with psycopg.connect(rig.database_url) as other:
        tables = "pipeline_work, audit_head, usage_company, pipeline_idempotencyrecord"
        other.execute(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")  # type: ignore[arg-type]
        yield
        other.rollback()


@scenario(6, "no space left", on=EMBEDDED)
def full(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    """No file of the process may grow any more: a write that fails is a refusal, and nothing is half done."""
    pid, name = rig.platform.children["up"].pid, f"full-{chance.randrange(10**9)}"
    rig.driver.event(f"{name}-before")
    rig.driver.statuses.clear()
    client = threading.Thread(target=rig.driver.burst, args=(name, 3))
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        client.start()
        answer = rig.driver.ask("POST", "/companies/", {"slug": "full", "name": "Full"})
        time.sleep(chance.uniform(5, 20) if long else 1.0)
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
    client.join()
    back = rig.settle()
    fault = unavailable(answer)
    assert not fault, fault
    assert rig.platform.alive("up"), "a full disk ended the process"
    return {"status": answer.status, "recovery_seconds": round(back, 2), "repeats_allowed": 4}
