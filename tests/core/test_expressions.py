"""SPDX expressions: what governs together, what may be chosen, and what is refused with its cause."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.expressions import (
    MOST_ALTERNATIVES,
    MOST_CHARACTERS,
    alternatives,
    is_exception,
    is_expression,
)

READ = [
    ("MIT", [["MIT"]]),
    ("MIT OR Apache-2.0", [["MIT"], ["Apache-2.0"]]),
    ("mit or apache-2.0", [["mit"], ["apache-2.0"]]),
    ("MIT AND CC-BY-4.0", [["CC-BY-4.0", "MIT"]]),
    ("MIT OR Apache-2.0 AND CC-BY-4.0", [["MIT"], ["Apache-2.0", "CC-BY-4.0"]]),
    ("(MIT OR Apache-2.0) AND CC-BY-4.0", [["CC-BY-4.0", "MIT"], ["Apache-2.0", "CC-BY-4.0"]]),
    ("MIT OR (MIT AND CC-BY-4.0)", [["MIT"]]),
    ("MIT OR MIT", [["MIT"]]),
    ("GPL-2.0+", [["GPL-2.0+"]]),
    ("LicenseRef-ours AND MIT", [["LicenseRef-ours", "MIT"]]),
]


@pytest.mark.parametrize(("text", "expected"), READ, ids=[one[0] for one in READ])
def test_an_expression_is_a_choice_of_licenses_that_govern_together(
    text: str, expected: list[list[str]]
) -> None:
    assert [[named.license for named in one] for one in alternatives(text)] == expected


def test_an_exception_stays_with_its_license() -> None:
    ((named,),) = alternatives("GPL-2.0-or-later WITH Classpath-exception-2.0")
    assert (named.license, named.exception) == ("GPL-2.0-or-later", "Classpath-exception-2.0")


CHOICES = " AND ".join(f"(a{n} OR b{n})" for n in range(6))
REFUSED = [
    ("nothing between", "MIT AND", "AND requires two or more licenses"),
    ("two operators", "MIT OR OR MIT", "is no SPDX expression"),
    ("an open parenthesis", "(MIT", "is no SPDX expression"),
    ("a closed one", "MIT)", "is no SPDX expression"),
    ("nothing", " ", "it is empty"),
    ("a title", "Community License and Use Policy", "is a title and no id"),
    ("a null byte", "mit\0 OR mit", "is no SPDX expression"),
    ("ten thousand characters", "mit OR " * 1400 + "mit", "9,803 characters"),
    ("one character too many", "m" * (MOST_CHARACTERS + 1), "at most 400"),
    ("deep nesting", "(" * 50 + "mit" + ")" * 50, "50 parentheses"),
    ("many licenses", " OR ".join(f"a{n}" for n in range(17)), "joins 17 licenses"),
    ("many choices", CHOICES, f"more than {MOST_ALTERNATIVES} choices"),
]


@pytest.mark.parametrize(("text", "cause"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_what_is_no_expression_is_refused_with_its_cause(text: str, cause: str) -> None:
    with pytest.raises(ValueError, match=re.escape(cause)):
        alternatives(text)


def test_only_operators_make_an_expression() -> None:
    assert all(map(is_expression, ["a OR b", "a and b", "(a)", "gpl-2.0+", "a WITH b"]))
    assert not any(map(is_expression, ["mit", "orion", "Android", "mit/apache", "а OR b", ""]))


def test_known_exceptions_are_known_in_any_case() -> None:
    assert is_exception("classpath-exception-2.0")
    assert not is_exception("MIT")
    assert not is_exception("my-exception")


TOKENS = st.sampled_from(["mit", "apache-2.0", "x", "AND", "OR", "WITH", "(", ")", "+", "and", "é", "\0"])


@given(st.lists(TOKENS, max_size=40).map(" ".join) | st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = alternatives(text)
    except ValueError:
        pass
    else:
        assert 0 < len(found) <= MOST_ALTERNATIVES
        assert all(found)
