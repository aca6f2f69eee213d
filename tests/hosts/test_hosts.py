"""The platform on hosts of its own: links are cut, hosts stop, and nothing is lost or let through."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.chaos.scenarios import Run, run
from tests.hosts.estate import NAMES, Estate, estate
from tests.hosts.faults import FAULTS
from tests.hosts.network import Network, why_not

SHORT = [one for one in FAULTS if one.short]
REASON = why_not()
ADDRESSES = [host.address for host in Network(NAMES).hosts.values()]
pytestmark = [
    pytest.mark.flow,
    pytest.mark.timeout(600),
    pytest.mark.allow_hosts(["127.0.0.1", *ADDRESSES]),
    pytest.mark.skipif(bool(REASON), reason=REASON),
]


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    with estate(tmp_path_factory.mktemp("hosts")) as made:
        yield made


def test_nothing_is_lost_whatever_is_cut_or_stops(hosts: Estate) -> None:
    """One test, so that the hosts are made once however the tests are spread."""
    seed = random.Random(20260824).randrange(10**6)
    runs = [run(one, hosts, seed + number, long=False) for number, one in enumerate(SHORT)]
    assert {one.scenario.name: one.wrong for one in runs if one.wrong} == {}
    assert all(one.polls for one in runs)
    assert count(runs) == {"lost": 0, "second": 0, "allows_wrong": 0, "denials_mute": 0}


def count(runs: list[Run]) -> dict[str, int]:
    return {name: sum(getattr(one, name) for one in runs) for name in
            ("lost", "second", "allows_wrong", "denials_mute")}  # fmt: skip
