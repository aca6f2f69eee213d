"""The way of a list of jobs through one or more children: what is answered, what waits, who is blamed."""

from __future__ import annotations

import json
import logging
from collections import Counter, deque
from collections.abc import Sequence
from itertools import islice
from secrets import token_hex
from typing import Any

from governance.core.verdicts import Verdict
from governance.pipeline import counting
from governance.pipeline.runner.job import Fault, Job, error_verdict
from governance.pipeline.runner.process import LostError
from governance.pipeline.runner.wire import pack

log = logging.getLogger(__name__)
BATCH_JOBS = 500
"""Jobs of one frame: bounds what is sent again when a child is lost."""
BATCH_CHARACTERS = 8 * 1024 * 1024
"""Text of one frame, which the child holds several times over within its memory limit."""
SUSPECT = {Fault.CRASH, Fault.MEMORY}
"""Faults that an earlier evaluation in the same child may have caused: judged again in a fresh one."""


class Course:
    """A verdict for each job, in order; a policy that costs `patience` children in a row is given up."""

    def __init__(self, jobs: Sequence[Job], patience: int) -> None:
        self._jobs = jobs
        self._patience = patience
        self._verdicts: list[Verdict | None] = [None] * len(jobs)
        self._params = [self._params_text(number, job) for number, job in enumerate(jobs)]
        self._waiting = deque(number for number in range(len(jobs)) if self._verdicts[number] is None)
        self._losses: Counter[str] = Counter()
        self._judged_again: set[int] = set()

    @property
    def waiting(self) -> bool:
        return bool(self._waiting)

    @property
    def policy(self) -> str:
        """Of the first waiting job."""
        return self._jobs[self._waiting[0]].policy

    @property
    def verdicts(self) -> list[Verdict]:
        """Complete when nothing waits."""
        return [verdict for verdict in self._verdicts if verdict is not None]

    def batch(self) -> tuple[list[str], bytes]:
        """Nonces and frame of the next jobs. Each text is sent once, however many jobs share it."""
        texts: dict[str, int] = {}
        lines: list[list[Any]] = []
        room = BATCH_CHARACTERS
        for number in islice(self._waiting, BATCH_JOBS):
            job = self._jobs[number]
            room -= sum(len(body) for body in job.facets.values() if body not in texts)
            if lines and room < 0:
                break
            facets = {name: texts.setdefault(body, len(texts)) for name, body in job.facets.items()}
            params = texts.setdefault(self._params[number], len(texts))
            lines.append([job.policy, params, job.as_of, facets, token_hex(8)])
        return [line[-1] for line in lines], pack({"texts": list(texts), "jobs": lines})

    def answer(self, said: Any, nonce: str, *, used: bool) -> bool:
        """Take what the child says of the first waiting job; False when the child must be replaced.

        `used`: whether the child had evaluated anything before. Raises LostError when it is no answer.
        """
        try:
            repeated, verdict, fault, spoiled = said
            if repeated != nonce:
                raise ValueError("not the nonce of this job")
            parsed = Verdict.from_json(verdict)
        except (TypeError, ValueError, KeyError, AttributeError):
            raise LostError(Fault.CRASH, "disturbed the connection to its process") from None
        if spoiled:
            self._lose(parsed, Fault(fault), used)
        else:
            policy = self._finish(parsed)
            self._losses.pop(policy, None)
            if fault:
                counting.add("policy_faults", policy, str(fault))
        return not spoiled

    def lose(self, lost: LostError, output: str, *, used: bool) -> None:
        """The child was lost over the first waiting job."""
        policy = self.policy
        verdict = error_verdict(lost.fault, f"The policy {policy} {lost}.", policy=policy, output=output)
        self._lose(verdict, lost.fault, used or not lost.started)

    def refuse_all(self, why: str) -> None:
        """No child could be started, for a reason of any length."""
        why = " ".join(why.replace("\0", " ").split())[:1_000].rstrip(".")
        while self._waiting:
            policy = self.policy
            reason = f"The policy {policy} could not be asked, as no process for it could be started: {why}."
            fix = "See the page of plugins and the log of the worker for what keeps it from starting."
            self._finish(error_verdict(Fault.RUNNER, reason, how_to_fix=fix, policy=policy))

    def _lose(self, verdict: Verdict, fault: Fault, doubtful: bool) -> None:
        number = self._waiting[0]
        if doubtful and fault in SUSPECT and number not in self._judged_again:
            self._judged_again.add(number)
            return
        policy = self._finish(verdict)
        counting.add("policy_faults", policy, str(fault))
        log.warning("the policy %s spoiled its process: %s", policy, fault)
        self._losses[policy] += 1
        if self._losses[policy] >= self._patience:
            self._give_up(policy, fault)

    def _finish(self, verdict: Verdict) -> str:
        number = self._waiting.popleft()
        self._verdicts[number] = verdict
        return self._jobs[number].policy

    def _give_up(self, policy: str, fault: Fault) -> None:
        """A policy that loops on every case would otherwise hold a worker for hours."""
        reason = f"The policy {policy} was not asked again after it cost {self._patience} processes in a row."
        skipped = error_verdict(fault, reason, policy=policy, not_asked=True)
        for number in [number for number in self._waiting if self._jobs[number].policy == policy]:
            self._waiting.remove(number)
            self._verdicts[number] = skipped

    def _params_text(self, number: int, job: Job) -> str:
        try:
            return json.dumps(dict(job.params), sort_keys=True, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as fault:
            reason = f"The parameters of the policy {job.policy} are not JSON: {fault}."
            self._verdicts[number] = error_verdict(Fault.PARAMS, reason, policy=job.policy)
            return ""
