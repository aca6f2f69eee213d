"""The child process as the worker sees it: started, asked, listened to with a wall clock, and killed."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import governance
from governance.pipeline.processors import ALLOWED
from governance.pipeline.runner.job import Fault
from governance.pipeline.runner.wire import MAX_ANSWER, BrokenFrameError, Frames, unpack

KEPT_OUTPUT = 2_000
"""Bytes of what the child printed last that go into the evidence."""
MOST_LOGGED = 16_000
"""Bytes of what a child prints that go into the log, with the ids of the work that it is done for."""
log = logging.getLogger(__name__)
ROOT = Path(next(iter(governance.__path__))).resolve().parent


class LostError(Exception):
    """The child is of no more use. The text completes the sentence 'The policy X ...'."""

    def __init__(self, fault: Fault, what: str, *, started: bool = True) -> None:
        super().__init__(what)
        self.fault = fault
        self.started = started
        """Whether an evaluation was under way."""


class Child:
    """One child process. Not thread-safe. After any LostError it must be killed."""

    def __init__(self, settings: Mapping[str, Any], start_seconds: float) -> None:
        """Returns when the child has loaded its policies. Raises LostError or OSError."""
        self.answered = 0
        self._output = bytearray()
        self._logged = 0
        self._frames = Frames(MAX_ANSWER)
        theirs_in, self._requests = os.pipe()
        self._answers, theirs_out = os.pipe()
        self._open = [self._requests, self._answers]
        try:
            ends = {"requests": theirs_in, "answers": theirs_out}
            told = {**settings, **ends, "processors": ALLOWED}
            self._process = _spawn(told, (theirs_in, theirs_out))
        except OSError:
            self._close()
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self._errors = self._process.stderr.fileno()  # type: ignore[union-attr]
        self._listen()
        self._await_ready(start_seconds)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        """The end of what the child wrote to its standard error."""
        return self._output.decode("utf-8", "replace").replace("\0", " ").strip()

    def send(self, frame: bytes, seconds: float) -> None:
        """Raises LostError when the child does not take it within that time."""
        rest = memoryview(frame)
        deadline = time.monotonic() + seconds
        self._poll.register(self._requests, select.POLLOUT)
        try:
            while rest:
                self._wait(self._requests, deadline)
                rest = rest[os.write(self._requests, rest) :]
        except OSError:
            raise LostError(Fault.CRASH, "was not asked: its process was gone", started=False) from None
        finally:
            self._poll.unregister(self._requests)

    def receive(self, seconds: float) -> Any:
        """The next answer. Raises LostError saying how the child was lost."""
        deadline = time.monotonic() + seconds
        try:
            while (body := self._frames.next()) is None:
                self._wait(self._answers, deadline)
                self._read()
            return unpack(body)
        except BrokenFrameError:
            raise LostError(Fault.CRASH, "disturbed the connection to its process") from None
        except TimeoutError:
            raise LostError(Fault.TIMEOUT, f"did not answer within {seconds:g} seconds") from None

    def kill(self) -> None:
        """End the child and whatever it started. Safe to call twice."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process.stderr.close()  # type: ignore[union-attr]
        self._close()

    def forget(self) -> None:
        """In a copy of this process made by fork: leave the child to the original."""
        self._process.returncode = 0  # not ours to wait for
        self._process.stderr.close()  # type: ignore[union-attr]
        self._close()

    def _listen(self) -> None:
        self._poll = select.poll()
        for descriptor in (self._answers, self._errors):
            self._poll.register(descriptor, select.POLLIN)
        for descriptor in (self._requests, self._answers, self._errors):
            os.set_blocking(descriptor, False)

    def _await_ready(self, seconds: float) -> None:
        try:
            said = self.receive(seconds)
        except LostError as lost:
            self.kill()
            raise LostError(Fault.RUNNER, f"{lost}: {self.output}" if self.output else str(lost)) from None
        if said != "ready":
            self.kill()
            raise LostError(Fault.RUNNER, str(said)[:KEPT_OUTPUT])

    def _wait(self, wanted: int, deadline: float) -> None:
        """Until `wanted` is ready, keeping the child's output flowing meanwhile. Raises TimeoutError."""
        while True:
            left = deadline - time.monotonic()
            ready = dict(self._poll.poll(max(0.0, left) * 1000))
            if self._errors in ready:
                self._keep_output()
            if wanted in ready:
                return
            if left <= 0:
                raise TimeoutError

    def _read(self) -> None:
        data = os.read(self._answers, 1 << 18)
        if not data:
            raise self._ended()
        self._frames.feed(data)

    def _keep_output(self) -> None:
        data = os.read(self._errors, 1 << 16)
        if not data:
            self._poll.unregister(self._errors)
        self._output += data
        del self._output[:-KEPT_OUTPUT]
        if data and self._logged < MOST_LOGGED:
            self._logged += len(data)
            log.info("a policy wrote: %s", data[:MOST_LOGGED].decode("utf-8", "replace"))

    def _ended(self) -> LostError:
        with contextlib.suppress(OSError, KeyError):
            self._keep_output()
        code = self._exit_code(patience=0.5)
        if code is None:
            return LostError(Fault.CRASH, "closed the connection to its process")
        if code == -signal.SIGXCPU:
            return LostError(Fault.TIMEOUT, "used more processor time than it may")
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"exited with status {code}"
        return LostError(Fault.CRASH, how)

    def _exit_code(self, patience: float) -> int | None:
        """As Popen's returncode, but not reaped: until `kill`, its number must not go to a stranger."""
        deadline = time.monotonic() + patience
        while (ended := os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)) is None:
            if time.monotonic() > deadline:
                return None
            time.sleep(0.002)
        return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status

    def _close(self) -> None:
        while self._open:
            with contextlib.suppress(OSError):
                os.close(self._open.pop())


def _spawn(settings: Mapping[str, Any], pipes: tuple[int, int]) -> subprocess.Popen[bytes]:
    """A near-empty environment: no token, no database. Its own session, so that all of it can be killed."""
    command = [sys.executable, "-P", "-B", "-m", "governance.pipeline.runner.child", json.dumps(settings)]
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        bufsize=0,
        pass_fds=pipes,
        cwd="/",
        env=_environment(),
        start_new_session=True,
    )


def _environment() -> dict[str, str]:
    """The libraries of this process, and what makes a policy answer alike everywhere."""
    entries = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    path = os.pathsep.join(dict.fromkeys([str(ROOT), *(str(Path(entry).resolve()) for entry in entries)]))
    return {"PYTHONPATH": path, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "TZ": "UTC"}
