"""Calls that end in time, whatever a server does that was asked: a frozen one answers nothing, for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, connections

Value = TypeVar("Value")
MOST_HANGING = 4
"""Threads that wait for an answer that does not come; with so many, nobody else asks."""
_hanging = threading.BoundedSemaphore(MOST_HANGING)


def within(seconds: float, call: Callable[[], Value]) -> Value:
    """The value of `call`, which another thread makes over this thread's database connection.

    Raises what it raises, or TimeoutError; then the connection stays with the thread that waits on it, which
    closes it, and this thread gets a new one.
    """
    if not _hanging.acquire(blocking=False):
        raise TimeoutError
    asking = _Asking(call)
    asking.start()
    asking.join(seconds)
    return asking.value()


class _Asking(threading.Thread):
    def __init__(self, call: Callable[[], Value]) -> None:
        super().__init__(name="asking", daemon=True)
        self.call = call
        self.connection = connections[DEFAULT_DB_ALIAS]
        self.connection.inc_thread_sharing()
        self.outcome: Callable[[], Value] | None = None
        self.left = False
        self.lock = threading.Lock()

    def run(self) -> None:
        connections[DEFAULT_DB_ALIAS] = self.connection
        try:
            value = self.call()
            outcome = lambda: value  # noqa: E731
        except BaseException as fault:
            outcome = _raiser(fault)
        finally:
            _hanging.release()
        with self.lock:
            self.outcome = outcome
            if self.left:
                self.connection.close()

    def value(self) -> Value:
        with self.lock:
            self.left = self.outcome is None
        if self.left:
            del connections[DEFAULT_DB_ALIAS]
            raise TimeoutError
        self.connection.dec_thread_sharing()
        assert self.outcome is not None  # noqa: S101
        return self.outcome()


def _raiser(fault: BaseException) -> Callable[[], Value]:
    def again() -> Value:
        raise fault

    return again
