"""A prepared read finds what the ORM finds, and gets over a connection that broke."""

from __future__ import annotations

import threading

import pytest
from django.db import OperationalError, connection, connections
from django.test.utils import CaptureQueriesContext

from governance import prepared
from governance.accounts.models import ApiToken
from governance.prepared import PreparedRead
from tests.cast import person, token_of

NAMED = PreparedRead(lambda name: ApiToken.objects.filter(name=name).values_list("scopes", "created_at"))


def end_by_the_server() -> None:
    """What is held here is dead from now on, and does not know it yet."""
    mine = connection.connection.info.backend_pid
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [mine])
    other.close()


@pytest.mark.django_db
class TestReading:
    def test_values_come_as_the_orm_gives_them(self):
        token_of("eve", ["read"])
        token = ApiToken.objects.get()
        assert NAMED.first("eve-laptop") == [token.scopes, token.created_at]

    def test_no_row_is_none(self):
        assert NAMED.first("nobody") is None

    @pytest.mark.parametrize("text", ["asked-for", "'; --", "%s", "é\U0001f600"])
    def test_no_text_is_more_than_a_text(self, text):
        assert NAMED.first(text) is None
        ApiToken.objects.create(user=person("eve"), name=text, prefix="x", sha256="x", scopes=["read"])
        assert NAMED.first(text)[0] == ["read"]

    def test_one_read_is_one_query_of_one_row(self):
        with CaptureQueriesContext(connection) as seen:
            NAMED.first("nobody")
        assert len(seen) == 1
        assert "LIMIT 1" in seen[0]["sql"]

    def test_a_query_that_asks_for_more_than_a_text_is_refused(self):
        more = PreparedRead(lambda name: ApiToken.objects.filter(name=name, prefix="x").values_list("name"))
        with pytest.raises(TypeError, match="one text"):
            more.first("eve-laptop")

    def test_within_a_transaction_a_failure_is_told(self, monkeypatch):
        def gone(*_):
            raise OperationalError("gone")

        monkeypatch.setattr(prepared, "_preparing", gone)
        with pytest.raises(OperationalError):
            NAMED.first("eve-laptop")


@pytest.mark.django_db(transaction=True)
class TestConnections:
    def test_a_kept_connection_that_broke_is_replaced(self):
        if connection.vendor != "postgresql":
            pytest.skip("only a server can end a connection")
        token_of("eve", ["read"])
        assert NAMED.first("eve-laptop")
        end_by_the_server()
        assert NAMED.first("eve-laptop")[0] == ["read"]

    def test_postgresql_keeps_the_plan(self):
        if connection.vendor != "postgresql":
            pytest.skip("SQLite keeps it by itself")
        for _ in range(10):
            NAMED.first("eve-laptop")
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements")
            assert sum("accounts_apitoken" in sql for (sql,) in cursor.fetchall()) == 1

    def test_a_pooler_that_forgot_what_was_prepared_costs_no_answer(self):
        if connection.vendor != "postgresql":
            pytest.skip("nothing is prepared on SQLite")
        token_of("eve", ["read"])
        for _ in range(10):
            NAMED.first("eve-laptop")
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
        assert NAMED.first("eve-laptop")[0] == ["read"]

    def test_each_thread_reads_through_its_own_connection(self):
        token_of("eve", ["read"])
        found: list[object] = []

        def read() -> None:
            found.append(NAMED.first("eve-laptop"))
            connection.close()

        threads = [threading.Thread(target=read) for _ in range(3)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert found == [NAMED.first("eve-laptop")] * 3
