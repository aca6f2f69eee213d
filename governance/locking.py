"""Locks on rows, in the one way in which nobody waits in a circle."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import QuerySet

_RULES = 0x5255_4C45
"""The lock of PostgreSQL that stands for what many are judged by. (On SQLite one writes after the other.)"""


def hold(rows: QuerySet[Any]) -> None:
    """Until the commit nobody else holds these rows or changes them; who only refers to one need not wait.

    In the order of their ids, as everybody takes them.
    """
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def rely_on_rules() -> None:
    """Until the commit nobody changes what many are judged by; others may rely on it too.

    Who puts something where it is judged takes this before any row. Else a policy that is being changed could
    miss it, as it is not committed, and who judges it the policy, for the same reason.
    """
    _take("pg_advisory_xact_lock_shared")


def change_rules() -> None:
    """Until the commit nobody relies on what many are judged by. Before any row, as `rely_on_rules`."""
    _take("pg_advisory_xact_lock")


def _take(lock: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {lock}(%s)", [_RULES])
