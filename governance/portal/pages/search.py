"""A condition on text that any of several fields may hold."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Q


def containing(text: str, *fields: str) -> Q:
    return reduce(or_, (Q(**{f"{field}__icontains": text}) for field in fields))
