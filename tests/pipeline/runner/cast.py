"""Policies good and bad, written to a folder of plugins as their authors would write them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from governance.core.outcomes import Outcome
from governance.core.verdicts import Finding, Verdict
from governance.pipeline.runner import Job

AS_OF = "2026-11-01T00:00:00+00:00"
FACETS = {"deployment": '{"environment":"production"}'}

_HEAD = """
import ctypes, gc, json, os, re, signal, socket, subprocess, sys, threading, time
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from governance.core.facts import Facet, Subject
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.verdicts import Finding, Verdict

def passes(reason="Fine.", until=None, **more):
    return Verdict((Finding(Outcome.PASS, reason, **more),), until)

class Sly(str):
    def __str__(self): raise RuntimeError("sly")
    def __repr__(self): raise RuntimeError("sly")
"""

_GOOD = """
class Good(Policy):
    \"\"\"A neighbor that does as it should.\"\"\"
    key = "good.neighbor"; version = 1; judges = {Subject.DEPLOYMENT}; reads = {Facet.DEPLOYMENT}
    class Params(PolicyParams):
        number: int = 0
    def evaluate(self, facts, params):
        json.loads(json.dumps({"works": True}))
        seen = {"number": params.number, "environment": facts.deployment.environment}
        finding = Finding(Outcome.DUTY, "Seen.", evidence=seen, missing=("usage",), how_to_fix="Nothing.")
        return Verdict((finding,), facts.as_of + timedelta(days=1))
"""

_BAD = """
class Bad(Policy):
    \"\"\"A bad one.\"\"\"
    key = "{key}"; version = 1; judges = {{Subject.DEPLOYMENT}}; reads = {{Facet.DEPLOYMENT}}
    class Params(PolicyParams):
        share: float = 0.5
        names: list[str] = []
    calls = 0
    def evaluate(self, facts, params):
{body}
"""


def write(folder: Path, bodies: dict[str, str]) -> Path:
    """A plugin folder with the good neighbor and, for each name, a policy with that body."""
    policies = folder / "policies"
    policies.mkdir(parents=True, exist_ok=True)
    (policies / "good.py").write_text(_HEAD + _GOOD)
    for name, body in bodies.items():
        source = _HEAD + _BAD.format(key=bad(name), body=indent(dedent(body).strip(), " " * 8))
        (policies / f"bad_{name}.py").write_text(source)
    return folder


def bad(name: str) -> str:
    """The key of the bad policy of that name."""
    return f"bad.{name.replace('_', '-')}"


def job(policy: str, facets: dict[str, str] = FACETS, as_of: str = AS_OF, **params: Any) -> Job:
    return Job(policy, params, as_of, facets)


def good(number: int) -> Job:
    return job("good.neighbor", number=number)


def good_verdict(number: int) -> Verdict:
    """What the good neighbor answers, whatever happens around it."""
    seen = {"number": number, "environment": "production"}
    finding = Finding(Outcome.DUTY, "Seen.", evidence=seen, missing=("usage",), how_to_fix="Nothing.")
    return Verdict((finding,), datetime.fromisoformat(AS_OF) + timedelta(days=1))


def fault_of(verdict: Verdict) -> str:
    """The fault of an error verdict, which has one finding with a sentence and a way out."""
    (finding,) = verdict.findings
    assert verdict.outcome is Outcome.ERROR, finding
    assert finding.reason.startswith("The p")
    assert finding.reason.endswith(".")
    assert "\n" not in finding.reason
    assert finding.how_to_fix
    return str(finding.evidence["fault"])


def alive(pids: Sequence[int]) -> list[int]:
    """Those that run; one that is dead but not yet waited for by its parent does not."""
    return [pid for pid in pids if _stat(pid)[:1] not in ([], ["Z"])]


def children() -> set[int]:
    """Numbers of the processes that this one started and that are alive."""
    return {pid for pid, (state, parent, _) in _processes() if parent == os.getpid() and state != "Z"}


def members(session: int) -> set[int]:
    """Numbers of the processes of a session that are alive."""
    return {pid for pid, (state, _, leader) in _processes() if leader == session and state != "Z"}


def gone(pids: Sequence[int], within: float = 5.0) -> bool:
    """Whether they all end within that many seconds."""
    deadline = time.monotonic() + within
    while alive(pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _processes() -> Iterator[tuple[int, tuple[str, int, int]]]:
    """Number, and (state, parent, session) of every process."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        if fields := _stat(int(pid)):
            yield int(pid), (fields[0], int(fields[1]), int(fields[3]))


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []
