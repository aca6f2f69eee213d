"""Writes down what was judged: only what changed. Call it inside one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from governance.compliance import reads
from governance.compliance.decisions import acceptances, nearest_limit, rule
from governance.compliance.models import Subject
from governance.compliance.standings import move_standings
from governance.compliance.transitions import Judged, Transition, Turn
from governance.compliance.violations import move_violations, worst_by_policy
from governance.core.reconciliation import Acceptance

__all__ = ["Judged", "OutrunError", "Transition", "Turn", "record", "worst_by_policy"]

RULED = ("decision", "reasons", "nearest", "facets", "judge_again_at", "judged_changes")


class OutrunError(RuntimeError):
    """Somebody judged a subject while we did; ours may be the older view, so it is not written."""


def record(judged: Sequence[Judged], now: datetime) -> list[Transition]:
    """Bring standings, history, violations and decisions up to date; answer what people must hear of."""
    judged = _held(judged)
    standings = move_standings(judged, now)
    violations = move_violations(judged, now)
    _decide(judged, standings.touched | violations.touched, now)
    reads.update(judged)
    return [*standings.transitions, *violations.transitions]


def _held(judged: Sequence[Judged]) -> list[Judged]:
    """Lock the subjects and leave out those that were retired meanwhile. Raises OutrunError."""
    ids = [one.subject.pk for one in judged]
    rows = Subject.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    judged_at = dict(rows.values_list("pk", "judged_at"))
    for one in judged:
        if one.subject.pk not in judged_at or judged_at[one.subject.pk] != one.subject.judged_at:
            raise OutrunError(f"subject {one.subject.pk} was judged meanwhile")
    # Asked only now: whoever retires a deployment holds its subject until that is committed.
    retired = Subject.objects.filter(pk__in=ids, deployment__retired_at__isnull=False)
    left_out = set(retired.values_list("pk", flat=True))
    return [one for one in judged if one.subject.pk not in left_out]


def _decide(judged: Sequence[Judged], touched: Collection[int], now: datetime) -> None:
    """`judged_at` moves with every write, as others are outrun by it, and with nothing else."""
    accepted = acceptances([one.subject for one in judged])
    changed = []
    for one in judged:
        subject, ruled = one.subject, _ruled(one, accepted.get(one.subject.pk, {}), now)
        before = {name: getattr(subject, name) for name in RULED}
        if subject.judged_at is None or subject.pk in touched or before != ruled:
            for name, value in {**ruled, "judged_at": now}.items():
                setattr(subject, name, value)
            changed.append(subject)
    Subject.objects.bulk_update(changed, [*RULED, "judged_at"], batch_size=500)


def _ruled(one: Judged, accepted: Mapping[str, Acceptance], now: datetime) -> dict[str, Any]:
    ruling = rule(one.verdicts, accepted, now)
    return {
        "decision": str(ruling.decision),
        "reasons": ruling.reasons,
        "nearest": nearest_limit(f for _, verdict in one.verdicts for f in verdict.findings),
        "facets": dict(one.digests),
        "judge_again_at": ruling.again_at,
        "judged_changes": one.subject.changes,
    }
