"""Who lives, and who does something: "up but consuming nothing" must be seen."""

from __future__ import annotations

import os
import socket
import time
import tomllib
from functools import cache

from django.conf import settings
from django.db.models.functions import Now

from governance.pipeline.models import Heartbeat

LENT = "lent:"
"""Begins the name of a holder of a lease that is no worker."""
_process = os.getpid()


def become_worker() -> None:
    """Called in the main process of a worker before its pool forks: all its children beat as this one."""
    global _process
    _process = os.getpid()


def component(role: str) -> str:
    return f"{role}@{socket.gethostname()}:{_process}"


def lease_prefix() -> str:
    """What the names of all holders of leases in this worker begin with."""
    return f"{socket.gethostname()}:{_process}:"[:80]


@cache
def version() -> str:
    """Of the code that this process runs."""
    path = settings.BASE_DIR / "pyproject.toml"
    return str(tomllib.loads(path.read_text("utf-8"))["project"]["version"]) if path.exists() else "unknown"


def beat(role: str) -> None:
    defaults = {"beat_at": Now(), "version": version()}
    Heartbeat.objects.update_or_create(component=component(role), defaults=defaults)


_noted = 0.0


def note_claim() -> None:
    """At most once a second: the row says that work is taken, not how much."""
    global _noted
    if time.monotonic() - _noted < 1:
        return
    _noted = time.monotonic()
    defaults = {"beat_at": Now(), "claimed_at": Now()}
    Heartbeat.objects.update_or_create(component=component("worker"), defaults=defaults)
