"""What this process counts. Counting is cheap and stays in memory; `counted` adds it to the rows of all.

Nothing here needs Django, as the policy runner counts too. Labels come from small, closed sets: routes and
not addresses, keys of policies and not their findings, never a model, a deployment or a person.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from time import perf_counter

MOST_SERIES = 5_000
"""Of one process between two writings: should a label turn out to be open, memory stays bounded."""
Key = tuple[str, tuple[str, ...]]
"""Name of the series, and its label values."""


@dataclass(frozen=True)
class Metric:
    """With `buckets` (upper bounds in seconds) a histogram, `timed` a sum and a count, else a counter."""

    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    timed: bool = False


METRICS = {
    "http_requests": Metric("Requests answered.", ("method", "route", "status")),
    "http_request_seconds": Metric("Time to answer requests.", ("route",), timed=True),
    "gate_decisions": Metric("Answers of the gate.", ("decision",)),
    "gate_seconds": Metric("Time to answer the gate.", (), (0.001, 0.0025, 0.005, 0.01, 0.05, 0.2, 1.0)),
    "work_runs": Metric("Pieces of work that a worker took, by how it ended.", ("kind", "ended")),
    "work_seconds": Metric("Time that a worker spent on a piece.", ("kind",), (0.1, 0.5, 1, 5, 15, 60)),
    "policy_seconds": Metric("Time of one evaluation.", ("policy",), (0.001, 0.01, 0.1, 1, 5)),
    "policy_faults": Metric("Evaluations that gave no verdict.", ("policy", "fault")),
    "deliveries_tried": Metric("Messages handed to a channel.", ("channel", "ended")),
    "source_requests": Metric("Requests sent to a source.", ("source",)),
}

_counts: Counter[Key] = Counter()
_lock = Lock()


def add(name: str, *labels: str, value: float = 1) -> None:
    _add([((name, labels), value)])


def observe(name: str, seconds: float, *labels: str) -> None:
    """One duration: its sum, and the bucket that it falls into or else the count."""
    bound = next((bound for bound in METRICS[name].buckets if seconds <= bound), "+Inf")
    _add([((f"{name}_sum", labels), seconds), ((f"{name}_bucket", (*labels, str(bound))), 1)])


@contextmanager
def timing(name: str, *labels: str) -> Iterator[None]:
    began = perf_counter()
    try:
        yield
    finally:
        observe(name, perf_counter() - began, *labels)


def take() -> dict[Key, float]:
    """All that was counted since the last time."""
    with _lock:
        taken = dict(_counts)
        _counts.clear()
    return taken


def give_back(counts: dict[Key, float]) -> None:
    """What could not be written is counted still."""
    _add(list(counts.items()))


def _add(amounts: list[tuple[Key, float]]) -> None:
    with _lock:
        for key, amount in amounts:
            if key in _counts or len(_counts) < MOST_SERIES:
                _counts[key] += amount  # type: ignore[assignment]


def _after_fork() -> None:
    """What the parent counted is the parent's to write."""
    global _lock
    _lock = Lock()
    _counts.clear()


os.register_at_fork(after_in_child=_after_fork)
