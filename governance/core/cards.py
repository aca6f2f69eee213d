"""The metadata block of a model card (README.md), parsed in a limited child process.

A card is written by strangers, and YAML grows: a few lines of aliases or merge keys become gigabytes.
The parent only measures and waits; `governance.core.card_child` does the reading.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAX_CARD = 2 * 1024 * 1024
"""Characters of the whole card, prose included."""

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class CardResult:
    """`data` holds only JSON values under text keys, and is empty when the block could not be read."""

    data: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    """Each a sentence that is safe to show. A card without a metadata block is no problem."""


def parse_card(text: str, *, seconds: float = 5) -> CardResult:
    """The metadata block of a card. Never raises for what the card holds; says what is wrong instead."""
    if len(text) > MAX_CARD:
        return _refused(f"The card has {len(text):,} characters; at most {MAX_CARD:,} are read.")
    try:
        child = subprocess.run(
            [sys.executable, "-m", "governance.core.card_child"],
            input=text.encode(errors="replace"),
            capture_output=True,
            timeout=seconds,
            env={},
            cwd=ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _refused(f"Reading the card took longer than {seconds:g} seconds and was stopped.")
    return _result(child)


def _result(child: subprocess.CompletedProcess[bytes]) -> CardResult:
    """What the child said; a child that was killed or ran out of memory says nothing useful."""
    try:
        answer: Any = json.loads(child.stdout) if child.returncode == 0 else None
        return CardResult(data=answer["data"], problems=tuple(answer["problems"]))
    except (ValueError, TypeError, KeyError):
        return _refused("Reading the card used more memory or processor time than allowed and was stopped.")


def _refused(sentence: str) -> CardResult:
    return CardResult(problems=(sentence,))
