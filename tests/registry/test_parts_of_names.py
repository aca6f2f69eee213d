"""The index of parts of names finds what `icontains` finds, whatever becomes of the names."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.registry import parts_of_names
from governance.registry.models import Model
from governance.registry.parts_of_names import found_by_parts, with_part
from tests.portal.cast import NOW

pytestmark = pytest.mark.django_db
ALPHABET = "aAbB-_%\\\"'*é É\u212ak\U0001f600"
"""With all that LIKE and MATCH read in a way of their own, and a letter that folds to `k` (U+212A)."""
NAMES = [
    "org/Llama-3.1",
    "org/llama_31",
    "ORG/a%b",
    "org/a\\b",
    'org/a"b',
    "org/é",
    "org/É",
    "org/\u212aimi",
    "x",
]

TEXTS = [
    *("", "x", "la", "LLAMA", "lama-3.1", "a_3", "a%b", "%", "_", "%%%", "a\\b", 'a"b', '"""'),
    *("g/é", "g/É", "kimi", "\u212aimi", "AND", "lla*", "repo_id:", "org/llama-3.1 ", "nothing"),
]


def named(name: str) -> Model:
    return Model.objects.create(repo_id=name, source="manual", state_since=NOW)


def found(text: str) -> set[str]:
    """Through the index where there is one for such a text, else by reading all names."""
    rows = found_by_parts(text)
    condition, values = with_part("repo_id", text)
    sql, values = rows or (f"registry_model WHERE {condition}", values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {'rowid' if rows else 'id'} FROM {sql}", values)
        ids = [row[0] for row in cursor.fetchall()]
    return set(Model.objects.filter(pk__in=ids).values_list("repo_id", flat=True))


def by_django(text: str) -> set[str]:
    return set(Model.objects.filter(repo_id__icontains=text).values_list("repo_id", flat=True))


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_finds_what_it_finds_without_an_index(text):
    [named(name) for name in NAMES]
    assert found(text) == by_django(text)


@given(
    st.lists(st.text(ALPHABET, min_size=1, max_size=12), unique=True, max_size=6),
    st.text(ALPHABET, max_size=5),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_finds_among_any_names_what_it_finds_without_an_index(names, text):
    Model.objects.all().delete()
    [named(name) for name in names]
    assert found(text) == by_django(text)


def test_what_is_renamed_or_deleted_is_found_no_longer():
    """Fails too where a migration made the table of models anew and lost its triggers."""
    kept, gone = named("org/first"), named("org/second")
    Model.objects.filter(pk=kept.pk).update(repo_id="org/third")
    gone.delete()
    assert [found(text) for text in ("first", "second", "third")] == [set(), set(), {"org/third"}]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has an index that it uses by itself")
def test_sqlite_reads_no_name_that_does_not_fit():
    rows, values = found_by_parts("llama") or ("", ())
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN SELECT rowid FROM {rows} ORDER BY rowid DESC LIMIT 51", values)
        [step] = [row[3] for row in cursor.fetchall()]
    assert step.startswith(f"SCAN {parts_of_names.TABLE} VIRTUAL TABLE INDEX")
    assert "M" in step


def test_where_there_is_no_index_all_names_are_read(monkeypatch):
    monkeypatch.setattr(parts_of_names, "_is_indexed", lambda: False)
    named("org/llama")
    assert found_by_parts("llama") is None
    assert found("llama") == {"org/llama"}
