"""Asks the gate about everything in the ledger, without end and in a process of its own.

`polling(...)` is the end in the test. The process writes one JSON line for each line that it reads.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RECENT = 60
"""How many of the newest deployments are asked about."""
LONGEST = 10.0


@dataclass
class Polled:
    """What the gate answered. `unanswered` polls let nobody through; `wrong` names what was let through."""

    polls: int = 0
    answered: int = 0
    allowed: int = 0
    unanswered: int = 0
    mute: int = 0
    wrong: list[str] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    p50: float = 0.0
    p99: float = 0.0
    longest: float = 0.0
    longest_unanswered: float = 0.0

    @classmethod
    def read(cls, line: str) -> Polled:
        told = json.loads(line)
        return cls(**{one.name: told[one.name] for one in fields(cls)})


class Poller:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def mark(self) -> Polled:
        """What was answered since the last mark. Call it when the ledger says whatever is true."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("mark\n")
        self.process.stdin.flush()
        return Polled.read(self.process.stdout.readline())


@contextmanager
def polling(
    base_urls: Sequence[str], token: str, ledger: Path, *, per_second: float = 100, threads: int = 1
) -> Iterator[Poller]:
    """`threads` for each address, together about `per_second` polls (0: as fast as it goes)."""
    words = ["--ledger", str(ledger), "--per-second", str(per_second), "--threads", str(threads), *base_urls]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.poller", *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdin
        process.stdin.write(token + "\n")
        process.stdin.flush()
        yield Poller(process)
    finally:
        process.kill()
        process.wait()


class Truth:
    """The ledger as it grows: what to ask about, and since when each answer that allows it is wrong."""

    def __init__(self, path: Path) -> None:
        self.path, self.offset = path, 0
        self.wrong_from: dict[str, float | None] = {}
        self.recent: list[str] = []
        self.backup: dict[str, float | None] = {}
        self._lock = threading.Lock()

    def catch_up(self) -> None:
        with self._lock, self.path.open("rb") as lines:
            lines.seek(self.offset)
            while (line := lines.readline()).endswith(b"\n"):
                self.offset += len(line)
                self._learn(json.loads(line))

    def _learn(self, line: dict[str, Any]) -> None:
        if line["what"] == "backup":
            self.backup = dict(self.wrong_from)
        elif line["what"] == "restored":
            self.wrong_from = dict(self.backup)
        elif line["what"] == "truth":
            self.wrong_from[line["slug"]] = line["wrong_from"]
            self.recent = [*[slug for slug in self.recent if slug != line["slug"]], line["slug"]][-RECENT:]


class Asker(threading.Thread):
    """One kept connection to one web, with as little between us and the answer as can be."""

    def __init__(self, url: str, token: str, truth: Truth, pause: float) -> None:
        super().__init__(daemon=True)
        parts = urllib.parse.urlsplit(url)
        self.address = (parts.hostname or "", parts.port or 80)
        self.head = f" HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
        self.truth, self.pause = truth, pause
        self.lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self.told = Polled()
        self.seconds, self.allows = array("f"), list[tuple[str, float]]()

    def run(self) -> None:
        chance, connection = random.Random(), None
        while True:
            slugs = self.truth.recent
            if not slugs:
                time.sleep(0.1)
                continue
            slug, asked = chance.choice(slugs), time.monotonic()
            try:
                connection = connection or socket.create_connection(self.address, LONGEST)
                connection.sendall(f"GET /api/v1/gate/?deployment={slug}{self.head}".encode())
                status, body = read_answer(connection)
                self._answered(slug, asked, status, body)
            except (OSError, ValueError):
                connection = self._unanswered(connection, asked)
            if self.pause:
                time.sleep(self.pause)

    def _answered(self, slug: str, asked: float, status: int, body: bytes) -> None:
        answer = json.loads(body)
        took = time.monotonic() - asked
        with self.lock:
            told = self.told
            told.polls += 1
            told.answered += 1
            told.statuses[str(status)] = told.statuses.get(str(status), 0) + 1
            self.seconds.append(took)
            if status == 200 and answer.get("allow") is True:
                told.allowed += 1
                self.allows.append((slug, asked))
            elif not any(one.get("reason") for one in answer.get("reasons") or [{}]):
                told.mute += 1

    def _unanswered(self, connection: socket.socket | None, asked: float) -> None:
        with self.lock:
            self.told.polls += 1
            self.told.unanswered += 1
            self.told.longest_unanswered = max(self.told.longest_unanswered, time.monotonic() - asked)
        if connection:
            connection.close()
        time.sleep(0.05)

    def take(self) -> tuple[Polled, array[float], list[tuple[str, float]]]:
        with self.lock:
            taken = self.told, self.seconds, self.allows
            self.reset()
        return taken


def read_answer(connection: socket.socket) -> tuple[int, bytes]:
    """Status and body of an answer with a Content-Length. Raises OSError or ValueError when it is cut off."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += _more(connection)
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
    while len(body) < length:
        body += _more(connection)
    return int(lines[0].split()[1]), body


def _more(connection: socket.socket) -> bytes:
    piece = connection.recv(65536)
    if not piece:
        raise ConnectionResetError("the web hung up")
    return piece


def added_up(askers: Sequence[Asker], truth: Truth) -> Polled:
    """What all heard since the last time, held against the ledger as it is now."""
    truth.catch_up()
    whole, seconds = Polled(), array("f")
    for told, took, allows in [asker.take() for asker in askers]:
        for name in ("polls", "answered", "allowed", "unanswered", "mute"):
            setattr(whole, name, getattr(whole, name) + getattr(told, name))
        for status, times in told.statuses.items():
            whole.statuses[status] = whole.statuses.get(status, 0) + times
        whole.longest_unanswered = max(whole.longest_unanswered, told.longest_unanswered)
        seconds.extend(took)
        whole.wrong += [slug for slug, asked in allows if _wrong(truth, slug, asked)]
    ordered = sorted(seconds)
    if ordered:
        whole.p50, whole.p99 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
        whole.longest = ordered[-1]
    return whole


def _wrong(truth: Truth, slug: str, asked: float) -> bool:
    since = truth.wrong_from.get(slug, 0.0)
    return since is not None and asked > since


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.poller")
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--per-second", type=float, default=100)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("urls", nargs="+")
    args = parser.parse_args()
    token = sys.stdin.readline().strip()  # not an argument: others can read those
    truth = Truth(args.ledger)
    count = args.threads * len(args.urls)
    pause = count / args.per_second if args.per_second else 0.0
    askers = [Asker(url, token, truth, pause) for url in args.urls for _ in range(args.threads)]
    for asker in askers:
        asker.start()
    threading.Thread(target=_follow, args=(truth,), daemon=True).start()
    for _ in sys.stdin:
        print(json.dumps(vars(added_up(askers, truth))), flush=True)


def _follow(truth: Truth) -> None:
    while True:
        with suppress(OSError, ValueError):
            truth.catch_up()
        time.sleep(0.1)


if __name__ == "__main__":
    main()
