"""An installation to measure: a database of a kind, seeded to a size, and most often judged.

`python -m benchmarks.rig.installation` does all work that waits in the installation of its environment.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.rig.processes import ROOT
from tests.servers import postgres, redis
from tests.servers.process import temporary_folder

DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Mix:
    """What is seeded for a size."""

    name: str
    deployments: int
    cases: int
    models: int
    judged: bool = True


def mixes(size: int) -> list[Mix]:
    """Ten deployments in each case, a hundred in each, and a long list of models that few deployments run."""
    few = max(1, size // 100)
    return [
        Mix("10 alike", size, max(1, size // 10), few),
        Mix("100 alike", size, few, few),
        Mix("models", few, few, size, judged=False),
    ]


@dataclass(frozen=True)
class Server:
    """Where databases are made; no `url`: SQLite. `pid` is the database server's."""

    kind: str
    url: str = ""
    broker: str = ""
    pid: int = 0


@contextmanager
def server(kind: str) -> Iterator[Server]:
    """PostgreSQL keeps what it commits, as in production; with it comes a Redis."""
    if kind == "sqlite":
        yield Server(kind)
        return
    with postgres.own_server(durable=True) as database, redis.own_server() as broker:
        yield Server(kind, database.url, broker.url, database.own.pid or 0)


@contextmanager
def installation(on: Server, mix: Mix) -> Iterator[dict[str, str]]:
    """The environment in which its commands run."""
    with temporary_folder("bench") as folder:
        environment = {**os.environ, "MODELSTEWARD_VAR": str(folder), "LOG_LEVEL": "ERROR"}
        named = {"DATABASE_URL": _new_database(on.url), "REDIS_URL": on.broker} if on.url else {}
        told = {"BENCH_SIZE": str(max(mix.deployments, mix.models)), "BENCH_MIX": mix.name}
        told |= {"BENCH_DATABASE": on.kind, "BENCH_DATABASE_PID": str(on.pid)}
        for name in ("DATABASE_URL", "REDIS_URL"):
            environment.pop(name, None)
        environment |= {**named, **told, "DJANGO_SETTINGS_MODULE": "governance.settings"}
        _seed(environment, folder, mix)
        yield environment


def _seed(environment: dict[str, str], folder: Path, mix: Mix) -> None:
    numbers = {"deployments": mix.deployments, "cases": mix.cases, "models": mix.models}
    sized = [f"--{name}={number}" for name, number in numbers.items()]
    steps = [
        ["manage.py", "bootstrap", "--policies", "enforce", "--token-file", str(folder / "token")],
        ["manage.py", "seed", *sized],
        ["-m", "benchmarks.rig.installation"],
    ]
    for words in steps if mix.judged else steps[:-1]:
        subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, check=True, stdout=sys.stderr)


def _new_database(url: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bench WITH (FORCE)")
        connection.execute("CREATE DATABASE bench")
    return url.rsplit("/", 1)[0] + "/bench"


def token() -> str:
    """That of the installation of this environment."""
    return (Path(os.environ["MODELSTEWARD_VAR"]) / "token").read_text("utf-8").strip()


def main() -> None:
    os.environ["REDIS_URL"] = ""  # nobody needs to be rung for: all is done here
    import django

    django.setup()
    from governance.pipeline import execution

    while execution.drain():
        pass


if __name__ == "__main__":
    main()
