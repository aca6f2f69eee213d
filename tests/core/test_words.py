from __future__ import annotations

import pytest

from governance.core.words import begins_with, first_of, listed


@pytest.mark.parametrize(
    ("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_read_as_sentences_do(items, text):
    assert listed(items) == text


def test_the_first_of_many_say_how_many_more_there_are():
    assert first_of("abc", most=3) == "a, b and c"
    assert first_of("abcde", most=3) == "a, b, c and 2 more"


@pytest.mark.parametrize(
    ("name", "begins"),
    [("Llama-x", True), ("acme/Llama-x", True), ("Llama/x", False), ("llama-x", False), ("x-Llama", False)],
)
def test_the_name_of_a_model_begins_after_its_owner(name, begins):
    assert begins_with(name, "Llama") is begins
