"""The Celery tasks: each is a wake-up that carries a row id and nothing else."""

from __future__ import annotations

from typing import Any

from celery.signals import worker_init, worker_process_init, worker_process_shutdown, worker_ready
from django.db import close_old_connections

from governance.celery import app
from governance.pipeline import execution
from governance.pipeline.counted import flush
from governance.pipeline.heartbeat import become_worker
from governance.pipeline.ringing import Ring
from governance.pipeline.settled import settle
from governance.pipeline.threads import beside, flusher, sweeper, watchdog


@app.task(name="governance.run", Request=Ring)
def run(work_id: int, **_later_versions: object) -> None:
    """Do this piece of work, unless somebody did it already."""
    close_old_connections()  # as before a request: what the database closed meanwhile is opened again
    execution.run(work_id)


@worker_init.connect
def _begin(**_: Any) -> None:
    """Before the pool forks: its processes have what this one loaded."""
    become_worker()
    settle()


@worker_ready.connect
def _watch(**_: Any) -> None:
    """Every worker sweeps, and ends itself when it takes nothing. (Embedded mode sends no such signal.)"""
    for loop in (sweeper(), watchdog(), *beside()):
        loop.start()


@worker_process_init.connect
def _count(**_: Any) -> None:
    """Each process of the pool counts for itself."""
    flusher().start()


@worker_process_shutdown.connect
def _keep_count(**_: Any) -> None:
    flush()
