from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.look_alikes import borrows, looks_like, resembled

OWNER = st.text(string.ascii_letters + string.digits + "-", min_size=5, max_size=20)


@pytest.mark.parametrize(
    ("owner", "other", "alike"),
    [
        ("meta-IIama", "meta-llama", True),
        ("mistraIai", "mistralai", True),
        ("mistral-ai", "mistralai", True),
        ("mistarlai", "mistralai", True),
        ("mistrala", "mistralai", True),
        ("g00gle", "google", True),
        ("rnistralai", "mistralai", True),
        ("meta_llama", "meta-llama", True),
        ("meta-llama", "Meta-Llama", False),
        ("google", "googles", True),
        ("bartowski", "meta-llama", False),
        ("meta-llama-community", "meta-llama", False),
        ("ab1", "ab2", False),
        ("", "google", False),
    ],
)
def test_which_owners_are_taken_for_one_another(owner, other, alike):
    assert looks_like(owner, other) is alike
    assert looks_like(other, owner) is alike


@pytest.mark.parametrize(
    ("owner", "other", "borrowed"),
    [
        ("meta-llama-official", "meta-llama", True),
        ("mistralai-hf", "mistralai", True),
        ("the-google", "google", True),
        ("g00gle-ai", "google", True),
        ("llama-meta", "meta-llama", True),
        ("meta", "meta-llama", False),
        ("unsloth", "google", False),
        ("Google", "google", False),
    ],
)
def test_which_owners_borrow_the_name_of_another(owner, other, borrowed):
    assert borrows(owner, other) is borrowed
    assert borrows(other, owner) is borrowed


def test_a_borrowed_name_counts_for_a_model_of_the_same_name_only():
    tracked = ["google/gemma-2-9b"]
    assert resembled("google-ai/gemma-2-9b", tracked, []) == tracked
    assert resembled("google-bert/bert-base-uncased", tracked, []) == []


@given(st.text("abefghjkmopqtxyz2346789", min_size=6, max_size=20), st.data())
def test_one_slip_of_the_fingers_is_noticed(owner, data):
    at = data.draw(st.integers(0, len(owner) - 2))
    slips = [
        owner[:at] + owner[at + 1 :],
        owner[:at] + owner[at + 1] + owner[at] + owner[at + 2 :],
        owner[:at] + "q" + owner[at:],
        owner[:at] + "q" + owner[at + 1 :],
    ]
    for slip in slips:
        assert slip == owner or looks_like(slip, owner)


@given(OWNER, OWNER)
def test_it_works_both_ways(one, other):
    assert looks_like(one, other) == looks_like(other, one)


def test_a_look_alike_names_what_it_was_matched_to():
    tracked = ["meta-llama/Llama-3.1-8B", "bartowski/Llama-3.1-8B", "meta-IIama/other"]
    found = resembled("meta-IIama/Llama-3.1-8B", tracked, ["meta-llama", "google"])
    assert found == ["meta-llama/Llama-3.1-8B"]
    assert resembled("g00gle/gemma", [], ["google", "meta-llama"]) == ["google"]


def test_owners_of_different_models_may_differ_by_a_letter():
    assert resembled("zai-org/GLM-4.5", ["xai-org/grok-2"], []) == []
    assert resembled("zai-org/grok-2", ["xai-org/grok-2"], []) == ["xai-org/grok-2"]


def test_a_known_publisher_is_nobodys_look_alike():
    assert resembled("meta-llama/x", ["meta-IIama/x"], ["meta-llama"]) == []


def test_a_bare_name_has_no_owner_to_be_mistaken():
    assert resembled("gpt2", ["google/gpt2"], ["google"]) == []
