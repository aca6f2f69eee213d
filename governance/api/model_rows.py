"""The rows of the list of models, read as they are shown, by SQL that is kept.

Making the query with the ORM for each request cost four times what running it and writing its rows costs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from governance.api.model_filters import FILTERS, Index, Part, among
from governance.core.periods import instant_text
from governance.prepared import fetched

FEW = 1_000
"""Models that are named one by one. Of more than so many, whoever walks down the list soon meets a page."""
_COLUMNS = {
    "id": "m.id",
    "repo_id": "m.repo_id",
    "source": "m.source",
    "state": "m.state",
    "state_reason": "m.state_reason",
    "gated": "m.gated",
    "revision": "s.revision",
    "license": "NULLIF(c.license, '')",
    "decision": "CASE WHEN j.settled AND k.judged_at IS NOT NULL THEN j.decision END",
    "synced_at": "m.synced_at",
}
_SELECT = f"""SELECT {", ".join(_COLUMNS.values())} FROM registry_model m
    LEFT JOIN registry_snapshot s ON s.id = m.latest_snapshot_id
    LEFT JOIN licensing_conclusion c ON c.snapshot_id = m.latest_snapshot_id AND c.current
    LEFT JOIN compliance_subject j ON j.model_id = m.id
    LEFT JOIN compliance_case k ON k.id = j.case_id"""  # noqa: S608


@dataclass(frozen=True)
class ModelRows:
    """As much of a QuerySet as pages need: dictionaries with the fields of `registry_shapes.ModelRow`."""

    asked: Mapping[str, str]
    """Filter -> value."""
    back: bool = False
    """Whether from the smallest id up, as who leads back to the page before reads them."""
    beyond: int | None = None
    """Only those that come after this id."""

    def order_by(self, field: str) -> ModelRows:
        return replace(self, back=not field.startswith("-"))

    def filter(self, **bound: str) -> ModelRows:
        """`id__lt`, or going back `id__gt`."""
        [position] = bound.values()
        return replace(self, beyond=int(position))

    def count(self) -> int:
        where, values = _where(self._left())
        [(count,)] = fetched(f"SELECT COUNT(*) FROM registry_model m{where}", values)  # noqa: S608
        return int(count)

    def __getitem__(self, page: slice) -> list[dict[str, Any]]:
        where, values = _where([*self._bound("m.id"), *self._of_page(page.stop)])
        sql = f"{_SELECT}{where} ORDER BY m.id {self._way} LIMIT {page.stop:d}"
        return [_shown(row) for row in fetched(sql, values)[page.start :]]

    @property
    def _way(self) -> str:
        return "ASC" if self.back else "DESC"

    def _bound(self, id: str) -> list[Part]:
        sign = ">" if self.back else "<"
        return [] if self.beyond is None else [Part(f"{id} {sign} %s", (self.beyond,))]

    def _of_page(self, most: int) -> list[Part]:
        """The conditions of a page. Of a single filter, an index may tell its ids in order."""
        if len(self.asked) == 1:
            [(name, value)] = self.asked.items()
            index = FILTERS[name].found_by(value)
            if index and index.ordered:
                return [_one_of(_ids(index, self._bound(index.id), f"ORDER BY {index.id} {self._way}", most))]
        return self._left()

    def _left(self) -> list[Part]:
        """The condition of each filter, or that it is one of the few models that an index finds."""
        few: set[int] | None = None
        others: list[Part] = []
        for name, value in self.asked.items():
            index = FILTERS[name].found_by(value)
            ids = _ids(index, [], "", FEW + 1) if index else []
            if index and len(ids) <= FEW:
                few = few & {*ids} if few is not None else {*ids}
            else:
                others.append(FILTERS[name].condition(value))
        return others if few is None else [_one_of(few), *others]


def _ids(index: Index, bound: Sequence[Part], order: str, most: int) -> list[int]:
    sql = " AND ".join([index.rows.sql, *(part.sql for part in bound)])
    values = [*index.rows.values, *(value for part in bound for value in part.values)]
    return [id for (id,) in fetched(f"SELECT {index.id} FROM {sql} {order} LIMIT {most:d}", values)]  # noqa: S608


def _one_of(ids: Collection[int]) -> Part:
    sql, values = among(ids)
    return Part(f"m.id {sql}", values)


def _where(parts: Sequence[Part]) -> tuple[str, list[Any]]:
    sql = " AND ".join(part.sql for part in parts)
    return f" WHERE {sql}" if parts else "", [value for part in parts for value in part.values]


def _shown(values: tuple[Any, ...]) -> dict[str, Any]:
    row = dict(zip(_COLUMNS, values, strict=True))
    at = row["synced_at"]
    if isinstance(at, str):  # SQLite keeps instants as text, in UTC
        at = datetime.fromisoformat(f"{at}+00:00")
    row["synced_at"] = instant_text(at) if at else None
    return row
