"""How a connection to PostgreSQL notices that the other side is gone. The settings read it: no Django.

A link that swallows packets says nothing, and neither does a host without power. The client would wait for
ever, and the server would keep the locks of a transaction whose host is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KEEPALIVES = {"keepalives_idle": 10, "keepalives_interval": 3, "keepalives_count": 3}
"""An idle connection is asked after 10 s, and given up after three answers that did not come."""
USER_TIMEOUT = 10_000
"""Milliseconds for which data that was sent may stay unacknowledged."""
IDLE_IN_TRANSACTION = 60_000
"""Milliseconds: a process that is frozen within a transaction holds up everybody else for no longer."""


def postgres_options(told: Mapping[str, Any]) -> dict[str, Any]:
    """The options of psycopg; what the query of DATABASE_URL told wins, `options` as a whole."""
    client = {"connect_timeout": 5, "keepalives": 1, **KEEPALIVES, "tcp_user_timeout": USER_TIMEOUT}
    server = {f"tcp_{name}": count for name, count in KEEPALIVES.items()}
    server |= {"tcp_user_timeout": USER_TIMEOUT, "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION}
    return {**client, "options": " ".join(f"-c {name}={count}" for name, count in server.items()), **told}
