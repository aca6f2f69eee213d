"""P1: requests per second and server CPU of `GET /api/v1/gate/`, beside MLflow's get-model-version. JSON.

Ours is served as `make up` serves it: waitress and SQLite in one process with worker and ticker, or granian
on PostgreSQL. The peer has as many model versions as ours has deployments, on the same kind of database, and
is asked in the rounds between ours. `server_cpu_ms` is user and system time of all web processes for a
request (embedded: of the one process, which also polls its queue); `database_cpu_ms` that of PostgreSQL.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks.rig import peer
from benchmarks.rig.rounds import alternate, ratio
from benchmarks.rig.serving import ours, size, theirs

MIXES = ("10 alike",)
GOALS = {"times_the_requests": 8, "server_cpu_ms": 0.6}
ASKED = 997
"""Different ones, spread over all there are."""


def spread(count: int) -> Iterator[int]:
    return (number * 7919 % count for number in range(min(ASKED, count)))


def main() -> None:
    gate = [f"/api/v1/gate/?deployment=seed-0-{number}" for number in spread(size())]
    named = [peer.NAME.format(number) for number in spread(size())]
    version = [f"/api/2.0/mlflow/model-versions/get?name={name}&version=1" for name in named]
    with ours() as one, theirs(size()) as other:
        told = alternate({"ours": one.side(gate), "mlflow": other.side(version)})
    own, others = told["ours"], told["mlflow"]
    compared = {
        "times_the_requests": ratio(own["requests_per_second"], others["requests_per_second"]),
        "times_less_server_cpu": ratio(others["server_cpu_ms"], own["server_cpu_ms"]),
    }
    print(json.dumps({"name": "P1 the gate", **told, **compared, "goals": GOALS}))


if __name__ == "__main__":
    main()
