"""A platform with everything around it, made to be broken and made whole again."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from governance.demo.hub.state import Hub
from tests.chaos.counters import Counts, count
from tests.chaos.driver import OVER, SHARED, Driver
from tests.chaos.ledger import Ledger
from tests.chaos.poller import Poller, polling
from tests.chaos.sinks import HookSink, hook_sink, mails, write_mails
from tests.flow.cast import stage
from tests.flow.clerk import Clerk
from tests.flow.platform import Platform, embedded, scaled
from tests.servers.smtp import MailServer

Topology = Literal["embedded", "scaled"]
EMBEDDED: tuple[Topology, ...] = ("embedded",)
SCALED: tuple[Topology, ...] = ("scaled",)
BOTH: tuple[Topology, ...] = ("embedded", "scaled")
PATIENCE = 240.0
"""Seconds until something that must come is held to be lost; only a failure waits that long."""
SECRET = "whsec-chaos"
SETTINGS = {
    "HF_WEBHOOK_SECRET": SECRET,
    "MAX_ATTEMPTS": "20",
    "LOG_LEVEL": "INFO",
    "ALLOW_PRIVATE_TARGETS": "1",
}
"""Deaths are many here, and each counts against the work that it met: twenty before it is given up."""


def within(seconds: float) -> float:
    """The bound on this machine now: with more to do than it has processors, all takes longer."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@dataclass
class Rig:
    """`extra` is more environment for processes that are started from now on."""

    topology: Topology
    platform: Platform
    hub: Hub
    mail: MailServer
    hooks: HookSink
    clerk: Clerk
    ledger: Ledger
    driver: Driver
    poller: Poller
    extra: dict[str, str] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    """Of further people, once a scenario needs them."""
    dead: int = 0
    """Work that a scenario let die on purpose."""
    repeats: int = 0
    """Messages that had come twice when they were counted last."""

    @property
    def shared_revision(self) -> str:
        """Of the one model that every rig knows from the beginning."""
        return self.hub[SHARED].branches["main"]

    @property
    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self.platform.ports]

    @property
    def database_url(self) -> str:
        own = f"sqlite:///{self.platform.folder / 'modelsteward.sqlite3'}"
        return self.platform.environment.get("DATABASE_URL", own)

    def of(self, role: str) -> list[str]:
        """Names of the processes of a role: web, worker, ticker. Embedded, one plays them all."""
        return (
            ["up"]
            if self.topology == "embedded"
            else [n for n in self.platform.commands if n.startswith(role)]
        )

    def start(self, *names: str, **extra: str) -> None:
        """As `Platform.start`, of those named or of all."""
        self.platform.start(*names, **{**self.extra, **extra})

    def restart(self, *names: str, **extra: str) -> None:
        for name in names:
            self.platform.end(name)
        self.start(*names, **extra)

    def revive(self) -> list[str]:
        """As a supervisor would: start again what is gone; answers what was."""
        gone = [name for name in self.platform.commands if not self.platform.alive(name)]
        if gone:
            self.start(*gone)
        return gone

    def hurry(self) -> None:
        """As if the time had passed for which something is put off."""
        past = "'2000-01-01 00:00:00'" if self.topology == "embedded" else "now() - interval '1 s'"
        soon = "due_at < '2100-01-01'"
        self.write(f"UPDATE pipeline_work SET due_at = {past} WHERE state = 'due' AND {soon}")

    def write(self, statement: str) -> None:
        """Straight into the database: what time or an operator would do."""
        if self.topology == "scaled":
            import psycopg

            with psycopg.connect(self.database_url, autocommit=True) as connection:
                connection.execute(statement)  # type: ignore[arg-type]
            return
        import sqlite3

        with sqlite3.connect(self.database_url.removeprefix("sqlite:///"), timeout=20) as connection:
            connection.execute(statement)

    def settle(self, seconds: float = PATIENCE, *, hurry: bool = False) -> float:
        """Until nothing is due or running; answers how long that took."""
        began = time.monotonic()

        def settled() -> bool:
            if hurry:
                self.hurry()
            return self.platform.settled()

        self.platform.wait(settled, "all work to be done", within(seconds))
        return time.monotonic() - began

    def resumed(self, known: str, key: str) -> float:
        """Seconds until a check that is asked now is answered: until something is done again."""
        began, check = time.monotonic(), self.driver.check(known, f"check:{key}:after")
        answered = f"SELECT 1 FROM compliance_check WHERE id = {check} AND status = 'finished'"
        self.platform.wait(lambda: bool(self.platform.sql(answered)), "work to be done again", PATIENCE)
        return round(time.monotonic() - began, 2)

    def count(self) -> Counts:
        came = {"email": mails(self.mail), "webhook": self.hooks.came()}
        found = count(self.database_url, self.ledger, came, dead=self.dead)
        write_mails(self.mail, self.platform.folder / "mail.jsonl")
        return found

    def new_model(self, name: str, license: str = "llama3.1") -> str:
        repo_id = f"acme/{name}"
        if self.hub.named(repo_id) is None:
            self.hub.create(repo_id, {"license": license})
        return repo_id


@contextmanager
def rig(topology: Topology, folder: Path, *, polls: float = 60, **more: str) -> Iterator[Rig]:
    """Everything runs, one company over every limit is known, and the gate is asked all the time."""
    many = partial(scaled, webs=2, workers=2, tickers=2, durable=True)
    made = embedded if topology == "embedded" else many
    settings: dict[str, Any] = {**SETTINGS, **more}
    with hook_sink() as hooks, stage(folder, made, **settings) as one:
        platform, ledger = one.platform, Ledger(folder / "ledger.jsonl")
        urls = [f"http://127.0.0.1:{port}" for port in platform.ports]
        driver = Driver(urls, platform.token, ledger, patience=within(PATIENCE), timeout=60)
        platform.start()
        with polling(urls, platform.token, ledger.path, per_second=polls) as poller:
            made_rig = Rig(topology, platform, one.hub, one.mail, hooks, one.clerk, ledger, driver, poller)
            driver.new_model = made_rig.new_model
            hook = {"channel": "webhook", "address": hooks.address}
            driver.send("subscription", "/subscriptions/", hook, key="subscription:hooks")
            driver.company("acme", OVER)
            driver.send("model", "/models/", {"repo_id": SHARED}, key=f"model:{SHARED}")
            made_rig.settle()
            yield made_rig


@contextmanager
def supervised(made: Rig, pause: float = 0.2) -> Iterator[list[str]]:
    """While the block runs, whatever ends is started again; yields the names of what was."""
    ended, revived = threading.Event(), list[str]()

    def watch() -> None:
        over = False
        while not over:  # a last look as well: what was killed just now is started, too
            over = ended.wait(pause)
            gone = [name for name in made.platform.commands if not made.platform.alive(name)]
            if gone:
                revived.extend(gone)
                made.platform.launch(*gone, **made.extra)

    watcher = threading.Thread(target=watch, name="supervisor")
    watcher.start()
    try:
        yield revived
    finally:
        ended.set()
        watcher.join()
