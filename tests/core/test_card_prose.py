"""What the prose of a card mentions is a hint, and concludes nothing."""

from __future__ import annotations

import pytest

from governance.core.card_prose import mentioned
from governance.core.concluding import conclude
from governance.core.reading import Statement, StatementKind
from governance.discovery import catalog
from tests.shared import shared

CATALOG = catalog().licenses

MENTIONS = [
    ("a tag in prose", "Licensed under apache-2.0.", {"apache-2.0"}),
    ("a title", "This license is the Llama 3.3 Community License Agreement.", {"llama3.3"}),
    ("an id within a longer one", "The license is llama3.1-like or mit-0x.", set()),
    ("a version within a longer one", "License: llama3.10", set()),
    ("a line on something else", "We compare it with apache-2.0 models.", set()),
    ("the block of metadata", "---\nlicense: apache-2.0\n---\nA model.", set()),
    ("nothing", "", set()),
]


@pytest.mark.parametrize(("card", "keys"), [one[1:] for one in MENTIONS], ids=[one[0] for one in MENTIONS])
def test_what_prose_mentions(card: str, keys: set[str]) -> None:
    assert set(mentioned(card, CATALOG)) == keys


def concluded(card: str, *tags: str) -> tuple[str, str]:
    statements = [Statement(StatementKind.TAG, tag) for tag in tags]
    found = conclude(repo_id="o/m", statements=statements, texts=[], catalog=CATALOG, card=card)
    return found.license, found.reason


def test_a_mention_concludes_nothing_and_is_told_where_nothing_else_does() -> None:
    license, reason = concluded("Licensed under apache-2.0.", "other")
    assert license == ""
    assert "mentions the Apache License 2.0: a hint for a person" in reason
    license, reason = concluded("Licensed under apache-2.0.", "mit")
    assert license == "mit"
    assert "hint" not in reason


def test_a_real_card_hints_at_the_license_of_the_base() -> None:
    card = shared("hub", "files", "deepseek-ai__DeepSeek-R1", "README.github.md").read_text("utf-8")
    assert {"llama3.1", "llama3.3"} <= set(mentioned(card, CATALOG))


def test_a_huge_card_is_looked_at_within_bounds() -> None:
    assert mentioned("license " * 1_000_000, CATALOG) == ()
