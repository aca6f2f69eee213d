"""A real browser for these tests; they are skipped, with the reason, where there is none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.servers import browser as chromium

ROOT = Path(__file__).resolve().parents[2]

# The driver keeps an event loop in this thread, in which Django would refuse to use the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not (ROOT / "assets" / "tabler.css").exists():
        pytest.skip("the style sheet was not brought: run `make assets`")
    try:
        chromium.find()
    except chromium.NoBrowserError as absent:
        pytest.skip(str(absent))
    with chromium.opened() as opened:
        yield opened
