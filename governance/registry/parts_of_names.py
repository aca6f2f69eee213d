"""Finding models by a part of their name, in any case of ASCII letters.

PostgreSQL has an index of all parts of three characters (pg_trgm) and uses it by itself. SQLite has one too
(FTS5 with its tokenizer `trigram`), but as a table of its own, which triggers keep (migration 0007).
"""

from __future__ import annotations

from functools import cache

from django.db import connection

TABLE = "registry_model_parts"
SHORTEST = 3
"""Characters: of less, the index knows nothing."""
_CONTAINS = {"sqlite": "{} LIKE %s ESCAPE '\\'", "postgresql": "UPPER({}::text) LIKE UPPER(%s)"}
"""As `icontains` of Django has it, and as the index of PostgreSQL is made."""


def with_part(column: str, text: str) -> tuple[str, tuple[str, ...]]:
    """The condition, and its values, that the text is a part of what the column holds."""
    pattern = f"%{connection.ops.prep_for_like_query(text)}%"
    return _CONTAINS[connection.vendor].format(column), (pattern,)


def found_by_parts(text: str) -> tuple[str, tuple[str, ...]] | None:
    """Where SQLite finds the rows (`rowid` is the id of the model) by its index; None where it cannot.

    The index knows no `%` and `_`, and takes more letters for the same than LIKE does, so LIKE has the last
    word.
    """
    if len(text) < SHORTEST or not _is_indexed():
        return None
    quoted = '"{}"'.format(text.replace('"', '""'))
    contains, values = with_part("repo_id", text)
    return f"{TABLE} WHERE {TABLE} MATCH %s AND {contains}", (quoted, *values)


@cache
def _is_indexed() -> bool:
    """Whether this SQLite could make the table when it was migrated."""
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = %s", [TABLE])
        return cursor.fetchone() is not None
