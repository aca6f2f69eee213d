"""The counters I1 to I5 of a quiet platform, from its database, the ledger and the sinks; none believed.

    python -m tests.chaos.counters --database URL --ledger FILE --sink FILE     # exits 1 when it is wrong

I1  every accepted check is finished, no more checks than were asked for, no question answered twice
I2  every telling that is due came to the sink; a repeat carries the same id
I3  every verdict has its facts, every violation its verdict and its mails, and the log of acts verifies
I4  the gate let nothing through that may not run (counted by the poller)
I5  no lease ran out unnoticed
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from governance.core.reading import canonical_json
from tests.chaos.ledger import Ledger
from tests.chaos.sinks import read_sink
from tests.flow.counters import Ask, Rows, count_rows


@dataclass
class Counts:
    """Lists hold sentences on what is wrong; `repeats` is of messages that came again under the same id."""

    accepted: int = 0
    checks: int = 0
    verdicts: int = 0
    messages: int = 0
    lost: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    second: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    repeats: int = 0
    other_id: int = 0
    """Messages that told the same thing to the same person under another id."""

    @property
    def wrong(self) -> list[str]:
        found = [*self.lost, *self.extra, *self.second, *self.faults, *self.expired]
        return (
            [*found, f"{self.other_id} messages were repeated under another id"] if self.other_id else found
        )


def count(
    database_url: str, ledger: Ledger, sinks: Mapping[str, Mapping[str, int]], *, dead: int = 0
) -> Counts:
    """`sinks`: channel -> id of each message that came -> how often. `dead`: the dead work expected."""
    with asking(database_url) as ask:
        came = Counter[str]()
        for ids in sinks.values():
            came.update(ids)
        basic = count_rows(ask, came, audit=lambda: audit_fault(ask), dead=dead)
        found = Counts(
            checks=basic.checks,
            verdicts=basic.verdicts,
            messages=basic.mails,
            lost=basic.lost,
            extra=basic.strange,
            second=basic.second,
            faults=basic.faults,
            repeats=basic.repeats,
        )
        _ledger(ask, ledger, found)
        _once_each(ask, found)
        _leases(ask, found)
    return found


@contextmanager
def asking(database_url: str) -> Iterator[Ask]:
    """Rows straight from the database: `postgresql://...` or `sqlite:///path`."""
    if database_url.startswith("sqlite"):
        connection: Any = sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=20)
    else:
        connection = psycopg.connect(database_url, autocommit=True, connect_timeout=10)
    try:
        yield lambda statement: connection.execute(statement).fetchall()
    finally:
        connection.close()


def _ledger(ask: Ask, ledger: Ledger, found: Counts) -> None:
    """What was accepted is there, under the id that was answered, and nothing beside it."""
    status = dict(ask("SELECT id, status FROM compliance_check"))
    accepted = ledger.accepted("check")
    found.accepted = len(accepted)
    found.lost += [f"check {pk} ({key}) was accepted and is not there" for key, pk in accepted.items()
                   if pk not in status]  # fmt: skip
    asked = {line["key"] for line in ledger if line["what"] == "check"}
    unanswered = len(asked - accepted.keys())
    beside = len(status.keys() - set(accepted.values())) - unanswered
    found.extra += [f"{beside} checks that nobody asked for"] if beside > 0 else []
    slugs = {slug for (slug,) in ask("SELECT slug FROM deployments_deployment")}
    found.lost += [
        f"deployment {line['slug']} was accepted and is not there"
        for line in ledger.standing("deployment")
        if line["slug"] not in slugs
    ]


def _once_each(ask: Ask, found: Counts) -> None:
    """Of one event there is one telling for each recipient and channel."""
    rows = ask(
        "SELECT event_id, recipient, channel, count(*) FROM alerts_delivery"
        " GROUP BY event_id, recipient, channel HAVING count(*) > 1"
    )
    found.other_id = sum(times - 1 for *_, times in rows)


def _leases(ask: Ask, found: Counts) -> None:
    rows = ask(
        "SELECT kind, key, lease_owner FROM pipeline_work WHERE lease_owner <> '' AND state <> 'leased'"
    )
    found.expired = [f"{kind} {key} is not leased, yet {owner} holds it" for kind, key, owner in rows]


def audit_fault(ask: Callable[[str], Rows]) -> str:
    """The first entry of the log that does not follow from the one before; reckoned without the product."""
    previous = ""
    entries = ask("SELECT id, at, actor, action, object, detail, previous, hash FROM audit_entry ORDER BY id")
    for pk, at, actor, action, about, detail, before, kept in entries:
        told = [_instant(at), actor, action, about, _json(detail)]
        digest = hashlib.sha256((before + canonical_json(told)).encode()).hexdigest()
        if before != previous or kept != digest:
            return f"entry {pk} of the log does not follow from the one before it"
        previous = kept
    head = ask("SELECT hash FROM audit_head WHERE number = 1")
    return "" if (head[0][0] if head else "") == previous else "the end of the log is missing"


def _instant(value: Any) -> str:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.counters", description=__doc__)
    parser.add_argument("--database", required=True, help="sqlite:///path or postgresql://...")
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument(
        "--sink", type=Path, action="append", default=[], help="JSON lines with the ids that came"
    )
    parser.add_argument("--dead", type=int, default=0)
    args = parser.parse_args()
    sinks = {path.name: read_sink(path) for path in args.sink}
    found = count(args.database, Ledger(args.ledger), sinks, dead=args.dead)
    print(json.dumps({**vars(found), "wrong": found.wrong}, indent=1))
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
