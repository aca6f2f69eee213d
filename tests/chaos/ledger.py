"""What was asked of the platform, what it accepted, and what it may never let through: kept outside of it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Ledger:
    """JSON lines, each written through before the call returns. Any thread may write.

    A line says `what` (check, deployment, model, measurement, ...), its `key`, its `state` (sent, accepted)
    and for an accepted one the `id` that the platform gave it. Lines of `truth` say from which instant of the
    monotonic clock on a deployment may not be let through (null: it may be).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def note(self, what: str, **fields: Any) -> None:
        line = json.dumps({"at": time.monotonic(), "what": what, **fields}, default=str)
        with self._lock:
            self._file.write(line + "\n")

    def forbid(self, slug: str) -> None:
        """From now on an answer that lets it through is wrong."""
        self.note("truth", slug=slug, wrong_from=time.monotonic())

    def permit(self, slug: str) -> None:
        """It may be let through, and need not be."""
        self.note("truth", slug=slug, wrong_from=None)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        with self.path.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)

    def accepted(self, what: str) -> dict[str, Any]:
        """Key -> the id that was answered; without what a restored backup made undone."""
        return {line["key"]: line["id"] for line in self.standing(what)}

    def standing(self, what: str) -> list[dict[str, Any]]:
        """The lines of what was accepted and must be there."""
        found: list[dict[str, Any]] = []
        at_backup = 0
        for line in self:
            if line["what"] == "backup":
                at_backup = len(found)
            elif line["what"] == "restored":
                del found[at_backup:]
            elif line["what"] == what and line.get("state") == "accepted":
                found.append(line)
        return found
