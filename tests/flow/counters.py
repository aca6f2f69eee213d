"""What must be true of every platform once it is quiet, whatever was done to it: counted, not believed.

I1  every check that was accepted is answered, no work is left behind, and no question was answered twice
I2  every telling that is due was made, to whom it was due; repeats carry the same Message-ID
I3  every verdict has its facts, every violation its verdict and its mail, and the log of acts verifies
I4  nobody was ever let through whom the stored decisions do not let through
I5  no lease has run out unnoticed, and no process was left behind
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.flow.platform import Platform
from tests.servers.smtp import MailServer

Rows = list[tuple[Any, ...]]


@dataclass
class Count:
    """Each list holds what is wrong; `repeats` counts mails that came again with the same Message-ID."""

    checks: int = 0
    verdicts: int = 0
    mails: int = 0
    lost: list[str] = field(default_factory=list)
    second: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    repeats: int = 0

    @property
    def wrong(self) -> list[str]:
        return [*self.lost, *self.second, *self.strange, *self.faults]


def count(platform: Platform, mail: MailServer, *, audit: Callable[[], str], dead: int = 0) -> Count:
    """Counts a quiet platform; `audit` answers the first fault of its log, `dead` the dead work expected."""
    came = Counter(kept.message_id for kept in mail.messages)
    return count_rows(platform.sql, came, audit=audit, dead=dead)


Ask = Callable[[str], Rows]
"""Rows of a statement in SQL."""


def count_rows(ask: Ask, came: Mapping[str, int], *, audit: Callable[[], str], dead: int = 0) -> Count:
    """As `count`, of any database and of sinks to which messages `came` under these ids so many times."""
    found = Count()
    _work(ask, found, dead)
    _verdicts(ask, found)
    _deliveries(ask, found, Counter({_local(name): times for name, times in came.items()}))
    _violations(ask, found)
    found.faults += [fault] if (fault := audit()) else []
    return found


_UNJUDGED = (
    "SELECT s.id FROM compliance_subject s JOIN compliance_case c ON c.id = s.case_id"
    " WHERE c.judged_at IS NULL OR c.judged_changes < c.changes OR NOT s.settled"
)


def _work(ask: Ask, found: Count, dead: int) -> None:
    found.checks = ask("SELECT count(*) FROM compliance_check")[0][0]
    found.lost += [
        f"check {pk} is {status}"
        for pk, status in ask("SELECT id, status FROM compliance_check WHERE status <> 'finished'")
    ][dead:]
    left = ask("SELECT kind, key, state, last_error FROM pipeline_work WHERE state IN ('due', 'leased')")
    found.lost += [f"work {kind} {key} is {state}: {error}" for kind, key, state, error in left]
    given_up = ask("SELECT kind, key, last_error FROM pipeline_work WHERE state = 'dead'")
    if len(given_up) != dead:
        found.lost += [f"dead: {kind} {key}: {error}" for kind, key, error in given_up]
    unjudged = ask(_UNJUDGED)
    found.lost += [f"subject {pk} is not judged" for (pk,) in unjudged]


def _verdicts(ask: Ask, found: Count) -> None:
    """A second verdict is one on the same question that begins while another still holds."""
    rows = ask(
        "SELECT a.id, b.id FROM compliance_verdict a JOIN compliance_verdict b ON a.id <> b.id"
        " AND a.policy = b.policy AND a.policy_version = b.policy_version"
        " AND a.params_digest = b.params_digest AND a.facts_digest = b.facts_digest"
        " AND a.as_of <= b.as_of AND (a.holds_until IS NULL OR a.holds_until > b.as_of)"
    )
    found.second += [f"verdict {two} beside {one}" for one, two in rows]
    before: dict[tuple[int, int], int] = {}
    for case, assignment, verdict in ask(
        "SELECT case_id, assignment_id, verdict_id FROM compliance_evaluation ORDER BY id"
    ):
        if before.get((case, assignment)) == verdict:
            found.second.append(f"verdict {verdict} was written twice into the history of {case}")
        before[case, assignment] = verdict
    bodies = {digest for (digest,) in ask("SELECT digest FROM compliance_facetbody")}
    stored = ask("SELECT id, facets FROM compliance_verdict")
    found.verdicts = len(stored)
    for pk, facets in stored:
        missing = set(_json(facets).values()) - bodies
        found.faults += [f"verdict {pk} lacks its facts {digest[:8]}" for digest in missing]


def _deliveries(ask: Ask, found: Count, came: Counter[str]) -> None:
    due = dict(ask("SELECT message_id, status FROM alerts_delivery"))
    named = {_local(name): status for name, status in due.items()}
    final = {name for name, status in named.items() if status == "delivered"}
    found.mails = len(came)
    found.lost += [f"mail {name} is {named[name]}" for name in named if named[name] in ("waiting", "failed")]
    found.lost += [f"mail {name} never came" for name in final - came.keys()]
    found.strange += [f"mail {name} has no delivery" for name in came.keys() - named.keys()]
    found.repeats = sum(came.values()) - len(came)


def _local(name: str) -> str:
    """Of a Message-ID what a webhook has as its id too."""
    return name.strip("<>").partition("@")[0]


def _violations(ask: Ask, found: Count) -> None:
    """Each violation was told of as opened, once; each that was resolved, once more."""
    told: dict[str, Counter[int]] = {"violation_opened": Counter(), "violation_resolved": Counter()}
    for kind, context in ask("SELECT kind, context FROM alerts_event"):
        if kind in told:
            told[kind].update(_json(context).get("violations", []))
    for pk, status in ask("SELECT id, status FROM compliance_violation"):
        found.lost += [f"violation {pk} was not told of"] if not told["violation_opened"][pk] else []
        if status == "resolved" and not told["violation_resolved"][pk]:
            found.lost.append(f"nobody was told that violation {pk} is resolved")
    twice = [(kind, pk) for kind, pks in told.items() for pk, times in pks.items() if times > 1]
    found.second += [f"{kind} of {pk} was told twice" for kind, pk in twice]


def let_through(answers: Sequence[dict[str, Any]], never: Collection[str]) -> list[str]:
    """Answers of the gate that allowed a deployment that may `never` run, or denied without a reason (I4)."""
    allowed = [one["deployment"] for one in answers if one["allow"] and one["deployment"] in never]
    mute = [one["deployment"] for one in answers if not one["allow"] and not one["reasons"]]
    return [f"{slug} was let through" for slug in allowed] + [f"{slug} was denied mutely" for slug in mute]


def _json(value: Any) -> Any:
    """A JSON column: text on SQLite, an object on PostgreSQL."""
    return json.loads(value) if isinstance(value, str) else value
