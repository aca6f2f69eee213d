"""The generator of hostile but harmless inputs that lies beside the project, run once a session."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tests.shared import shared


@lru_cache
def corpus() -> Path:
    """The folder of cases; nothing in it may ever be executed."""
    maker = shared("hostile", "make_corpus.py")
    folder = Path(mkdtemp(prefix="hostile-"))
    markers = folder / "markers"
    markers.mkdir()
    command = [sys.executable, str(maker), "--out", str(folder), "--markers", str(markers)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def case(name: str) -> Path:
    return corpus() / "dev" / name


def case_json(name: str, file: str = "hub.json") -> Any:
    return json.loads((case(name) / file).read_text())


def markers() -> list[Path]:
    """What hostile payloads left behind: nothing, if they never ran."""
    return list((corpus() / "markers").iterdir())
