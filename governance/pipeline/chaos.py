"""Named points at which tests kill the process, between two writes that must survive it."""

from __future__ import annotations

import os
import random
import signal

POINTS = (
    "work_claimed",
    "sync_read",
    "sync_before_commit",
    "sync_committed",
    "judged",
    "judge_before_commit",
    "judge_committed",
    "check_before_commit",
    "check_committed",
    "deliver_begun",
    "deliver_sent",
    "deliver_committed",
    "tick_committed",
)
_name, _, _nth = os.environ.get("CHAOS_KILL", "").partition(":")
_mark = os.environ.get("CHAOS_MARK", "")
"""A file that the dying process leaves, so that those who take its place live on."""
_left = int(_nth or 1)
ANY = "one-in"


def maybe_die(point: str) -> None:
    """Die here, as by `kill -9`, when CHAOS_KILL=point:nth says so; costs one comparison otherwise.

    CHAOS_KILL=one-in:N kills at any point with that chance, and writes the point into the file CHAOS_MARK.
    """
    global _left
    if not _name or _name not in (point, ANY):
        return
    if _name == ANY:
        if _unlucky():
            _tell(point)
            _die()
        return
    _left -= 1
    if _left == 0 and _first():
        _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _unlucky() -> bool:
    return random.randrange(_left) == 0  # noqa: S311 (no secret)


def _tell(point: str) -> None:
    with open(_mark, "a", encoding="ascii") as deaths:
        deaths.write(point + "\n")


def _first() -> bool:
    if not _mark:
        return True
    try:
        os.close(os.open(_mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True
