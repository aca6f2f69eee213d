"""The child process that evaluates policies: `python -m governance.pipeline.runner.child SETTINGS`.

SETTINGS is JSON: the two pipe ends, the limits, extra plugin folders. Limits come before any plugin. Each
batch is one frame {"texts": [...], "jobs": [[policy, params, as_of, {facet: text}, nonce], ...]} whose params
and facets are numbers into texts; each job is answered at once with a frame of its own that repeats the
nonce, so that the parent knows which job was the last and nothing that a policy writes passes for an answer.

The policies run in this very process: this is a fault boundary, not a security sandbox. A policy that looks
for the nonce will find it.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import math
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from governance.core.limits import limit_process
from governance.pipeline.processors import run_on
from governance.pipeline.runner.job import Fault
from governance.pipeline.runner.judge import Answer, Judge, refusal
from governance.pipeline.runner.wire import MAX_ANSWER, Frames, pack, unpack

LIFETIME_CPU = 24 * 3600
"""Seconds of processor time after which the kernel ends the process; the parent starts another one."""
ORPHANED = 30.0
"""Seconds beyond the wall clock after which a child that its parent did not kill ends itself."""


def main() -> None:
    settings = json.loads(sys.argv[1])
    requests, answers = settings["requests"], settings["answers"]
    for descriptor in (requests, answers):
        os.set_inheritable(descriptor, False)
    faulthandler.enable()
    _limit(settings)
    try:
        judge = Judge(*_policies([Path(folder) for folder in settings["plugins"]]))
    except Exception as fault:
        _write(answers, pack(f"{type(fault).__name__}: {fault}"))
        raise
    gc.freeze()
    _write(answers, pack("ready"))
    Loop(judge, requests, answers, settings).run()
    os._exit(0)  # whatever a policy left to be done at exit


class Loop:
    """Reads batches until the parent is gone."""

    def __init__(self, judge: Judge, requests: int, answers: int, settings: dict[str, Any]) -> None:
        self._judge = judge
        self._requests = requests
        self._answers = answers
        self._limits = _Limits(settings["seconds"], settings["cpu_seconds"])
        self._pid = os.getpid()

    def run(self) -> None:
        frames = Frames(sys.maxsize)
        while chunk := os.read(self._requests, 1 << 20):
            frames.feed(chunk)
            while (body := frames.next()) is not None:
                self._answer_all(unpack(body))

    def _answer_all(self, batch: dict[str, Any]) -> None:
        getpid, write, exit_now = os.getpid, _write, os._exit  # before a policy can replace them
        texts = batch["texts"]
        for policy, params, as_of, facets, nonce in batch["jobs"]:
            self._limits.renew()
            shown = {name: texts[number] for name, number in facets.items()}
            answer = self._judge.judge(policy, texts[params], as_of, shown)
            if getpid() != self._pid:
                exit_now(1)  # a copy that the policy forked, which must not answer as well
            write(self._answers, _frame(nonce, policy, answer))
            if answer.spoiled:
                exit_now(0)
        self._limits.rest()


class _Limits:
    """Renews what would end this process by itself: processor time, and the alarm for orphans.

    Both have room to spare, so once in a tenth of a second is enough and costs no system calls in between.
    """

    def __init__(self, seconds: float, cpu_seconds: float) -> None:
        self._alarm = seconds + ORPHANED
        self._cpu_seconds = math.ceil(cpu_seconds)
        self._hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        self._renewed = -math.inf
        # Bound before a policy runs: what it replaces in these modules is not used here.
        self._now, self._used = time.monotonic, time.process_time
        self._set_alarm, self._set_limit = signal.setitimer, resource.setrlimit

    def renew(self) -> None:
        now = self._now()
        if now - self._renewed < 0.1:
            return
        self._renewed = now
        self._set_alarm(signal.ITIMER_REAL, self._alarm)
        soft = math.ceil(self._used()) + self._cpu_seconds
        self._set_limit(resource.RLIMIT_CPU, (min(soft, self._hard), self._hard))

    def rest(self) -> None:
        """Nothing is under way: an idle child may wait as long as it likes."""
        self._renewed = -math.inf
        self._set_alarm(signal.ITIMER_REAL, 0)


def _limit(settings: dict[str, Any]) -> None:
    """No core, no file with content, and no process or thread (which the kernel does not hold root to)."""
    for ending in (signal.SIGALRM, signal.SIGXCPU):
        signal.signal(ending, signal.SIG_DFL)  # a worker that ignores them would have passed that on
    run_on(settings["processors"])  # not where a parent that keeps to one already works
    limit_process(settings["memory_bytes"], LIFETIME_CPU)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def _policies(folders: list[Path]) -> Any:
    from governance.discovery import catalog

    found = catalog(*folders)
    return found.policies, {one.name: one.reason for one in found.broken}


def _frame(nonce: str, policy: str, answer: Answer) -> bytes:
    frame = pack([nonce, answer.verdict, answer.fault, answer.spoiled])
    if len(frame) <= MAX_ANSWER:
        return frame
    return _frame(nonce, policy, refusal(policy, Fault.NONSENSE, f"returned a verdict of {len(frame)} bytes"))


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


if __name__ == "__main__":
    main()
