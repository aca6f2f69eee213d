"""Hosts as network namespaces around a bridge: each has one address, and none reaches the machine itself."""

from __future__ import annotations

import ctypes
import itertools
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PREFIX = "steward"
MADE = Path("/run/netns")
CLONE_NEWNET = 0x40000000
"""Of setns(2)."""
NOBODY = "02:00:00:00:ff:ff"
"""A hardware address that no host has: what is sent there is swallowed without a word."""
_count = itertools.count()
_libc = ctypes.CDLL(None, use_errno=True)


def why_not() -> str:
    """Why no network can be made here; empty when it can."""
    if not shutil.which("ip"):
        return "there is no `ip` here (package iproute2)"
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    name = f"{PREFIX}-{os.getpid()}-probe"
    done = _try("netns", "add", name)
    if done.returncode == 0:
        done = _try("-n", name, "link", "add", "probe", "type", "bridge")
        _try("netns", "del", name)
    return f"network namespaces cannot be made here: {done.stderr.strip()}" if done.returncode else ""


@dataclass(frozen=True)
class Host:
    """`space` is the namespace, `port` its plug in the switch."""

    name: str
    space: str
    number: int

    @property
    def address(self) -> str:
        """Of a range for documentation, so that a packet that got out would find nobody."""
        return f"192.0.2.{self.number}"

    @property
    def hardware(self) -> str:
        return f"02:00:00:00:00:{self.number:02x}"

    @property
    def port(self) -> str:
        return f"port{self.number}"

    def command(self, words: Sequence[str]) -> list[str]:
        """The words as a command that runs on this host, under its name; it keeps its process id."""
        named = ["unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', self.name]
        return ["ip", "netns", "exec", self.space, *named, *words]

    def processes(self) -> list[int]:
        return [int(word) for word in _ip("netns", "pids", self.space).split()]

    def connections(self, other: Host) -> set[int]:
        """Local ports of the established connections to another host."""
        words = ["ip", "netns", "exec", self.space, "ss", "-tnH", "state", "established"]
        done = subprocess.run([*words, "dst", other.address], capture_output=True, text=True, check=True)
        return {int(line.split()[2].rpartition(":")[2]) for line in done.stdout.splitlines()}


class Network:
    def __init__(self, names: Sequence[str]) -> None:
        us = f"{PREFIX}-{os.getpid()}-{next(_count)}"
        self.switch = f"{us}-switch"
        self.hosts = {name: Host(name, f"{us}-{name}", number) for number, name in enumerate(names, 1)}

    def __getitem__(self, name: str) -> Host:
        return self.hosts[name]

    def make(self) -> None:
        _ip("netns", "add", self.switch)
        _ip("-n", self.switch, "link", "add", "bridge", "type", "bridge")
        _ip("-n", self.switch, "link", "set", "bridge", "up")
        for host in self.hosts.values():
            self._plug_in(host)
        for one in self.hosts.values():
            for other in self.hosts.values():
                if one is not other:
                    _way(one, other, other.hardware)

    def _plug_in(self, host: Host) -> None:
        _ip("netns", "add", host.space)
        ours = ["wire", "netns", host.space, "address", host.hardware]
        _ip("link", "add", *ours, "type", "veth", "peer", "name", host.port, "netns", self.switch)
        _ip("-n", self.switch, "link", "set", host.port, "master", "bridge", "up")
        _ip("-n", host.space, "addr", "add", f"{host.address}/24", "dev", "wire")
        for device in ("lo", "wire"):
            _ip("-n", host.space, "link", "set", device, "up")

    def remove(self) -> None:
        """Whatever state it is in."""
        for space in (*(host.space for host in self.hosts.values()), self.switch):
            _remove(space)

    def silence(self, one: Host, other: Host) -> None:
        """Packets between the two are swallowed both ways: nobody is told, connections stay half open."""
        _way(one, other, NOBODY)
        _way(other, one, NOBODY)

    def isolate(self, host: Host) -> None:
        for other in self.hosts.values():
            if other is not host:
                self.silence(host, other)

    def unplug(self, host: Host) -> None:
        """The link is down, and the host knows."""
        _ip("-n", host.space, "link", "set", "wire", "down")

    def heal(self) -> None:
        """Every link as it was made."""
        for one in self.hosts.values():
            _ip("-n", one.space, "link", "set", "wire", "up")
            for other in self.hosts.values():
                if one is not other:
                    _way(one, other, other.hardware)


def _way(one: Host, other: Host, hardware: str) -> None:
    _ip(
        "-n", one.space, "neigh", "replace", other.address, "lladdr", hardware, "dev", "wire",
        "nud", "permanent",
    )  # fmt: skip


@contextmanager
def network(names: Sequence[str]) -> Iterator[Network]:
    """These hosts, each able to reach all others; gone at the end with every process on them."""
    remove_orphans()
    made = Network(names)
    try:
        made.make()
        yield made
    finally:
        made.remove()


@contextmanager
def inside(host: Host) -> Iterator[None]:
    """This thread, and what it starts, is on the host while the block runs."""
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(MADE / host.space, os.O_RDONLY)
    try:
        _enter(there)
        yield
    finally:
        _enter(before)
        os.close(there)
        os.close(before)


def remove_orphans() -> None:
    """Namespaces whose test was killed before it could take them away."""
    for space in MADE.glob(f"{PREFIX}-*-*") if MADE.is_dir() else ():
        if not Path(f"/proc/{space.name.split('-')[1]}").exists():
            _remove(space.name)


def _remove(space: str) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and (pids := _try("netns", "pids", space).stdout.split()):
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        time.sleep(0.05)
    _try("netns", "del", space)


def _enter(space: int) -> None:
    if _libc.setns(space, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns failed")


def _ip(*words: str) -> str:
    done = _try(*words)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def _try(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["ip", *words], capture_output=True, text=True)
