"""Rows in bulk: put together by a key, and written each with values of its own in one prepared statement.

Django's bulk_update builds a CASE over all rows, and its bulk_create an expression for each value: for wide
rows they cost many times what this does. Values are tuples, as objects of models cost more than the writing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import DateTimeField, Field, JSONField, Model, QuerySet

_CONVERTED = (DateTimeField, JSONField)
"""Fields whose values are not what the database takes already."""
BATCH = 500
"""Rows that are added in one statement, of which every database takes so many values."""


def update_rows(model: type[Model], fields: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write the named fields. `rows`: their values in this order, and last the id."""
    update_alike(model, fields, [(row[:-1], row[-1:]) for row in rows])


def update_alike(
    model: type[Model], fields: Sequence[str], groups: Iterable[tuple[Sequence[Any], Sequence[int]]]
) -> None:
    """Write the same values of the named fields to all ids of a group."""
    columns = _columns(model, fields)
    sets = ", ".join(f"{_quoted(column.column)} = %s" for column in columns)
    for count, rows in grouped((len(ids), (*values, *ids)) for values, ids in groups).items():
        where = f"{_quoted(model._meta.pk.column)} IN ({', '.join(['%s'] * count)})"
        _write(f"UPDATE {_table(model)} SET {sets} WHERE {where}", columns, rows)  # noqa: S608


def insert_rows(
    model: type[Model], fields: Sequence[str], rows: Sequence[Sequence[Any]], *, unless_there: bool = False
) -> None:
    """Add rows whose ids nobody asks for; with `unless_there`, an equal row that is there already wins.

    Fields that are not named must have a default in the database.
    """
    columns = _columns(model, fields)
    conflict = " ON CONFLICT DO NOTHING" if unless_there else ""
    _write(_insertion(model, columns) + conflict, columns, rows)


def insert_new(rows: Sequence[Model]) -> list[int]:
    """Add rows of one model; answers the ids of those that no equal row was there for."""
    return [pk for n in range(0, len(rows), BATCH) for pk in _insert_new(rows[n : n + BATCH])]


def _insert_new(rows: Sequence[Model]) -> list[int]:
    connection, model = connections[DEFAULT_DB_ALIAS], type(rows[0])
    columns = [column for column in model._meta.concrete_fields if not column.primary_key]
    told = f" ON CONFLICT DO NOTHING RETURNING {_quoted(model._meta.pk.column)}"
    values = [
        column.get_db_prep_save(getattr(row, column.attname), connection)
        for row in rows
        for column in columns
    ]
    with connection.cursor() as cursor:
        cursor.execute(_insertion(model, columns, len(rows)) + told, values)
        return [pk for (pk,) in cursor.fetchall()]


def _insertion(model: type[Model], columns: Sequence[Field], count: int = 1) -> str:
    """The statement that adds so many rows."""
    names = ", ".join(_quoted(column.column) for column in columns)
    places = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * count)
    return f"INSERT INTO {_table(model)} ({names}) VALUES {places}"  # noqa: S608


def _columns(model: type[Model], fields: Sequence[str]) -> list[Field]:
    return [model._meta.get_field(name) for name in fields]


def _quoted(name: str) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name)


def _table(model: type[Model]) -> str:
    return _quoted(model._meta.db_table)


def _write(statement: str, columns: Sequence[Field], rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    convert: list[tuple[int, Callable[..., Any]]] = [
        (place, column.get_db_prep_save)
        for place, column in enumerate(columns)
        if isinstance(column, _CONVERTED)
    ]
    prepared = []
    for row in rows:
        values = list(row)
        for place, prepare in convert:
            values[place] = prepare(values[place], connection)
        prepared.append(values)
    with connection.cursor() as cursor:
        cursor.executemany(statement, prepared)


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
