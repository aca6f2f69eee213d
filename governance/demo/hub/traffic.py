"""What was asked of the Hub, and what is to go wrong with the answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from governance.demo.hub.wire import Answer, Request

Fault = Callable[[Request, Answer], Answer]
"""The right answer in, the wrong one out (see faults.py)."""


@dataclass
class Planned:
    """A fault for the answers that it meets; `left` is None where it is not counted."""

    fault: Fault
    path: str
    method: str
    left: int | None

    def meets(self, request: Request) -> bool:
        wanted = self.left != 0 and self.method in ("", request.method)
        return wanted and fnmatchcase(request.path, self.path)


@dataclass(frozen=True)
class Logged:
    """One request with the status that it got, and when by the Hub's clock."""

    request: Request
    status: int
    at: float


class Traffic:
    """The log and the planned faults. One lock serializes answers with the changes that a test makes."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.log: list[Logged] = []
        self._planned: list[Planned] = []

    def fail(self, fault: Fault, path: str = "*", *, method: str = "", times: int | None = None) -> None:
        """From now on answers to `path` (a glob of the path as sent) go wrong, `times` times or always."""
        with self.lock:
            self._planned.append(Planned(fault, path, method, times))

    def heal(self) -> None:
        """No fault any more."""
        with self.lock:
            self._planned.clear()

    def spoil(self, request: Request, answer: Answer) -> Answer:
        """The answer after the first fault that meets the request."""
        with self.lock:
            planned = next((p for p in self._planned if p.meets(request)), None)
            if planned is None:
                return answer
            if planned.left is not None:
                planned.left -= 1
        return planned.fault(request, answer)

    def asked(self, path: str = "*", method: str = "") -> list[Logged]:
        """The requests so far to a path (a glob), on both origins."""
        with self.lock:
            return [
                entry
                for entry in self.log
                if fnmatchcase(entry.request.path, path) and method in ("", entry.request.method)
            ]

    def count(self, path: str = "*", method: str = "") -> int:
        return len(self.asked(path, method))

    def forget(self) -> None:
        """Start the log again."""
        with self.lock:
            self.log.clear()
