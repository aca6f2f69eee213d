"""Reads asked again and again: making their SQL costs several times what running it costs, so it is kept."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

_MARK = "asked-for"
_SEEN_BEFORE = 5
"""Times that a PostgreSQL connection runs a statement before it keeps the plan too."""


class PreparedRead:
    """The first row that a query has for one text. `query` makes the query, of `values_list`, for a text."""

    def __init__(self, query: Callable[[str], QuerySet[Any, Any]]) -> None:
        self._query = query
        self._of_thread = threading.local()

    def first(self, text: str) -> list[Any] | None:
        """The values in the order that the query names them; None when there is no row.

        Whether a kept connection still lives is not asked beforehand, as that is another read: one that fails
        is replaced, and asked in the ordinary way. So it is also when a pooler in front of PostgreSQL has
        forgotten what was prepared. Raises DatabaseError when that fails too.
        """
        connection = connections[DEFAULT_DB_ALIAS]
        kept, connection.health_check_done = connection.connection is not None, True
        statement = self._statement(connection)
        try:
            return statement.run(text, _preparing(connection))
        except Error:
            if not kept or connection.in_atomic_block:
                raise
            connection.close()
            return statement.run(text, connection.cursor())

    def _statement(self, connection: BaseDatabaseWrapper) -> _Statement:
        held: _Statement | None = getattr(self._of_thread, "statement", None)
        if held is None or held.connection is not connection:
            held = self._of_thread.statement = _Statement.of(self._query(_MARK), connection)
        return held


def fetched(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement that is text already."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _preparing(connection: BaseDatabaseWrapper) -> Any:
    """A cursor that has PostgreSQL keep the plan, which takes it ten times as long to make as to follow."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        if connection.vendor == "sqlite":
            return connection._prepare_cursor(_OfOneText(connection.connection))
        connection.connection.prepare_threshold = _SEEN_BEFORE
        return connection._prepare_cursor(psycopg.Cursor(connection.connection))


class _OfOneText(sqlite3.Cursor):
    """Django's looks through each statement for the places of values, which costs more than some reads."""

    def execute(self, sql: str, values: Any = ()) -> sqlite3.Cursor:
        return super().execute(sql % "?", values)


@dataclass(frozen=True)
class _Statement:
    connection: BaseDatabaseWrapper
    sql: str
    convert: Callable[[Any], list[Any]]

    @classmethod
    def of(cls, query: QuerySet[Any, Any], connection: BaseDatabaseWrapper) -> _Statement:
        compiler = query[:1].query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        if tuple(params) != (_MARK,):
            raise TypeError(f"a prepared read asks for one text, and this one for {params}")
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        return cls(connection, sql, lambda row: list(next(compiler.apply_converters([row], converters))))

    def run(self, text: str, cursor: Any) -> list[Any] | None:
        with cursor:
            cursor.execute(self.sql, (text,))
            row = cursor.fetchone()
        return self.convert(row) if row else None
