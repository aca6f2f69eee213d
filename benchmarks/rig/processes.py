"""A server as a child, and the CPU that it and all that it started have used, from /proc."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 120.0


@dataclass(frozen=True)
class Stat:
    """One line of /proc/<pid>/stat; CPU in seconds, that of ended children that were waited for included."""

    parent: int
    cpu: float

    @classmethod
    def of(cls, pid: int) -> Stat | None:
        try:
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return cls(int(words[1]), sum(map(int, words[11:15])) / TICKS)


def family(pid: int) -> dict[int, Stat]:
    """The process and all that it started."""
    running = {int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    stats = {one: stat for one in running if (stat := Stat.of(one))}
    found = {pid} & stats.keys()
    while new := {one for one, stat in stats.items() if stat.parent in found} - found:
        found |= new
    return {one: stats[one] for one in found}


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and all that it started."""
    return sum(stat.cpu for stat in family(pid).values())


def started_by(pid: int) -> list[int]:
    return [one for one, stat in family(pid).items() if stat.parent == pid]


def words_of(pid: int) -> str:
    """The command line; empty for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], log: Path, ready: Callable[[], bool]
) -> Iterator[subprocess.Popen[bytes]]:
    """The command from when it is ready. Raises RuntimeError with its last words when it does not get so."""
    with log.open("ab") as out:
        child = subprocess.Popen(
            [*_tied_to_us(), *command],
            env=dict(environment),
            cwd=ROOT,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        _wait(child, ready, log)
        yield child
    finally:
        _end(child)


def _tied_to_us() -> list[str]:
    """On Linux the kernel ends it when we are killed, so that it is not left behind."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def _wait(child: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if child.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{child.args} did not get ready:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.1)


def _end(child: subprocess.Popen[bytes]) -> None:
    """It may end in order first; nothing that it started stays behind."""
    descendants = family(child.pid)
    child.terminate()
    with suppress(subprocess.TimeoutExpired):
        child.wait(20)
    for pid in {child.pid, *descendants}:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    child.wait()
