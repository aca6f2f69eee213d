"""The filters of the list of models. Each is answered from an index, be there ten thousand or a million.

They are SQL, as is the list: making it anew for each request cost several times what running it costs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from governance.api.filters import Filter
from governance.api.words import DECISIONS
from governance.licensing.in_use import licenses_under
from governance.registry.models import State
from governance.registry.parts_of_names import found_by_parts, with_part


class Part(NamedTuple):
    """A piece of a query with its values."""

    sql: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Index:
    """Where the ids of the models that fit a value are found: `id` of `rows`, a FROM with a WHERE."""

    id: str
    rows: Part
    ordered: bool = False
    """Whether they can be read in the order of the ids at no cost."""


@dataclass(frozen=True, kw_only=True)
class ModelFilter(Filter):
    """`lookup` is not used: `condition` says which rows of `registry_model m` fit a value."""

    lookup: str = ""
    condition: Callable[[str], Part]
    index: Callable[[str], Index] | None = None
    """Without it the planner of the database must know how many rows there are for each value, or a list that
    is ten times as long takes ten times as long."""

    def found_by(self, value: str) -> Index | None:
        return self.index(value) if self.index else None


def among(values: Collection[Any]) -> Part:
    """That what stands before is one of so many values; one statement, be they few or many."""
    if connection.vendor == "postgresql":
        return Part("= ANY(%s)", (list(values),))
    return Part("IN (SELECT value FROM json_each(%s))", (json.dumps(list(values)),))


def _equal(column: str) -> Callable[[str], Part]:
    return lambda value: Part(f"m.{column} = %s", (value,))


def _named(name: str) -> Index:
    """By the present or a former name, in any case. Found first: a choice between two tables has no index."""
    present = "SELECT id FROM registry_model WHERE LOWER(repo_id) = %s"
    former = "SELECT model_id FROM registry_alias WHERE LOWER(repo_id) = %s"
    return Index("id", Part(f"({present} UNION ALL {former}) named WHERE TRUE", (name.lower(),) * 2))


def _is_named(name: str) -> Part:
    named = _named(name).rows
    return Part(f"m.id IN (SELECT id FROM {named.sql})", named.values)  # noqa: S608


def _under(key: str) -> Part:
    license = among(licenses_under(key))
    own = "SELECT 1 FROM licensing_conclusion o WHERE o.current AND o.snapshot_id = m.latest_snapshot_id"
    return Part(f"EXISTS ({own} AND o.license {license.sql})", license.values)


def _ids_under(key: str) -> Index:
    """Through the snapshot that is the model's latest; of another one nothing is asked."""
    license = among(licenses_under(key))
    latest = "licensing_conclusion o JOIN registry_model m ON m.latest_snapshot_id = o.snapshot_id"
    return Index("m.id", Part(f"{latest} WHERE o.current AND o.license {license.sql}", license.values))


def _decided(decision: str) -> Part:
    subject = "SELECT 1 FROM compliance_subject d WHERE d.model_id = m.id AND d.decision = %s"
    return Part(f"EXISTS ({subject})", (decision,))


def _ids_decided(decision: str) -> Index:
    rows = "compliance_subject WHERE model_id IS NOT NULL AND decision = %s"
    return Index("model_id", Part(rows, (decision,)), ordered=True)


def _containing(text: str) -> Part:
    return Part(*with_part("m.repo_id", text))


def _ids_containing(text: str) -> Index:
    if (rows := found_by_parts(text)) is not None:
        return Index("rowid", Part(*rows), ordered=True)
    sql, values = _containing(text)
    return Index("m.id", Part(f"registry_model m WHERE {sql}", values))


FILTERS = {
    "repo_id": ModelFilter(condition=_is_named, index=_named),
    "source": ModelFilter(condition=_equal("source")),
    "license": ModelFilter(condition=_under, index=_ids_under),
    "search": ModelFilter(condition=_containing, index=_ids_containing),
    "decision": ModelFilter(condition=_decided, index=_ids_decided, choices=DECISIONS),
    "state": ModelFilter(condition=_equal("state"), choices=State.values),
}
