"""One piece of work from claim to end. Every kind has one handler; this is all that they share."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from functools import partial

from django.db import transaction

from governance.pipeline import checking, delivering, judging, looking, outbox, syncing, ticking
from governance.pipeline.chaos import maybe_die
from governance.pipeline.giving_up import given_up
from governance.pipeline.heartbeat import note_claim
from governance.pipeline.holding import holding
from governance.pipeline.models import Kind, Work

log = logging.getLogger(__name__)
HANDLERS: dict[str, Callable[[Work], None]] = {
    Kind.SYNC: syncing.sync,
    Kind.JUDGE: judging.judge,
    Kind.CHECK: checking.check,
    Kind.DELIVER: delivering.deliver,
    Kind.TICK: ticking.run,
    Kind.LOOK: looking.look,
}


def owner() -> str:
    """Who holds a lease: host, process and thread."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident() % 100_000}"


def run(work_id: int | None = None) -> bool:
    """Claim and do one piece of work (this one, or the one that waits longest). False: nothing was due."""
    work = outbox.claim(work_id, owner=owner(), kinds=tuple(HANDLERS))
    if work is None:
        return False
    maybe_die("work_claimed")
    note_claim()
    try:
        with holding(work):
            HANDLERS[work.kind](work)
    except outbox.FenceLostError:
        log.warning("%s %s was taken over, its result is dropped", work.kind, work.key)
    except outbox.AgainError as later:
        _settle(work, partial(outbox.again, work, str(later), later.after))
    except Exception as fault:
        log.exception("%s %s failed", work.kind, work.key)
        _settle(work, partial(_failed, work, f"{type(fault).__name__}: {fault}"[:1000]))
    return True


def _failed(work: Work, sentence: str) -> None:
    if outbox.fail(work, sentence):
        given_up(work, sentence)


def _settle(work: Work, write: Callable[[], None]) -> None:
    try:
        with transaction.atomic():
            write()
    except outbox.FenceLostError:
        log.warning("%s %s was taken over meanwhile", work.kind, work.key)


def drain(most: int = 1000) -> int:
    """Do what is due, one after the other; answers how many. For tests and for the demo's first look."""
    done = 0
    while done < most and run():
        done += 1
    return done
