"""The real platform as its users run it: processes of their own, asked over HTTP, watched in its database."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.servers import postgres, redis
from tests.servers.process import Server, free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0
Row = tuple[Any, ...]


@dataclass
class Answer:
    status: int
    body: Any


@dataclass
class Platform:
    """One installation: its environment, and the processes that run it now."""

    folder: Path
    environment: dict[str, str]
    commands: dict[str, list[str]]
    port: int
    broker: Server | None = None
    """The Redis of its own, which a test may kill."""
    database: Server | None = None
    """The PostgreSQL that it uses; one of its own may be killed too."""
    ports: tuple[int, ...] = ()
    """Of every web, the first one that of `port`."""
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    token: str = ""

    def bootstrap(self, policies: str = "enforce") -> None:
        path = self.folder / "token"
        self.manage("bootstrap", *(["--policies", policies] if policies else []), "--token-file", str(path))
        self.token = path.read_text("utf-8").strip()

    def manage(self, *words: str, **extra: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env={**self.environment, **extra},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, *names: str, **extra: str) -> None:
        """The named processes (all), with more environment; returns when the web answers."""
        self.launch(*names, **extra)
        self.wait(self._answers, "the web to answer")

    def launch(self, *names: str, **extra: str) -> None:
        """As `start`, for processes that may be gone before they answer."""
        for name in names or tuple(self.commands):
            with (self.folder / f"{name}.log").open("ab") as log:
                self.children[name] = subprocess.Popen(
                    self.commands[name],
                    cwd=ROOT,
                    env={**self.environment, **extra},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )

    def kill(self) -> None:
        """As by a power cut: every process of every group at once."""
        for child in self.children.values():
            _signal_group(child, signal.SIGKILL)
            child.wait()

    def stop(self) -> dict[str, int]:
        """Warm, by SIGTERM; answers the exit codes."""
        for child in self.children.values():
            child.terminate()
        codes = {name: child.wait(30) for name, child in self.children.items()}
        self.kill()
        return codes

    def alive(self, name: str) -> bool:
        return self.children[name].poll() is None

    def signal(self, name: str, number: signal.Signals) -> None:
        """To the named process and all that it started."""
        _signal_group(self.children[name], number)

    def end(self, name: str) -> None:
        """As `kill`, of one process with all that it started."""
        self.signal(name, signal.SIGKILL)
        self.children[name].wait()

    def members(self, name: str) -> list[int]:
        """Process ids that live in the group of the named process, the dead head not counted."""
        return [pid for pid in _processes() if kin(pid)[1] == self.children[name].pid]

    def offspring(self, name: str) -> list[int]:
        """Process ids that the named process started itself, the oldest first."""
        return [pid for pid in _processes() if kin(pid)[0] == self.children[name].pid]

    def ask(
        self, method: str, path: str, body: Any = None, seconds: float = 40, token: str = "", key: str = ""
    ) -> Answer:
        """With `token` as somebody else, with `key` as an Idempotency-Key."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {token or self.token}",
                "Content-Type": "application/json",
                **({"Idempotency-Key": key} if key else {}),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=seconds) as answer:
                return Answer(answer.status, json.loads(answer.read() or b"null"))
        except urllib.error.HTTPError as refused:
            return Answer(refused.code, json.loads(refused.read() or b"null"))

    def get(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status == 200, answer
        return answer.body

    def post(self, path: str, body: Any) -> Any:
        answer = self.ask("POST", path, body)
        assert answer.status in (200, 201, 202), answer
        return answer.body

    def gate(self, slug: str) -> Any:
        return self.ask("GET", f"/gate/?deployment={slug}").body

    def sql(self, statement: str) -> list[Row]:
        """Rows straight from the database, past everything that is tested here."""
        if "DATABASE_URL" not in self.environment:
            import sqlite3

            with sqlite3.connect(self.folder / "modelsteward.sqlite3", timeout=20) as database:
                return database.execute(statement).fetchall()
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            return connection.execute(statement).fetchall()  # type: ignore[arg-type]

    def settled(self) -> bool:
        """Nothing is due now or running."""
        soon = "due_at < '2100-01-01'"
        return not self.sql(
            f"SELECT 1 FROM pipeline_work WHERE state = 'leased' OR (state = 'due' AND {soon})"
        )

    def wait(self, holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if holds():
                return
            time.sleep(0.05)
        raise AssertionError(f"waited {seconds} s for {what}\n{self.last_words()}")

    def settle(self, seconds: float = PATIENCE) -> None:
        self.wait(self.settled, "all work to be done", seconds)

    def last_words(self) -> str:
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"== {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in logs)

    def _answers(self) -> bool:
        return all(_healthy(port) for port in self.ports or (self.port,))


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)


def _processes() -> list[int]:
    return sorted(int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def kin(pid: int) -> tuple[int, int]:
    """Parent and process group; zeros for what is gone or only waits to be reaped."""
    try:
        state, parent, group = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:3]
    except OSError:
        return 0, 0
    return (0, 0) if state == "Z" else (int(parent), int(group))


def _environment(folder: Path, port: int, more: Mapping[str, str]) -> dict[str, str]:
    named = ("DATABASE_URL", "REDIS_URL", "HF_ENDPOINT", "HF_TOKEN", "EMAIL_HOST", "ALERT_EMAILS")
    inherited = {name: value for name, value in os.environ.items() if name not in named}
    quick = {"LEASE_SECONDS": "3", "SWEEP_SECONDS": "1", "TICK_SECONDS": "1"}
    own = {"MODELSTEWARD_VAR": str(folder), "PORT": str(port)}
    return {**inherited, **quick, **own, **more}


@contextmanager
def embedded(folder: Path, **more: str) -> Iterator[Platform]:
    """One process on SQLite."""
    port = free_port()
    environment = _environment(folder, port, more)
    made = Platform(folder, environment, {"up": _python("manage.py", "up")}, port, ports=(port,))
    with _ended(made) as platform:
        yield platform


@contextmanager
def scaled(
    folder: Path, *, webs: int = 1, workers: int = 1, tickers: int = 1, durable: bool = False, **more: str
) -> Iterator[Platform]:
    """Webs, prefork workers and tickers on a database of their own in PostgreSQL, and a Redis of their own.

    `durable`: on a PostgreSQL of their own, which keeps what it committed when it is killed.
    """
    ports = tuple(free_port() for _ in range(webs))
    servers = postgres.own_server(durable=True) if durable else postgres.server()
    with servers as server, redis.own_server() as broker, _database(server.url, ports[0]) as url:
        environment = _environment(folder, ports[0], {"DATABASE_URL": url, "REDIS_URL": broker.url, **more})
        commands = {
            **_numbered("web", [_web(port) for port in ports]),
            **_numbered("worker", [_python("manage.py", "worker", "--concurrency", "2")] * workers),
            **_numbered("ticker", [_python("manage.py", "ticker")] * tickers),
        }
        made = Platform(folder, environment, commands, ports[0], broker, server, ports)
        with _ended(made) as platform:
            yield platform


def _web(port: int) -> list[str]:
    serve = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    return _python("-m", "granian", *serve, "governance.wsgi:application")


def _numbered(name: str, commands: list[list[str]]) -> dict[str, list[str]]:
    """One keeps the plain name; of several each has a number."""
    if len(commands) == 1:
        return {name: commands[0]}
    return {f"{name}-{number}": command for number, command in enumerate(commands, 1)}


@contextmanager
def _ended(platform: Platform) -> Iterator[Platform]:
    try:
        yield platform
    finally:
        platform.kill()


@contextmanager
def _database(url: str, port: int) -> Iterator[str]:
    name = f"flow_{port}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    try:
        yield url.rsplit("/", 1)[0] + f"/{name}"
    finally:
        with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]


def _python(*words: str) -> list[str]:
    return [sys.executable, *words]
