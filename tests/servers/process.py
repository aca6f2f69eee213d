"""One server as a child process: a free port, a start that is waited for, an end that is certain."""

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
NOBODY = 65534  # PostgreSQL refuses to run as root, so root lends it this account
START_SECONDS = 30


class ServerFailedError(RuntimeError):
    """The server did not come up; the message ends with what it printed last."""


def free_port() -> int:
    """A port nobody listens on, below the range from which outgoing connections take theirs."""
    for port in random.SystemRandom().sample(range(20_000, 32_000), 200):
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) != 0:
                return port
    raise ServerFailedError("no free port between 20000 and 32000")


@contextmanager
def temporary_folder(name: str) -> Iterator[Path]:
    """A folder that the lent account can enter, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix=f"modelsteward-{name}-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Account:
    """Who runs a process: ourselves, or as root the lent account."""

    lent: bool = False

    @classmethod
    def not_root(cls) -> "Account":
        return cls(lent=os.geteuid() == 0)

    def own(self, folder: Path) -> None:
        if self.lent:
            os.chown(folder, NOBODY, NOBODY)

    @property
    def options(self) -> dict[str, object]:
        return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if self.lent else {}


class Process:
    """A server that can be started, stopped, killed and started again on the same port and data."""

    def __init__(
        self, command: list[str], folder: Path, ready: Callable[[], bool], account: Account | None = None
    ) -> None:
        self.command, self.ready, self.account = command, ready, account or Account()
        self.log = folder / "server.log"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def start(self) -> None:
        """Start, and return only when the server answers."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self._spawn()
            if self._wait_until_ready(deadline):
                return
            self.kill()
            time.sleep(0.2)  # after a kill, what it left behind may take a moment to go
        raise ServerFailedError(f"{self.command[0]} did not start:\n{self._last_words()}")

    def stop(self, how: signal.Signals = signal.SIGTERM, patience: float = 10) -> None:
        """End it in an orderly way; a server that will not go is killed."""
        if self._child and self._child.poll() is None:
            self._child.send_signal(how)
            try:
                self._child.wait(patience)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._child and self._child.poll() is None:
            self._child.kill()
            self._child.wait()

    def _spawn(self) -> None:
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [*_tied_to_us(), *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.log.parent,
                start_new_session=True,  # Ctrl-C is for the tests; they still need the server to clean up
                **self.account.options,  # type: ignore[call-overload]
            )

    def _wait_until_ready(self, deadline: float) -> bool:
        while self._child and self._child.poll() is None and time.monotonic() < deadline:
            if self.ready():
                return True
            time.sleep(0.02)
        return False

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


def _tied_to_us() -> list[str]:
    """On Linux the kernel ends the server when the tests are killed, so that none is left behind."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT"] if setpriv else []


@dataclass(frozen=True)
class Server:
    """A server that answers at `url`. One that somebody else started has no `process`."""

    name: str
    version: str
    origin: str
    url: str
    process: Process | None = None

    def describe(self) -> str:
        return f"{self.name} {self.version} {self.origin}"

    @property
    def own(self) -> Process:
        if self.process is None:
            raise ServerFailedError(f"{self.describe()} is shared: use own_server() to stop or kill one")
        return self.process

    def kill(self) -> None:
        self.own.kill()

    def restart(self) -> None:
        """Start again after `kill`, same port, same data."""
        self.own.start()
