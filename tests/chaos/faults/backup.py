"""A database that is put back from a backup taken while everything ran."""

from __future__ import annotations

import random
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from tests.chaos.counters import asking, audit_fault
from tests.chaos.rig import BOTH, EMBEDDED, Rig
from tests.chaos.scenarios import scenario


@scenario(20, "restored from a backup taken meanwhile", on=BOTH, short=EMBEDDED)
def restored(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    """What was accepted before the backup is there; of what came later the log says where it ends. What may
    have been sent already says so before it is sent again."""
    name, place = f"backup-{chance.randrange(10**9)}", rig.platform.folder / "backup"
    rig.driver.burst(f"{name}-before", 4 if long else 2)
    rig.ledger.note("backup")
    put_back = (backed_up_sqlite if rig.topology in EMBEDDED else backed_up_postgres)(rig, place)
    rig.driver.burst(f"{name}-after", 4 if long else 2)
    rig.settle()
    ahead = rig.platform.sql("SELECT hash FROM audit_entry ORDER BY id")
    for process in rig.platform.commands:
        rig.platform.end(process)
    put_back()
    rig.ledger.note("restored")
    rig.platform.manage("restored")
    with asking(rig.database_url) as ask:
        assert audit_fault(ask) == ""
        there = {one for (one,) in ask("SELECT hash FROM audit_entry")}
        waiting = ask(
            "SELECT count(*) FROM alerts_delivery WHERE status IN ('waiting', 'failed') AND sends = 0"
        )
    assert waiting == [(0,)], f"{waiting[0][0]} messages would be sent again without a word"
    fork = next((number for number, (one,) in enumerate(ahead, 1) if one not in there), None)
    forgotten = forget_messages(rig)
    before, mails = Counter(heard(rig)), len(rig.mail.messages)
    rig.start()
    rig.settle()
    blind = [
        kept.message_id
        for kept in rig.mail.messages[mails:]
        if kept.message_id in before and not kept.message["X-Possible-Duplicate"]
    ]
    assert not blind, f"sent again blindly: {blind}"
    again = sum(times for name, times in (Counter(heard(rig)) - before).items() if name in before)
    return {"history_forks_at": fork, "messages_forgotten": forgotten, "repeats_allowed": again}


def heard(rig: Rig) -> list[str]:
    """The ids of all messages that came, by mail and by webhook."""
    return [*(kept.message_id for kept in rig.mail.messages), *rig.hooks.came().elements()]


def forget_messages(rig: Rig) -> int:
    """Messages that came after the backup are none that the restored database can know of."""
    known = {name.strip("<>") for (name,) in rig.platform.sql("SELECT message_id FROM alerts_delivery")}
    kept = [one for one in rig.mail.messages if one.message_id.strip("<>") in known]
    forgotten = len(rig.mail.messages) - len(kept)
    rig.mail.messages[:] = kept
    ids = {name.partition("@")[0] for name in known}
    rig.hooks.log[:] = [one for one in rig.hooks.log if one.id in ids]
    return forgotten


def backed_up_sqlite(rig: Rig, place: Path) -> Callable[[], None]:
    """With the backup API of SQLite, beside the writers; answers what puts it back."""
    path = Path(rig.database_url.removeprefix("sqlite:///"))
    place.unlink(missing_ok=True)
    with sqlite3.connect(path, timeout=20) as source, sqlite3.connect(place) as target:
        source.backup(target)

    def put_back() -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        path.write_bytes(place.read_bytes())

    return put_back


def backed_up_postgres(rig: Rig, place: Path) -> Callable[[], None]:
    """With pg_dump, in one snapshot."""
    assert rig.platform.database
    command = rig.platform.database.own.command[0]
    programs = Path(command).parent
    place.unlink(missing_ok=True)
    subprocess.run([programs / "pg_dump", "-Fc", "-f", place, rig.database_url], check=True)
    admin, name = rig.platform.database.url, rig.database_url.rsplit("/", 1)[1]

    def put_back() -> None:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        subprocess.run([programs / "pg_restore", "-d", rig.database_url, place], check=True)

    return put_back
