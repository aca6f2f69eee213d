"""Named points at which tests kill the process, between two writes that must survive it."""

from __future__ import annotations

import os
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


def maybe_die(point: str) -> None:
    """Die here, as by `kill -9`, when CHAOS_KILL=point:nth says so; costs one comparison otherwise."""
    global _left
    if not _name or point != _name:
        return
    _left -= 1
    if _left == 0 and _first():
        os.kill(os.getpid(), signal.SIGKILL)


def _first() -> bool:
    if not _mark:
        return True
    try:
        os.close(os.open(_mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True
