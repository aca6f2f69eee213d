"""Asks a server over kept connections, as fast as it answers, and says how long each answer took.

One process over raw sockets: some 40 us of CPU for a request, a tenth of what any server here needs. It still
shares the machine with the server, so what the server itself used (`processes.Used`) is the figure to trust,
and requests per second are only good for comparing two servers asked in turn.

`python -m benchmarks.rig.load` reads the fields of a `Load` and prints its `Answers`, both as JSON.
"""

from __future__ import annotations

import json
import resource
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CHUNK = 1 << 16
OK = b" 200 "


@dataclass(frozen=True)
class Load:
    """GET requests for the paths in turn."""

    port: int
    paths: Sequence[str]
    headers: Mapping[str, str] = field(default_factory=dict)
    connections: int = 8
    seconds: float = 3.0
    least: int = 1
    """Answers to wait for, however long that takes: where the machine is busy, few come in a second."""

    def requests(self) -> Iterator[bytes]:
        named = {"Host": f"127.0.0.1:{self.port}", **self.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        return cycle([f"GET {path} HTTP/1.1\r\n{head}\r\n".encode() for path in self.paths])


@dataclass(frozen=True)
class Answers:
    """`refused` are answers other than 200; latencies in milliseconds."""

    requests: int
    refused: int
    per_second: int
    p50: float
    p99: float
    client_cpu_share: float
    """Of one core: near 1 the client was the limit."""


class Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.held, self.asked_at = b"", 0.0

    def ask(self, request: bytes) -> None:
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def answer(self) -> bytes | None:
        """The status line of a whole answer; None while it is still coming. Raises OSError when cut off."""
        got = self.socket.recv(CHUNK)
        if not got:
            raise ConnectionError("the server closed a kept connection")
        self.held += got
        end = self.held.find(b"\r\n\r\n")
        if end < 0 or not _whole(self.held, end):
            return None
        line, self.held = self.held[: self.held.index(b"\r\n")], b""
        return line


def _whole(held: bytes, end: int) -> bool:
    head = held[:end].lower()
    at = head.find(b"\r\ncontent-length:")
    if at < 0:
        return held.endswith(b"0\r\n\r\n")  # in chunks
    stop = head.find(b"\r\n", at + 2)
    return len(held) >= end + 4 + int(head[at + 17 : stop if stop > 0 else None])


def run(load: Load) -> Answers:
    requests, taken, refused = load.requests(), [], 0
    with selectors.DefaultSelector() as ready:
        for _ in range(load.connections):
            connection = Connection(load.port)
            ready.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask(next(requests))
        began, cpu = time.perf_counter(), _cpu()
        while time.perf_counter() - began < load.seconds or len(taken) < load.least:
            for key, _ in ready.select(1):
                line = key.data.answer()
                if line is None:
                    continue
                taken.append(time.perf_counter() - key.data.asked_at)
                refused += OK not in line
                key.data.ask(next(requests))
        spent = time.perf_counter() - began
        return _told(sorted(taken), refused, spent, (_cpu() - cpu) / spent)


def _told(taken: list[float], refused: int, spent: float, share: float) -> Answers:
    at = [round(taken[int(len(taken) * part)] * 1000, 2) if taken else 0.0 for part in (0.5, 0.99)]
    return Answers(len(taken), refused, round(len(taken) / spent), at[0], at[1], round(share, 2))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def asked(load: Load) -> Answers:
    """As `run`, in a process of its own. Raises CalledProcessError when the server cut a connection."""
    told = json.dumps(asdict(load))
    command = [sys.executable, "-m", "benchmarks.rig.load"]
    done = subprocess.run(command, input=told, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return Answers(**found)


if __name__ == "__main__":
    print(json.dumps(asdict(run(Load(**json.load(sys.stdin))))))
