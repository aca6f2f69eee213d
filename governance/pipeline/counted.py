"""The rows in which all processes of all hosts add up what they count.

So whichever web process is asked for metrics tells of the whole platform, also of workers on hosts that
answer no requests, and a restart loses at most the last few seconds.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping

from django.db import connection, transaction

from governance.pipeline import counting
from governance.pipeline.models import Counted

FLUSH_SECONDS = 10
LONGEST = 300
"""Characters of label values; what is longer is no label."""
_ADD = """
    INSERT INTO pipeline_counted (name, labels, value) VALUES (%s, %s, %s)
    ON CONFLICT (name, labels) DO UPDATE SET value = pipeline_counted.value + excluded.value
"""
Series = Mapping[tuple[str, ...], float]
"""Label values to what was counted."""


def flush() -> None:
    """Add what this process counted since the last time. What cannot be written is counted still."""
    counts = counting.take()
    # In one order for everybody: who writes the same rows waits for the other instead of deadlocking.
    rows = [(name, json.dumps(labels), value) for (name, labels), value in sorted(counts.items())]
    rows = [row for row in rows if len(row[1]) <= LONGEST]
    if not rows:
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(_ADD, rows)
    except BaseException:
        counting.give_back(counts)
        raise


def counted() -> dict[str, Series]:
    """Everything that was ever counted and written, by name."""
    found: dict[str, dict[tuple[str, ...], float]] = defaultdict(dict)
    for name, labels, value in Counted.objects.values_list("name", "labels", "value"):
        found[name][tuple(json.loads(labels))] = value
    return found
