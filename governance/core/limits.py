"""Limits that a child process puts on itself before it touches anything it was given."""

from __future__ import annotations

import contextlib
import resource

MEBIBYTE = 1024 * 1024


def limit_process(memory_bytes: int, cpu_seconds: int) -> None:
    """Bound the address space and the processor time of this process, and let it dump no core.

    Called first thing in a child, never in a worker. Beyond the memory limit allocations raise
    MemoryError; beyond the processor time the kernel kills the process. The caller in the parent
    adds the wall clock, since a process that sleeps uses neither. This contains faults; it is not a
    security sandbox.
    """
    _bound(resource.RLIMIT_CPU, cpu_seconds)
    _bound(resource.RLIMIT_CORE, 0)
    # macOS knows RLIMIT_AS but refuses to lower it: there the wall clock and CPU limit must do.
    with contextlib.suppress(ValueError, OSError):
        _bound(resource.RLIMIT_AS, memory_bytes)


def _bound(which: int, limit: int) -> None:
    """Lower the soft and the hard limit, so that it cannot be raised again; never above an inherited one."""
    _, hard = resource.getrlimit(which)
    lowest = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(which, (lowest, lowest))
