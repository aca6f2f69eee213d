"""The peer: MLflow's server, in a virtual environment of its own, on the same kind of database.

Its tables are filled directly, as its own calls would take hours: one version of each of so many models, and
a tag that says the license. It is asked as its users ask it, over HTTP.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.rig.processes import ROOT, running
from tests.servers.process import free_port

VERSION = "3.17.0"
REQUIRED = (f"mlflow=={VERSION}", "psycopg2-binary==2.9.13")
WORKERS = 2
"""As many as ours."""
LICENSES = ("llama3.1", "llama4", "kimi-k2", "apache-2.0", "mit")
NAME = "seed-0-model-{}"
BATCH = 10_000
ROWS = {
    "registered_models": ("name", "creation_time", "last_updated_time", "description"),
    "model_versions": (
        *("name", "version", "creation_time", "last_updated_time", "description", "current_stage"),
        *("source", "status", "storage_location"),
    ),
    "registered_model_tags": ("key", "value", "name"),
}


@dataclass(frozen=True)
class Peer:
    port: int
    pid: int


def cache() -> Path:
    """What is kept between runs: BENCH_CACHE, else var/bench."""
    folder = Path(os.environ.get("BENCH_CACHE") or ROOT / "var" / "bench").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def program() -> Path:
    """Its command, installed when first asked for, which takes some minutes and a gigabyte."""
    folder = cache() / f"mlflow-{VERSION}"
    found = folder / "bin" / "mlflow"
    if not (folder / "complete").exists():
        print(f"Installing {', '.join(REQUIRED)} into {folder}", file=sys.stderr, flush=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        for command in ([sys.executable, "-m", "venv", str(folder)], [*pip, *REQUIRED]):
            subprocess.run(command, check=True, stdout=sys.stderr)
        (folder / "complete").touch()
    return found


@contextmanager
def serving(count: int, folder: Path, postgres: str = "") -> Iterator[Peer]:
    """A server with so many models, on a database of its own at `postgres`, else on SQLite in the folder."""
    (folder / "mlflow.db").unlink(missing_ok=True)
    address = _new_database(postgres) if postgres else f"sqlite:///{folder / 'mlflow.db'}"
    environment = {**_plain(), "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    named = address.replace("postgresql://", "postgresql+psycopg2://")
    upgrade = [str(program()), "db", "upgrade", named]
    subprocess.run(upgrade, check=True, env=environment, cwd=folder, stdout=sys.stderr)
    _fill(count, address)
    port = free_port()
    serve = ["server", "--backend-store-uri", named, "--port", str(port), "--workers", str(WORKERS)]
    command = [str(program()), *serve, "--host", "127.0.0.1", "--default-artifact-root", str(folder)]
    command += ["--uvicorn-opts", "--timeout-worker-healthcheck 300"]  # a busy machine costs it its workers
    with running(command, environment, folder / "mlflow.log", lambda: answers(port)) as child:
        yield Peer(port, child.pid)


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as asked:
        asked.settimeout(30)
        asked.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return bool(asked.recv(12))
    return False


def _plain() -> dict[str, str]:
    ours = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH")
    return {name: value for name, value in os.environ.items() if name not in ours}


def _new_database(url: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS mlflow WITH (FORCE)")
        connection.execute("CREATE DATABASE mlflow")
    return url.rsplit("/", 1)[0] + "/mlflow"


def _fill(count: int, address: str) -> None:
    if address.startswith("sqlite"):
        with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as database, database:
            for table, columns in ROWS.items():
                marks = ", ".join("?" * len(columns))
                database.executemany(_insert(table, marks), _rows(table, count))
        return
    with psycopg.connect(address) as connection:
        for table, columns in ROWS.items():
            copy = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
            with connection.cursor() as cursor, cursor.copy(copy) as rows:  # type: ignore[call-overload]
                for row in _rows(table, count):
                    rows.write_row(row)
        connection.execute("ANALYZE")


def _insert(table: str, marks: str) -> str:
    return f"INSERT INTO {table} ({', '.join(ROWS[table])}) VALUES ({marks})"  # noqa: S608  (names are ours)


def _rows(table: str, count: int) -> Iterator[tuple[object, ...]]:
    for number in range(count):
        name, at = NAME.format(number), 1_700_000_000_000 + number
        if table == "registered_models":
            yield name, at, at, "Seeded"
        elif table == "model_versions":
            yield name, 1, at, at, "Seeded", "None", f"hf://{name}", "READY", f"hf://{name}"
        else:
            yield "license", LICENSES[number % len(LICENSES)], name
