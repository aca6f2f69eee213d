"""Locks on rows, in the one way in which nobody waits in a circle."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet


def hold(rows: QuerySet[Any]) -> None:
    """Until the commit nobody else holds these rows or changes them; who only refers to one need not wait.

    In the order of their ids, as everybody takes them.
    """
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))
