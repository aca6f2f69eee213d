"""A real browser for these tests; they are skipped, with the reason, where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.servers import browser as chromium

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed after each module: its driver keeps an event loop in this thread, in which other tests could
    not run theirs, and Django would refuse to use the database."""
    if not (ROOT / "assets" / "tabler.css").exists():
        pytest.skip("the style sheet was not brought: run `make assets`")
    try:
        chromium.find()
    except chromium.NoBrowserError as absent:
        pytest.skip(str(absent))
    with pytest.MonkeyPatch.context() as patched, chromium.opened() as opened:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield opened
