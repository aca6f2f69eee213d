"""On which processors a process runs, where the system lets it choose."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress

ALLOWED = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
"""Those that this process was given, read before it chose one."""


def stay_on_one() -> None:
    """Call it before there are threads. Of one interpreter only one runs at a time anyway, and handing over
    from one processor to another costs a busy web as much again as its answers."""
    run_on([ALLOWED[os.getpid() % len(ALLOWED)]] if ALLOWED else [])


def run_on(processors: Collection[int]) -> None:
    """As far as the system allows, which may have taken them away since; none: where it likes."""
    if processors:
        with suppress(OSError):
            os.sched_setaffinity(0, processors)
