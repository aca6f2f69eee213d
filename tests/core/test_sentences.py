"""What strangers write stays one harmless line in our sentences."""

from hypothesis import given
from hypothesis import strategies as st

from governance.core.sentences import shown


def test_plain_text_is_quoted() -> None:
    assert shown("org/name") == "'org/name'"


def test_control_and_direction_characters_are_escaped() -> None:
    assert shown("a\r\nb\x1b[2J\x00\u202e") == r"'a\r\nb\x1b[2J\x00\u202e'"


def test_long_text_is_cut() -> None:
    assert shown("x" * 1000, limit=10) == "'xxxxxxxxxx…'"


@given(st.text())
def test_it_is_always_one_printable_line(text: str) -> None:
    assert shown(text).isprintable()
