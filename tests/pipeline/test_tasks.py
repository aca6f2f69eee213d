"""What a worker does around a piece of work."""

from __future__ import annotations

from contextlib import closing

import psycopg
import pytest
from django.db import connection

from governance.pipeline import outbox, tasks
from governance.pipeline.models import Kind, Work


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connections that end")
def test_a_connection_that_the_database_closed_meanwhile_is_opened_again():
    outbox.put(Kind.CHECK, "gone", {"check": 0})
    work = Work.objects.get()
    kept = connection.connection.info.backend_pid
    with closing(psycopg.connect(**connection.get_connection_params())) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [kept])
        other.commit()
    tasks.run(work.pk)
    work.refresh_from_db()
    assert work.state == Work.State.DONE
