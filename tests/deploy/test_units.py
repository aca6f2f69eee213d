"""The units for systemd: what they start exists, what they set is read, and systemd itself finds no fault."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.reading import DEPLOY, SETTINGS, UNITS, Unit, fault_of

SERVICES = [path for path in UNITS if path.stem != "modelsteward-prepare"]
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "RestrictNamespaces": "yes",
    "MemoryDenyWriteExecute": "yes",
    "UMask": "0077",
    "User": "modelsteward",
}


def test_there_is_a_unit_for_each_thing_that_runs():
    assert [path.stem for path in UNITS] == [
        f"modelsteward-{name}" for name in ("prepare", "ticker", "web", "worker")
    ]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_what_a_unit_starts_exists_where_it_says(path: Path):
    unit = Unit(path)
    assert fault_of(unit.command) == ""
    assert unit.command[0] == f"{unit['Service']['WorkingDirectory']}/.venv/bin/python"


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_what_a_unit_sets_is_read(path: Path):
    named = re.findall(r"([A-Z_]+)=", Unit(path)["Service"]["Environment"])
    assert set(named) - {"PYTHONDONTWRITEBYTECODE"} <= SETTINGS
    assert Unit(path)["Service"]["EnvironmentFile"] == "/etc/modelsteward/modelsteward.env"


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_may_do_little(path: Path):
    told = Unit(path)["Service"]
    assert {name: told.get(name) for name in HARDENED} == HARDENED


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_what_ends_is_started_again_however_often(path: Path):
    unit = Unit(path)
    assert (unit["Service"]["Restart"], unit["Service"]["RestartSec"]) == ("always", "1")
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert unit["Unit"]["PartOf"] == unit["Install"]["WantedBy"] == "modelsteward.target"


def test_systemd_finds_no_fault(tmp_path: Path):
    """With our own Python in the place of the one that is installed, as systemd looks whether it is there."""
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("there is no systemd-analyze here")
    for path in [*UNITS, DEPLOY / "systemd" / "modelsteward.target"]:
        text = path.read_text("utf-8").replace("/opt/modelsteward/.venv/bin/python", sys.executable)
        (tmp_path / path.name).write_text(text, "utf-8")
    units = [str(path) for path in sorted(tmp_path.iterdir())]
    done = subprocess.run([analyze, "verify", "--man=no", *units], capture_output=True, text=True, timeout=60)
    if "Failed to initialize manager" in done.stderr:
        pytest.skip(f"systemd-analyze cannot work here: {done.stderr.strip()}")
    ours = [line for line in done.stderr.splitlines() if "modelsteward" in line]
    assert (done.returncode, ours) == (0, [])
