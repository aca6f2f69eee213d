"""Cards of strangers become plain JSON values or one sentence, in seconds and within limits."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.core.card_child import read_card
from governance.core.cards import MAX_CARD, CardResult, parse_card
from tests.hostile import case, markers

LAUGHS = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10)
)
MERGES = "a0: &a0 {k: v}\n" + "".join(f"a{i}: &a{i}\n  <<: [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 9))


def card(block: str) -> str:
    return f"---\n{block}\n---\n\n# A model\n"


@pytest.mark.parametrize(
    ("text", "data"),
    [
        (card("license: apache-2.0"), {"license": "apache-2.0"}),
        (card("license: other\nlicense_name: acme"), {"license": "other", "license_name": "acme"}),
        (card("license: [mit, apache-2.0]"), {"license": ["mit", "apache-2.0"]}),
        (card("license: no"), {"license": False}),
        (card("license: 1.0"), {"license": 1.0}),
        (card("license:"), {"license": None}),
        (card("date: 2024-07-23\nnever: 2024-13-45"), {"date": "2024-07-23", "never": "2024-13-45"}),
        (card("a: .inf\nb: .nan\nc: 1.0e+999"), {"a": ".inf", "b": ".nan", "c": "1.0e+999"}),
        (card("a: " + "9" * 5000), {"a": "9" * 5000}),
        (card("no: 1\nfalse: 2\n3: 4"), {"no": 1, "false": 2, "3": 4}),
        (card("ignore_metadata_errors: true"), {"ignore_metadata_errors": True}),
        ("\ufeff" + card("license: mit"), {"license": "mit"}),
        (card("license: mit").replace("\n", "\r\n"), {"license": "mit"}),
        ("\n\n" + card("license: mit"), {"license": "mit"}),
        ("---\nlicense: mit\n---", {"license": "mit"}),
        ("# A model without metadata\n", {}),
        (card(""), {}),
        ("", {}),
    ],
)
def test_reads(text: str, data: object) -> None:
    assert read_card(text) == (data, [])


@pytest.mark.parametrize(
    ("block", "says"),
    [
        (LAUGHS, "aliases"),
        (MERGES, "merge key"),
        ("a: {<<: {license: mit}}", "merge key"),
        ("a: &a [*a]", "contains itself"),
        ("license: mit\nlicense: other", "'license' more than once (line 3)"),
        ('license: mit\n"license": other', "'license' more than once"),
        ("a:\n  b: 1\n  b: 2", "'b' more than once"),
        ("license: !!python/object/apply:os.system [true]", "python/object/apply"),
        ("license: !!binary aGk=", "binary"),
        ("license: a\x00b", "U+0000"),
        ("license: [", "not YAML"),
        ("license: mit\n...\n--- \nlicense: x", "not YAML"),
        ("? [a, b]\n: c", "no text"),
        ("a: " + "[" * 200 + "]" * 200, "levels deep"),
        ("a: " + "[" * 20_000, ""),
        ("- license: mit", "names with values"),
        ("just words", "names with values"),
        ("tags:\n" + "- a\n" * 120_000, "parts"),
        ("tags:\n" + "- aaaaaaaaaaaaaaaaaaaaaaa\n" * 30_000, "characters"),
        ("s: &s " + "x" * 300_000 + "".join(f"\nk{i}: *s" for i in range(12)), "expands"),
    ],
)
def test_refuses(block: str, says: str) -> None:
    data, problems = read_card(card(block))
    assert data == {}
    assert len(problems) == 1
    assert says in problems[0]
    assert len(problems[0]) < 300
    assert problems[0].isprintable()


def test_an_unfinished_block_is_refused() -> None:
    assert read_card("---\nlicense: mit\n") == ({}, ["The metadata block of the card does not end."])


def test_the_child_gives_the_same_answer() -> None:
    assert parse_card(card("license: mit")) == CardResult({"license": "mit"})
    assert "more than once" in parse_card(card("a: 1\na: 2")).problems[0]


def test_a_card_beyond_the_limit_is_not_even_sent_to_the_child() -> None:
    result = parse_card("x" * (MAX_CARD + 1))
    assert result.data == {}
    assert f"at most {MAX_CARD:,}" in result.problems[0]


def test_a_card_that_takes_too_long_is_stopped() -> None:
    result = parse_card(card("license: mit"), seconds=0.001)
    assert result == CardResult(
        problems=("Reading the card took longer than 0.001 seconds and was stopped.",)
    )


@pytest.mark.parametrize("name", ["J01-laughs", "J02-tag", "J03-huge"])
def test_hostile_cards_are_refused_in_time_and_run_nothing(name: str) -> None:
    text = (case(name) / "README.md").read_text()
    start = time.monotonic()
    result = parse_card(text)
    assert time.monotonic() - start < 5
    assert result.data == {}
    assert len(result.problems) == 1
    assert markers() == []


def test_license_no_is_a_truth_value_and_not_a_license() -> None:
    assert parse_card((case("J04-norway") / "README.md").read_text()).data["license"] is False


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_it(block: str) -> None:
    data, problems = read_card(card(block))
    json.dumps(data, allow_nan=False)
    assert all(isinstance(name, str) for name in data)
    assert not (data and problems)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="&*<:{}[]-!'\"?|>%@~, \nabc01.", max_size=120))
def test_no_syntax_breaks_it(block: str) -> None:
    data, problems = read_card(card(block))
    json.dumps(data, allow_nan=False)
    assert not (data and problems)
