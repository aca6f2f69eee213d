"""A license text keeps its identity through layout, and loses it with any word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.license_text import normalized, text_identity
from tests.shared import shared

TEXT = 'Sample License\n\nCopyright (c) 2024 Sample\n\nYou may "use" the model - freely. Version 3.1.'

SAME = [
    ("wrapped otherwise", 'Sample License You may "use"\nthe model - freely. Version 3.1.'),
    (
        "another holder",
        TEXT.replace("2024 Sample", "2026 Someone Else"),
    ),
    ("typographic quotes", "Sample License\nYou may “use” the model – freely. Version 3.1."),
    ("markdown", '# Sample License\n\n**You** may "use" the model - freely. Version 3.1.'),
    ("capitals", 'SAMPLE LICENSE\nYOU MAY "USE" THE MODEL - FREELY. VERSION 3.1.'),
    ("windows line ends", TEXT.replace("\n", "\r\n")),
    ("spaces that do not break", TEXT.replace(" the ", "\u00a0the\u00a0")),
]


@pytest.mark.parametrize("other", [s[1] for s in SAME], ids=[s[0] for s in SAME])
def test_layout_is_no_difference(other: str) -> None:
    assert text_identity(other) == text_identity(TEXT)


OTHER = [
    ("another number", ("3.1", "3.2")),
    ("one word more", ("may", "may not")),
    ("one word less", ("freely", "")),
    ("a letter that looks alike", ("model", "mоdel")),  # the second o is Cyrillic
]


@pytest.mark.parametrize("change", [o[1] for o in OTHER], ids=[o[0] for o in OTHER])
def test_a_word_is_a_difference(change: tuple[str, str]) -> None:
    assert text_identity(TEXT.replace(*change)) != text_identity(TEXT)


@given(st.text(st.characters(max_codepoint=0x17F)))
def test_normalizing_twice_changes_nothing(text: str) -> None:
    once = normalized(text)
    assert normalized(once) == once or "copyright" in once or "reserved" in once


@given(st.lists(st.sampled_from(TEXT.split()), min_size=1), st.sampled_from([" ", "\n", "\t", "  \n"]))
def test_white_space_is_no_difference(words: list[str], gap: str) -> None:
    words = [word for word in words if word.lower() != "copyright"]
    assert text_identity(gap.join(words)) == text_identity(" ".join(words))


def test_real_texts_differ_from_each_other() -> None:
    texts = {p.name: p.read_text("utf-8") for p in shared("licenses", "texts").glob("*.txt")}
    llamas = [text for name, text in texts.items() if name.startswith("llama") and "aup" not in name]
    assert len({text_identity(text) for text in llamas}) == len(llamas)
    assert text_identity(texts["kimi-k2-modified-mit.txt"]) != text_identity(
        texts["kimi-k2.5-modified-mit.txt"]
    )
    assert text_identity(texts["gemma-2024-04-01.txt"]) != text_identity(texts["gemma-2025-03-24.txt"])


def test_the_same_license_of_two_holders_is_one_text() -> None:
    one, two = (shared("licenses", "texts", f"{name}.txt") for name in ("deepseek-r1-mit", "hidream-i1"))
    assert text_identity(one.read_text("utf-8")) == text_identity(two.read_text("utf-8"))
