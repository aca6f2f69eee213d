"""The network of the tests itself: a cut is silent, and nothing of it stays."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.hosts.network import MADE, PREFIX, Network, inside, network, remove_orphans, why_not

REASON = why_not()
pytestmark = [
    pytest.mark.skipif(bool(REASON), reason=REASON),
    pytest.mark.allow_hosts(["127.0.0.1", "192.0.2.1", "192.0.2.2", "192.0.2.3", "198.51.100.1"]),
]
PORT = 9000


@pytest.fixture
def three() -> Iterator[Network]:
    with network(["one", "two", "three"]) as made:
        yield made


def connected(made: Network, one: str, other: str) -> tuple[socket.socket, socket.socket]:
    with inside(made[other]), socket.create_server((made[other].address, PORT)) as server:
        with inside(made[one]):
            client = socket.create_connection((made[other].address, PORT), 5)
        return client, server.accept()[0]


def test_hosts_reach_one_another_and_nobody_else(three: Network) -> None:
    client, served = connected(three, "one", "two")
    with client, served:
        client.sendall(b"hello")
        assert served.recv(5) == b"hello"
        assert len(three["one"].connections(three["two"])) == 1
        assert three["three"].connections(three["two"]) == set()
    with inside(three["one"]), socket.socket() as lost:
        assert os.strerror(lost.connect_ex(("198.51.100.1", PORT))) == "Network is unreachable"


def test_a_cut_says_nothing_and_once_it_is_mended_what_was_sent_arrives(three: Network) -> None:
    client, served = connected(three, "one", "two")
    with client, served:
        three.silence(three["one"], three["two"])
        client.sendall(b"late")
        served.settimeout(0.3)
        with suppress(TimeoutError):
            assert not served.recv(4), "it came all the same"
        assert len(three["one"].connections(three["two"])) == 1
        other, served_other = connected(three, "one", "three")
        other.close(), served_other.close()
        three.heal()
        served.settimeout(10)
        assert served.recv(4) == b"late"


def test_a_host_that_is_unplugged_is_whole_again_when_it_is_plugged_in(three: Network) -> None:
    three.unplug(three["one"])
    with pytest.raises(OSError, match=r"."), inside(three["one"]):
        socket.create_connection((three["two"].address, PORT), 0.5)
    three.heal()
    client, served = connected(three, "one", "two")
    client.close(), served.close()


def test_nothing_stays_of_it_nor_of_one_whose_test_was_killed() -> None:
    with network(["one"]) as made:
        spaces = [made["one"].space, made.switch]
        assert all((MADE / space).exists() for space in spaces)
    assert not any((MADE / space).exists() for space in spaces)
    gone = Network(["one"])
    gone.switch = f"{PREFIX}-999999999-switch"
    gone.hosts = {}
    gone.make()
    began = time.monotonic()
    remove_orphans()
    assert not (MADE / gone.switch).exists()
    assert time.monotonic() - began < 10
