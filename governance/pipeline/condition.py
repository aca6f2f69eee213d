"""How the platform is, component by component; asked by /readyz, the page of jobs and who sends alerts.

Answers within two seconds, also when the database or the broker says nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from governance.pipeline import outbox
from governance.pipeline.bounded import within
from governance.pipeline.components import LOOKS, WARNINGS, Condition, broker

DATABASE_SECONDS = 1.0
log = logging.getLogger(__name__)
_failing_since: dict[str, datetime] = {}
"""As seen by this process, for components that keep no account of it themselves."""


def conditions() -> list[Condition]:
    """All components, in the order in which to look at them."""
    rung = _safely("broker", broker)
    try:
        rest = within(DATABASE_SECONDS, _by_database)
    except TimeoutError:
        rest = _unanswered(f"It did not answer within {DATABASE_SECONDS:g} s.")
    database, *others = rest
    return [_remembered(one) for one in (database, rung, *others)]


def failing(found: Iterable[Condition]) -> list[Condition]:
    return [one for one in found if not one.ok and one.required]


def _by_database() -> list[Condition]:
    try:
        now = outbox.database_now()
    except Exception as fault:
        log.error("the database could not be asked: %s", fault)
        return _unanswered("It cannot be reached.")
    fine = Condition("database", True, "It answers.")
    return [fine, *(_safely(name, look, now) for name, look in LOOKS.items())]


def _unanswered(detail: str) -> list[Condition]:
    remedy = "Look whether the database server runs and can be reached from here (DATABASE_URL)."
    unknown = "Not known while the database does not answer."
    return [
        Condition("database", False, detail, remedy=remedy),
        *(Condition(name, False, unknown, required=name not in WARNINGS) for name in LOOKS),
    ]


def _safely(name: str, look: Callable[..., Condition], *words: datetime) -> Condition:
    try:
        return look(*words)
    except Exception:
        log.exception("%s could not be looked at", name)
        remedy = "The log of the web process tells why."
        return Condition(name, False, "It cannot be looked at.", remedy=remedy, required=name not in WARNINGS)


def _remembered(one: Condition) -> Condition:
    if one.ok:
        _failing_since.pop(one.component, None)
        return one
    return replace(one, since=one.since or _failing_since.setdefault(one.component, timezone.now()))
