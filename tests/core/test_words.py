from __future__ import annotations

import pytest

from governance.core.words import begins_with, first_of, listed, place


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


@pytest.mark.parametrize(
    ("section", "named"),
    [
        ("2", "section 2"),
        ("1.b.v", "section 1.b.v"),
        ("IV.b", "section IV.b"),
        ("III", "section III"),
        ("a", "section a"),
        ("last paragraph", "last paragraph"),
        ("Use policy, closing paragraph; 1.b.iv", "Use policy, closing paragraph and section 1.b.iv"),
        ("2; 3.d; Exhibit A", "section 2, section 3.d and Exhibit A"),
        ("README cond. 1", "section README cond. 1"),
    ],
)
def test_only_numbered_places_are_called_sections(section, named):
    assert place(section) == named
