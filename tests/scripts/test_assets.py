"""What the portal loads: small, complete, and with an icon for each name."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from scripts.assets import ASSETS, ROOT, icons, sources

BUDGET = 60_000
STATIC = ROOT / "templates" / "static"


@pytest.fixture
def made() -> Path:
    if not (ASSETS / "tabler.css").exists():
        pytest.skip("the style sheet was not brought: run `make assets`")
    return ASSETS


def packed(*files: Path) -> int:
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)


def test_styles_and_scripts_keep_to_their_budget(made: Path) -> None:
    assert packed(made / "tabler.css", STATIC / "portal.css") <= BUDGET
    assert packed(*STATIC.glob("*.js")) <= BUDGET


def test_every_icon_that_a_page_names_is_in_the_sprite(made: Path) -> None:
    sprite = (made / "icons.svg").read_text("utf-8")
    assert [name for name in icons(sources()) if f'id="{name}"' not in sprite] == []


def test_the_packed_twins_are_current(made: Path) -> None:
    for file in (made / "tabler.css", made / "icons.svg"):
        assert gzip.decompress(file.with_name(f"{file.name}.gz").read_bytes()) == file.read_bytes()


def test_locks_name_no_registry() -> None:
    for lock in (ROOT / "package-lock.json", ROOT / "tests" / "browser" / "package-lock.json"):
        assert '"resolved"' not in lock.read_text("utf-8")
