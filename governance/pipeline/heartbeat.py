"""Who lives, and who does something: "up but consuming nothing" must be seen."""

from __future__ import annotations

import os
import socket
import time

from django.db.models.functions import Now

from governance.pipeline.models import Heartbeat

_process = os.getpid()


def become_worker() -> None:
    """Called in the main process of a worker before its pool forks: all its children beat as this one."""
    global _process
    _process = os.getpid()


def component(role: str) -> str:
    return f"{role}@{socket.gethostname()}:{_process}"


def beat(role: str) -> None:
    Heartbeat.objects.update_or_create(component=component(role), defaults={"beat_at": Now()})


_noted = 0.0


def note_claim() -> None:
    """At most once a second: the row says that work is taken, not how much."""
    global _noted
    if time.monotonic() - _noted < 1:
        return
    _noted = time.monotonic()
    defaults = {"beat_at": Now(), "claimed_at": Now()}
    Heartbeat.objects.update_or_create(component=component("worker"), defaults=defaults)


def last_claim() -> Heartbeat | None:
    return Heartbeat.objects.filter(component=component("worker")).first()
