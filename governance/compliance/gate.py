"""What a pipeline is told: the standing decision, from one indexed read. It fails closed.

Every denial has a reason with a code: `unknown_deployment`, `retired`, `missing` (never judged), `stale`
(something changed and was not judged yet), `expired` (a verdict or waiver ended), or `violation`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone

from governance.compliance.models import Subject, with_waivers
from governance.core.outcomes import Decision
from governance.core.periods import instant_text
from governance.prepared import PreparedRead

_FIELDS = (
    "decision",
    "settled",
    "decided",
    "waived",
    "waived_until",
    "case__reasons",
    "case__judged_at",
    "case__judge_again_at",
    "case__changes",
    "case__judged_changes",
    "deployment__retired_at",
)
_STANDING = PreparedRead(
    lambda slug: Subject.objects.filter(deployment__slug=slug).values_list(*_FIELDS, Now())
)


def gate(slug: str, now: datetime | None = None) -> dict[str, Any]:
    """`{"decision", "allow", "reasons", "evaluated_at"}` for a deployment, as of an instant.

    That of the question is by the clock of this host or of the database, whichever is ahead: a host that lags
    behind must let nobody through whose time has run out.
    """
    values = _STANDING.first(slug)
    if values is None:
        return _denied("unknown_deployment", f"There is no deployment {slug!r}.")
    *known, clock = values
    row, now = dict(zip(_FIELDS, known, strict=True)), now or max(timezone.now(), clock)
    at = instant_text(row["case__judged_at"]) if row["case__judged_at"] and row["settled"] else None
    code, sentence = _doubt(row, now)
    if code:
        return {**_denied(code, sentence), "evaluated_at": at}
    decision = Decision(row["decision"])
    found = with_waivers(row["case__reasons"], row["waived"])
    reasons = [{"code": "violation" if r["outcome"] != "duty" else "duty", **r} for r in found]
    if not decision.allows and not reasons:
        reasons = [{"code": "missing", "reason": "No enforced policy has judged it, so nothing is known."}]
    return {"decision": str(decision), "allow": decision.allows, "reasons": reasons, "evaluated_at": at}


def _doubt(row: dict[str, Any], now: datetime) -> tuple[str, str]:
    """Why the standing decision may not be relied on; empty when it may."""
    if row["deployment__retired_at"] is not None:
        return "retired", "The deployment was retired."
    if not row["decided"]:
        return "missing", "It was not judged yet."
    if row["case__judged_changes"] != row["case__changes"] or not (row["settled"] and row["case__judged_at"]):
        return "stale", "Something that it depends on changed; it is being judged again."
    if any(at is not None and at <= now for at in (row["case__judge_again_at"], row["waived_until"])):
        return "expired", "A verdict or a waiver has run out; it is being judged again."
    return "", ""


def _denied(code: str, sentence: str) -> dict[str, Any]:
    reason = {"code": code, "reason": sentence}
    return {"decision": str(Decision.CANNOT_TELL), "allow": False, "reasons": [reason], "evaluated_at": None}
