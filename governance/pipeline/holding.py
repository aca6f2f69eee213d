"""Keeps the lease of work that takes long, for as long as its process lives and not for ever."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context

from django.conf import settings
from django.db import connection

from governance.pipeline import outbox
from governance.pipeline.models import Work

log = logging.getLogger(__name__)
RENEWALS = 30
"""After so many thirds of a lease even live work is let go: somebody else may have more luck."""


@contextmanager
def holding(work: Work) -> Iterator[None]:
    """Renew the lease in the background while the block runs."""
    done = threading.Event()
    ids = copy_context()  # its log lines belong to the work as well
    threading.Thread(target=ids.run, args=(_renew, work, done), name="lease", daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _renew(work: Work, done: threading.Event) -> None:
    for _ in range(RENEWALS):
        if done.wait(settings.LEASE_SECONDS / 3):
            return
        try:
            if not outbox.renew(work):
                return
        except Exception:
            log.exception("the lease of work %s could not be renewed", work.pk)
        finally:
            connection.close()
