"""The platform on hosts of its own: database, Redis, two webs, two workers with tickers; and a desk.

The desk is where the test is: it asks the webs, and carries the sample Hub and the mail server.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from governance.demo.hub import DEMO_TOKEN
from governance.demo.hub.state import Hub
from tests.chaos.counters import Counts, count
from tests.chaos.driver import OVER, SHARED, Driver, request
from tests.chaos.ledger import Ledger
from tests.chaos.poller import Poller, polling
from tests.chaos.sinks import mails
from tests.flow.cast import PEOPLE
from tests.flow.platform import Platform, _environment
from tests.hosts.network import Host, Network, inside, network
from tests.servers import postgres, redis, smtp
from tests.servers.hub import hub_server, sample_hub
from tests.servers.process import Server
from tests.servers.smtp import MailServer

WEBS, WORKERS = ("web-1", "web-2"), ("worker-1", "worker-2")
NAMES = ("database", "redis", *WEBS, *WORKERS, "desk")
PORT = 8000
HURRY = (
    "UPDATE pipeline_work SET due_at = now() - interval '1 s' WHERE state = 'due' AND due_at > now()"
    " AND due_at < '2100-01-01' RETURNING id"
)
RESTART_SECONDS = 1.0
"""After which the units of deploy/ start again what ended."""
SETTINGS = {"SECRET_KEY": "one-for-all-hosts", "MAX_ATTEMPTS": "20", "EMAIL_TIMEOUT": "3", "HF_TIMEOUT": "20"}


@dataclass
class Estate:
    """`down` are hosts without power: nothing is started there. `restarts` counts what ended by itself."""

    network: Network
    database: Server
    broker: Server
    platform: Platform
    hub: Hub
    mail: MailServer
    ledger: Ledger
    driver: Driver
    poller: Poller
    down: set[str] = field(default_factory=set)
    restarts: dict[str, int] = field(default_factory=dict)
    topology: str = "hosts"
    repeats: int = 0
    """Messages that had come twice when they were counted last."""
    power: threading.Lock = field(default_factory=threading.Lock)

    def __getitem__(self, name: str) -> Host:
        return self.network[name]

    @property
    def shared_revision(self) -> str:
        """Of the one model that is known from the beginning."""
        return self.hub[SHARED].branches["main"]

    def host_of(self, program: str) -> Host:
        return self[program.replace("ticker", "worker")]

    def start_missing(self) -> None:
        """As the supervisor of each host that has power: what is not there is started."""
        with self.power:
            for program in self.platform.commands:
                if self.host_of(program).name not in self.down:
                    self._start(program)

    def _start(self, program: str) -> None:
        child = self.platform.children.get(program)
        if child and child.poll() is None:
            return
        if child:
            self.restarts[program] = self.restarts.get(program, 0) + 1
        own = str(self.platform.folder / self.host_of(program).name)
        self.platform.launch(program, MODELSTEWARD_VAR=own)

    def stop(self, name: str) -> None:
        """The host loses power: every process at once, and nobody says goodbye."""
        self.network.isolate(self[name])
        with self.power:
            self.down.add(name)
        for pid in self[name].processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for server in self.servers(name):
            server.kill()

    def bring_back(self) -> None:
        """Power and links for everybody."""
        self.network.heal()
        for name in self.down:
            for server in self.servers(name):
                with inside(self[name]):
                    server.restart()
        with self.power:
            for program in self.platform.commands:
                if self.host_of(program).name in self.down:
                    self.platform.children.pop(program).wait()
            self.down.clear()

    def servers(self, name: str) -> list[Server]:
        return [server for on, server in (("database", self.database), ("redis", self.broker)) if on == name]

    def revive(self) -> None:
        self.bring_back()

    def settle(self, seconds: float = 240, *, hurry: bool = False) -> float:
        """Until nothing is due or running; answers how long that took.

        `hurry`: as if the time had passed for which something is put off after a failure.
        """
        began = time.monotonic()
        self.platform.wait(lambda: self._settled(hurry), "all work to be done", seconds)
        return time.monotonic() - began

    def _settled(self, hurry: bool) -> bool:
        with suppress(psycopg.Error):
            if hurry:
                self.platform.sql(HURRY)
            return self.platform.settled()
        return False

    def ready(self, web: str) -> bool:
        answer = request(f"http://{self[web].address}:{PORT}", "GET", "/readyz", None, {}, 2)
        return answer.status == 200

    def working(self, since: str) -> set[str]:
        """Hosts whose worker took work after this instant of the database's clock."""
        rows = self.platform.sql(f"SELECT component FROM pipeline_heartbeat WHERE claimed_at > '{since}'")
        return {component.partition("@")[2].rpartition(":")[0] for (component,) in rows}

    def now(self) -> str:
        """By the clock of the database."""
        return str(self.platform.sql("SELECT clock_timestamp()")[0][0])

    def count(self) -> Counts:
        return count(self.platform.environment["DATABASE_URL"], self.ledger, {"email": mails(self.mail)})

    def new_model(self, name: str) -> str:
        repo_id = f"acme/{name}"
        if self.hub.named(repo_id) is None:
            self.hub.create(repo_id, {"license": "llama3.1"})
        return repo_id


@contextmanager
def estate(folder: Path, *, polls: float = 15) -> Iterator[Estate]:
    """Everything runs, and the test is at the desk; one company over every limit is known."""
    with ExitStack() as held:
        made = held.enter_context(network(NAMES))
        with inside(made["database"]):
            address = made["database"].address
            database = held.enter_context(postgres.own_server(durable=True, host=address))
        with inside(made["redis"]):
            broker = held.enter_context(redis.own_server(host=made["redis"].address))
        held.enter_context(inside(made["desk"]))
        desk, hub = made["desk"].address, sample_hub()
        endpoint = held.enter_context(hub_server(hub, host=desk))
        mail = held.enter_context(smtp.server(host=desk))
        platform = _platform(made, folder, database, broker, HF_ENDPOINT=endpoint, EMAIL_PORT=str(mail.port))
        platform.bootstrap()
        ledger = Ledger(folder / "ledger.jsonl")
        urls = [f"http://{made[web].address}:{PORT}" for web in WEBS]
        driver = Driver(urls, platform.token, ledger, timeout=5, patience=120)
        poller = held.enter_context(polling(urls, platform.token, ledger.path, per_second=polls))
        one = Estate(made, database, broker, platform, hub, mail, ledger, driver, poller)
        driver.new_model = one.new_model
        held.callback(platform.kill)
        held.enter_context(_supervised(one))
        platform.wait(lambda: all(map(one.ready, WEBS)), "both webs to be ready")
        driver.company("acme", OVER)
        driver.send("model", "/models/", {"repo_id": SHARED}, key=f"model:{SHARED}")
        one.settle()
        yield one


def _platform(made: Network, folder: Path, database: Server, broker: Server, **told: str) -> Platform:
    environment = _environment(folder, PORT, {
        **SETTINGS,
        "DATABASE_URL": database.url,
        "REDIS_URL": broker.url,
        "HF_TOKEN": DEMO_TOKEN,
        "EMAIL_HOST": made["desk"].address,
        "ALERT_EMAILS": ",".join(PEOPLE),
        "ALLOWED_HOSTS": ",".join(["127.0.0.1", *(made[web].address for web in WEBS)]),
        **told,
    })  # fmt: skip
    commands = {web: made[web].command(_web(made[web])) for web in WEBS}
    for number, worker in enumerate(WORKERS, 1):
        manage = [sys.executable, "manage.py"]
        commands[worker] = made[worker].command([*manage, "worker", "--concurrency", "2"])
        commands[f"ticker-{number}"] = made[worker].command([*manage, "ticker"])
    for name in (*WEBS, *WORKERS):
        (folder / name).mkdir()
    return Platform(folder, environment, commands, PORT)


def _web(host: Host) -> list[str]:
    serve = ["--interface", "wsgi", "--host", host.address, "--port", str(PORT), "--no-ws"]
    return [sys.executable, "-m", "granian", *serve, "governance.wsgi:application"]


@contextmanager
def _supervised(one: Estate) -> Iterator[None]:
    """As systemd does for the units of deploy/, on every host that has power."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            one.start_missing()
            ended.wait(RESTART_SECONDS)

    watcher = threading.Thread(target=watch, name="supervisor")
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
