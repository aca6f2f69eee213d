"""Tells a platform things past its web: what people said while nothing ran to hear it.

As a process of its own (`python -m tests.flow.clerk`) it reads one JSON line for each order, `[verb, words]`,
and answers with one; `Clerk` is the other end, in the test.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Clerk:
    """`clerk.add_model(repo_id=...)`: any verb of orders.py."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        def order(**words: Any) -> Any:
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            self.process.stdin.write(json.dumps([verb, words]) + "\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline() or '{"fault": "the clerk died"}')
            assert "fault" not in answer, f"{verb}: {answer['fault']}"
            return answer["done"]

        return order


@contextmanager
def clerk(environment: Mapping[str, str]) -> Iterator[Clerk]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.flow.clerk"],
        cwd=ROOT,
        env={**environment, "DJANGO_SETTINGS_MODULE": "governance.settings", "LOG_LEVEL": "ERROR"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Clerk(process)
    finally:
        process.kill()
        process.wait()


def _verbs() -> dict[str, Callable[..., Any]]:
    import django

    django.setup()
    from tests.flow import orders

    own = (verb for verb in vars(orders).values() if getattr(verb, "__module__", "") == orders.__name__)
    return {verb.__name__: verb for verb in own}


def main() -> None:
    verbs = _verbs()
    from django.db import connections

    for line in sys.stdin:
        verb, words = json.loads(line)
        try:
            answer = {"done": verbs[verb](**words)}
        except Exception as fault:
            answer = {"fault": f"{type(fault).__name__}: {fault}"}
        finally:
            connections.close_all()  # the database may be another process by the next order
        print(json.dumps(answer, default=str), flush=True)


if __name__ == "__main__":
    main()
