"""The real process of `make up` serves the portal with its style sheet and icons."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.portal.cast import PASSWORD

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
SIGN_UP = f"from governance.pipeline.bootstrap import bootstrap; bootstrap(password={PASSWORD!r})"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")
    }
    environment = {**inherited, "MODELSTEWARD_VAR": str(tmp_path), "PORT": str(port), "LOG_LEVEL": "ERROR"}
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "shell", "-v", "0", "-c", SIGN_UP], cwd=ROOT, env=environment, check=True)
    process = subprocess.Popen([*manage, "up"], cwd=ROOT, env=environment)
    try:
        yield _answering(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(30)


def _answering(address: str, process: subprocess.Popen[bytes]) -> str:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/sign-in/", timeout=5).close()
            return address
        except OSError:
            assert process.poll() is None, "the process ended"
            time.sleep(0.1)
    raise TimeoutError("the process does not answer")


def test_a_person_signs_in_and_sees_a_styled_page(browser: Browser, address: str) -> None:
    page = browser.new_page()
    failed: list[str] = []
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    page.goto(f"{address}/usage/")
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("heading", name="Usage and limits").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.topbar')).position") == "sticky"
    assert page.evaluate("getComputedStyle(document.querySelector('.card')).display") == "flex"
    assert failed == []
    page.close()
