"""The two servers as they are asked: ours as `make up` serves it here, and the peer beside it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rig import peer
from benchmarks.rig.installation import token
from benchmarks.rig.load import Load
from benchmarks.rig.processes import running, started_by, words_of
from benchmarks.rig.rounds import Side
from tests.servers.process import free_port


@dataclass(frozen=True)
class Serving:
    """`processes`: `server` is what answers requests, `database` PostgreSQL where there is one."""

    port: int
    headers: Mapping[str, str]
    processes: Mapping[str, int]

    def side(self, paths: Sequence[str], seconds: float = 3.0, least: int = 100) -> Side:
        """`least` so many requests in a round, as CPU is told in hundredths of a second."""
        return Side(Load(self.port, paths, self.headers, seconds=seconds, least=least), self.processes)


@contextmanager
def ours() -> Iterator[Serving]:
    """Embedded, the server is the one process, with worker and ticker; else granian with its workers."""
    port, folder = free_port(), Path(os.environ["MODELSTEWARD_VAR"])
    environment = {**os.environ, "PORT": str(port), "LOG_LEVEL": "INFO"}
    command = [sys.executable, "manage.py", "up"]
    with running(command, environment, folder / "up.log", lambda: peer.answers(port)) as child:
        web = next((pid for pid in started_by(child.pid) if "granian" in words_of(pid)), child.pid)
        yield Serving(port, {"Authorization": f"Bearer {token()}"}, {"server": web, **_database()})


@contextmanager
def theirs(count: int) -> Iterator[Serving]:
    """With so many models of one version each."""
    url = os.environ.get("DATABASE_URL", "")
    with peer.serving(count, Path(os.environ["MODELSTEWARD_VAR"]), url) as found:
        yield Serving(found.port, {}, {"server": found.pid, **_database()})


def size() -> int:
    return int(os.environ["BENCH_SIZE"])


def _database() -> dict[str, int]:
    pid = int(os.environ["BENCH_DATABASE_PID"])
    return {"database": pid} if pid else {}
