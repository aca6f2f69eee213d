"""The policy runner of this process, and questions in its language."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from governance.compliance.judging import Asked
from governance.core.verdicts import Verdict
from governance.pipeline.runner import Job, PolicyRunner

_local = threading.local()


def evaluate(asked: Sequence[Asked]) -> list[Verdict]:
    """One verdict for each question, in order. What goes wrong in a policy is a verdict too."""
    return runner().evaluate([_job(one) for one in asked])


def runner() -> PolicyRunner:
    """The one of this thread."""
    if not hasattr(_local, "runner"):
        _local.runner = PolicyRunner()
    found: PolicyRunner = _local.runner
    return found


def _job(one: Asked) -> Job:
    facets = {name: sealed.body for name, sealed in one.question.facets.items()}
    return Job(
        policy=one.question.policy,
        params=one.question.asking.params,
        as_of=one.as_of.isoformat(),
        facets=facets,
    )
