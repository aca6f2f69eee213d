"""One piece of work from claim to end. Every kind has one handler; this is all that they share."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from functools import partial
from time import perf_counter

from django.db import transaction

from governance import logs
from governance.pipeline import checking, counting, delivering, judging, looking, outbox, syncing, ticking
from governance.pipeline.chaos import maybe_die
from governance.pipeline.giving_up import given_up
from governance.pipeline.heartbeat import LENT, lease_prefix, note_claim
from governance.pipeline.holding import holding
from governance.pipeline.models import Kind, Work

log = logging.getLogger(__name__)
OVERTAKEN = "overtaken"
HANDLERS: dict[str, Callable[[Work], None]] = {
    Kind.SYNC: syncing.sync,
    Kind.JUDGE: judging.judge,
    Kind.CHECK: checking.check,
    Kind.DELIVER: delivering.deliver,
    Kind.TICK: ticking.run,
    Kind.LOOK: looking.look,
}


def owner() -> str:
    """Who holds a lease: host, worker, process of its pool, and thread."""
    return f"{lease_prefix()}{os.getpid()}:{threading.get_ident() % 100_000}"


def run(work_id: int | None = None, *, as_worker: bool = True) -> bool:
    """Claim and do one piece of work (this one, or the one that waits longest). False: nothing was due.

    Not `as_worker` is who lends a hand because no worker does; that must not look like a worker's progress.
    """
    holder = owner() if as_worker else f"{LENT}{owner()}"
    work = outbox.claim(work_id, owner=holder, kinds=tuple(HANDLERS))
    if work is None:
        return False
    maybe_die("work_claimed")
    if as_worker:
        note_claim()
    began = perf_counter()
    with logs.context(**_ids(work)):
        ended = _do(work)
        log.info("%s %s: %s after %.1f s", work.kind, work.key, ended, perf_counter() - began)
    counting.add("work_runs", work.kind, ended)
    counting.observe("work_seconds", perf_counter() - began, work.kind)
    return True


def _ids(work: Work) -> dict[str, object]:
    """What stands in each log line of the work, and by which lines of different processes are joined."""
    ids = {"work": work.pk, "attempt": work.attempts, "fence": work.fence, "worker": work.lease_owner}
    return {**ids, logs.REQUEST: work.request_id} if work.request_id else ids


def _do(work: Work) -> str:
    """How it ended, in one word."""
    try:
        with holding(work):
            HANDLERS[work.kind](work)
        return "handled"
    except outbox.FenceLostError:
        log.warning("%s %s was taken over, its result is dropped", work.kind, work.key)
        return OVERTAKEN
    except outbox.AgainError as later:
        return _settle(work, partial(_again, work, later))
    except Exception as fault:
        log.exception("%s %s failed", work.kind, work.key)
        return _settle(work, partial(_failed, work, f"{type(fault).__name__}: {fault}"[:1000]))


def _again(work: Work, later: outbox.AgainError) -> str:
    outbox.again(work, str(later), later.after)
    return "again"


def _failed(work: Work, sentence: str) -> str:
    if not outbox.fail(work, sentence):
        return "failed"
    given_up(work, sentence)
    return "dead"


def _settle(work: Work, write: Callable[[], str]) -> str:
    try:
        with transaction.atomic():
            return write()
    except outbox.FenceLostError:
        log.warning("%s %s was taken over meanwhile", work.kind, work.key)
        return OVERTAKEN


def drain(most: int = 1000) -> int:
    """Do what is due, one after the other; answers how many. For tests and for the demo's first look."""
    done = 0
    while done < most and run():
        done += 1
    return done
