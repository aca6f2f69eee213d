"""The policy runner: evaluates jobs in a child process that is replaced whenever a policy spoils it."""

from __future__ import annotations

import os
import weakref
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from governance.core.limits import MEBIBYTE
from governance.core.verdicts import Verdict
from governance.pipeline.counting import timing
from governance.pipeline.runner.course import Course
from governance.pipeline.runner.job import Job
from governance.pipeline.runner.process import Child, LostError

WORN = 50_000
"""Evaluations after which a child is replaced, so that what policies leave behind does not add up."""


class PolicyRunner:
    """One long-lived child, started when first needed; use as a context manager, from any thread.

    Every evaluation has `seconds` of wall clock, `cpu_seconds` of processor time (by default a second more)
    and shares `memory_bytes` of address space with the plugins that are loaded. What goes wrong with one is
    an `error` verdict for that job alone. The child is a fault boundary, not a security sandbox: install
    only plugins that you trust to mean well.
    """

    def __init__(
        self,
        *,
        seconds: float = 5.0,
        memory_bytes: int = 512 * MEBIBYTE,
        cpu_seconds: float | None = None,
        plugin_paths: Sequence[Path] = (),
        start_seconds: float = 30.0,
        start_attempts: int = 3,
        patience: int = 3,
    ) -> None:
        """`plugin_paths`: more folders with plugins. `patience`: see `evaluate`."""
        self._seconds = seconds
        self._start_seconds = start_seconds
        self._start_attempts = start_attempts
        self._patience = patience
        self._settings = {
            "seconds": seconds,
            "memory_bytes": memory_bytes,
            "cpu_seconds": cpu_seconds or seconds + 1,
            "plugins": [str(Path(folder).resolve()) for folder in plugin_paths],
        }
        self._lock = Lock()
        self._child: Child | None = None
        _RUNNERS.add(self)

    def evaluate(self, jobs: Sequence[Job]) -> list[Verdict]:
        """A verdict for each job, in their order; never raises for what a policy does.

        A job that crashed in a child which had evaluated others is tried once more in a fresh one, so that
        none is blamed for its neighbors. A policy that cost `patience` children in a row is not asked again
        in this call: its remaining jobs get `error` verdicts that say so.
        """
        course = Course(jobs, self._patience)
        with self._lock:
            while course.waiting:
                self._advance(course)
        return course.verdicts

    def close(self) -> None:
        """End the child. The next `evaluate` would start another."""
        with self._lock:
            self._drop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: object, trace: TracebackType | None) -> None:
        self.close()

    def _advance(self, course: Course) -> None:
        """One batch, or the part of it until the child is lost."""
        try:
            child = self._ready()
        except (LostError, OSError) as fault:
            course.refuse_all(str(fault))
            return
        finished = False
        try:
            finished = self._ask(child, course)
        except LostError as lost:
            course.lose(lost, child.output, used=child.answered > 0)
        finally:  # also when this thread is interrupted: answers must never meet the wrong questions
            if not finished:
                self._drop()

    def _ask(self, child: Child, course: Course) -> bool:
        nonces, frame = course.batch()
        child.send(frame, self._start_seconds)
        for nonce in nonces:
            with timing("policy_seconds", course.policy):
                said = child.receive(self._seconds)
            if not course.answer(said, nonce, used=child.answered > 0):
                return False
            child.answered += 1
        return child.answered < WORN

    def _ready(self) -> Child:
        """The child; raises what the last attempt to start one raised."""
        for attempt in range(1, self._start_attempts + 1):
            try:
                self._child = self._child or Child(self._settings, self._start_seconds)
                break
            except (LostError, OSError):
                if attempt == self._start_attempts:
                    raise
        assert self._child is not None  # noqa: S101
        return self._child

    def _drop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None

    def _after_fork(self) -> None:
        """A forked worker has its own child: pipes shared by two would mix up their answers."""
        self._lock = Lock()
        if self._child is not None:
            self._child.forget()
            self._child = None


_RUNNERS: weakref.WeakSet[PolicyRunner] = weakref.WeakSet()


def _after_fork() -> None:
    for runner in list(_RUNNERS):
        runner._after_fork()


os.register_at_fork(after_in_child=_after_fork)
