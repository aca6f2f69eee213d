"""How a connection notices that the other side is gone. The settings read it, so it knows no Django.

A link that swallows packets says nothing, and neither does a host without power. A client would wait for
ever, and PostgreSQL would keep the locks of a transaction whose host is gone.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

IDLE, INTERVAL, COUNT = 10, 3, 3
"""An idle connection is asked after so many seconds, then every few, and given up after so many times."""
USER_TIMEOUT = 10_000
"""Milliseconds for which data that was sent may stay unacknowledged."""
IDLE_IN_TRANSACTION = 60_000
"""Milliseconds: a process that is frozen within a transaction holds up everybody else for no longer."""
LOCK = 20_000
"""Milliseconds for which anybody waits for a lock, as SQLite does: then the web says to come back later."""
_OF_TCP = {
    "TCP_KEEPIDLE": IDLE,
    "TCP_KEEPINTVL": INTERVAL,
    "TCP_KEEPCNT": COUNT,
    "TCP_USER_TIMEOUT": USER_TIMEOUT,
}

REDIS_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "socket_keepalive_options": {
        getattr(socket, name): n for name, n in _OF_TCP.items() if hasattr(socket, name)
    },
    "health_check_interval": 10,
    "max_retries": 1,
    "unacked_restore_interval": 1,
}


def postgres_options(told: Mapping[str, Any]) -> dict[str, Any]:
    """The options of psycopg; what the query of DATABASE_URL told wins, `options` as a whole."""
    asked = {"keepalives_idle": IDLE, "keepalives_interval": INTERVAL, "keepalives_count": COUNT}
    client = {"connect_timeout": 5, "keepalives": 1, **asked, "tcp_user_timeout": USER_TIMEOUT}
    server = {f"tcp_{name}": count for name, count in asked.items()}
    server |= {"tcp_user_timeout": USER_TIMEOUT, "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION}
    server |= {"lock_timeout": LOCK}
    return {**client, "options": " ".join(f"-c {name}={count}" for name, count in server.items()), **told}
