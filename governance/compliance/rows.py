"""Rows in bulk: put together by a key, and given different values each in one prepared statement.

Django's bulk_update builds a CASE over all rows, and its bulk_create an expression for each value: for wide
rows they cost many times what this does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, Model, QuerySet


def update_rows(rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Write the named fields of each row. All rows are of one model."""
    if not rows:
        return
    meta = rows[0]._meta
    columns = [meta.get_field(name) for name in fields]
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(column.column)} = %s" for column in columns)
    statement = f"UPDATE {quote(meta.db_table)} SET {sets} WHERE {quote(meta.pk.column)} = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[*_values(row, columns), row.pk] for row in rows])


def insert_rows(rows: Sequence[Model], *, unless_there: bool = False) -> None:
    """Add rows whose ids nobody asks for; with `unless_there`, an equal row that is there already wins."""
    if not rows:
        return
    meta = rows[0]._meta
    columns = [column for column in meta.concrete_fields if not isinstance(column, AutoField)]
    quote = connection.ops.quote_name
    names = ", ".join(quote(column.column) for column in columns)
    places = ", ".join(["%s"] * len(columns))
    conflict = " ON CONFLICT DO NOTHING" if unless_there else ""
    statement = f"INSERT INTO {quote(meta.db_table)} ({names}) VALUES ({places}){conflict}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, [_values(row, columns) for row in rows])


def _values(row: Model, columns: Sequence[Field]) -> list[Any]:
    return [column.get_db_prep_save(getattr(row, column.attname), connection) for column in columns]


def hang_on(rows: Sequence[Model], name: str, related: QuerySet[Any]) -> None:
    """Give rows the row that each refers to as `name`, read once however many share it.

    A join would read it for each of them, and prefetching builds an expression for each id.
    """
    found = related.in_bulk({getattr(row, f"{name}_id") for row in rows} - {None})
    for row in rows:
        setattr(row, name, found.get(getattr(row, f"{name}_id")))


def grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    """Key -> its values, in the order given."""
    found: dict[Any, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
