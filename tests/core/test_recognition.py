"""Which license a text is: real texts with edits that change nothing, and edits that change what is said."""

from __future__ import annotations

import os
import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.core.recognition import MOST_TEXT, Match, Recognition, recognize
from governance.discovery import catalog
from tests.core.license_edits import CHANGED, HARMLESS, ODD_CLAUSE, README, paragraphs
from tests.shared import ROOT, shared

SHARE = 1.0 if os.environ.get("EVERY_EDIT") else 0.12
"""How many of the pairs of text and edit are tried; all with `make recognition`."""


def told(text: str) -> Recognition:
    return recognize(text, catalog().index)


@cache
def known() -> dict[str, tuple[str, bool]]:
    """File -> the key of its license, and whether only a part of the text is known."""
    return {
        text.file: (key, text.partial)
        for key, file in catalog().license_files.items()
        for text in file.texts
        if (ROOT / "licenses" / "texts" / text.file).exists()
    }


def text_of(file: str) -> str:
    return shared("licenses", "texts", file).read_text("utf-8")


def pairs(edits: dict[str, object]) -> list[tuple[str, str]]:
    every = [(file, name) for file in sorted(known()) for name in edits]
    chance = random.Random(8)
    return [pair for pair in every if chance.random() < SHARE]


@pytest.mark.parametrize("file", sorted(known()))
def test_every_text_is_recognized_as_itself(file: str) -> None:
    key, partial = known()[file]
    found = told(text_of(file))
    assert (found.key, found.match) == (key, Match.NEAR if partial else Match.EXACT)
    assert (found.missing, found.added) == (0, ())


@pytest.mark.parametrize(("file", "edit"), pairs(HARMLESS))
def test_what_changes_no_word_changes_nothing(file: str, edit: str) -> None:
    key, partial = known()[file]
    edited = HARMLESS[edit](text_of(file), random.Random(f"{edit} {file}"))
    if edited is not None:
        found = told(edited)
        assert (found.key, found.match) == (key, Match.NEAR if partial else Match.EXACT), found


@pytest.mark.parametrize(("file", "edit"), pairs(CHANGED))
def test_a_change_is_never_the_same_and_no_other_license_is_named(file: str, edit: str) -> None:
    key, _ = known()[file]
    text = text_of(file)
    edited = CHANGED[edit](text, random.Random(f"{edit} {file}"))
    if edited is None or edited == text or (edit, key) in NOTHING_BUT_MIT:
        return
    found = told(edited)
    assert found.match is not Match.EXACT
    assert found.key in (key, None), found
    assert bool(found.key) or found.match is Match.NONE or key in found.candidates


NOTHING_BUT_MIT = {("a paragraph deleted", "minimax-m2"), ("a paragraph deleted", "minimax-m2.1")}
"""Without the one paragraph that they add, these are the text of MIT."""

CLAUSES = [
    ("llama3.1.txt", "700 million", "70 million", "Additional Commercial Terms"),
    ("llama2.txt", "You will not use", "You will use", "to improve any"),
    ("gemma-2025-03-24.txt", "You may not use nor allow", "You may use and allow", "Prohibited Use Policy"),
    ("kimi-k2-modified-mit.txt", "100 million", "10 million", "prominently display"),
    ("stability-ai-community.txt", "USD $1,000,000", "USD $9,000,000", "revenue"),
]


@pytest.mark.parametrize(("file", "old", "new", "where"), CLAUSES, ids=[one[0] for one in CLAUSES])
def test_a_changed_clause_is_told_by_its_paragraph(file: str, old: str, new: str, where: str) -> None:
    text = text_of(file)
    if old not in text:
        pytest.skip("the clause reads otherwise")
    found = told(text.replace(old, new, 1))
    assert (found.key, found.match, found.missing) == (known()[file][0], Match.NEAR, 1)
    assert any(where in added for added in found.added)


class TestModifiedMit:
    def test_an_added_paragraph_is_told_and_never_passes_for_mit(self) -> None:
        found = told(f"{text_of('deepseek-r1-mit.txt')}\n\n{ODD_CLAUSE}\n")
        assert (found.key, found.match, found.missing) == ("mit", Match.NEAR, 0)
        assert found.added == (ODD_CLAUSE,)

    @pytest.mark.parametrize(
        ("file", "key"), [("kimi-k2-modified-mit.txt", "kimi-k2"), ("minimax-m2.txt", "minimax-m2")]
    )
    def test_a_variant_that_is_known_is_that_one(self, file: str, key: str) -> None:
        found = told(text_of(file))
        assert (found.key, found.match) == (key, Match.EXACT)

    def test_cut_off_it_is_not_told_from_its_kin(self) -> None:
        text = text_of("kimi-k2-modified-mit.txt")
        found = told(text[: text.index("Our only modification")])
        assert (found.key, found.match) == (None, Match.NEAR)
        assert {"kimi-k2", "kimi-k2.5"} <= set(found.candidates)

    @pytest.mark.parametrize(
        "title", ["MIT License", "The MIT License (MIT)", "SPDX-License-Identifier: MIT", ""]
    )
    def test_its_titles_make_no_difference(self, title: str) -> None:
        body = "\n\n".join(paragraphs(text_of("deepseek-r1-mit.txt"))[2:])
        holder = "Copyright (c) 2019, 2021 Lighthouse Poems Inc. and contributors. All rights reserved."
        assert told(f"{title}\n\n{holder}\n\n{body}").match is Match.EXACT

    def test_a_notice_that_rules_is_none(self) -> None:
        body = "\n\n".join(paragraphs(text_of("deepseek-r1-mit.txt"))[2:])
        found = told(f"Copyright (c) 2024 Lighthouse Poems. Commercial use needs a license.\n\n{body}")
        assert found.match is Match.NEAR


class TestSeveral:
    @pytest.mark.parametrize(
        ("one", "two"),
        [
            ("llama2.txt", "deepseek-r1-mit.txt"),
            ("gemma-repo-apache-2.0.txt", "deepseek-r1-mit.txt"),
            ("qwen.txt", "kolors-model.txt"),
        ],
    )
    def test_licenses_in_one_text_are_all_named(self, one: str, two: str) -> None:
        found = told(f"{text_of(one)}\n\n{text_of(two)}")
        assert found.match is Match.NEAR
        assert {here.key for here in found.licenses if here.whole} == {known()[one][0], known()[two][0]}
        assert found.licenses[0].key == found.key

    def test_no_third_license_is_named_for_two_in_one_text(self) -> None:
        """Of any two: each that is named is one of them, and the most are both told to be there wholly."""
        chance, both, pairs = random.Random(5), 0, 0
        whole = [file for file, (_, partial) in sorted(known().items()) if not partial]
        for one in whole if SHARE == 1 else chance.sample(whole, 40):
            other = chance.choice([file for file in whole if known()[file][0] != known()[one][0]])
            found = told(f"{text_of(one)}\n\n---\n\n{text_of(other)}")
            keys = {known()[one][0], known()[other][0]}
            assert found.match is Match.NEAR, (one, other)
            assert found.key in keys, (one, other)
            pairs, both = pairs + 1, both + ({here.key for here in found.licenses if here.whole} == keys)
        assert both >= pairs * 0.9

    @pytest.mark.parametrize(
        ("one", "two"),
        [
            ("higgs-audio.txt", "kimi-k2-modified-mit.txt"),  # a third license holds the first of them
            ("llama4.txt", "dinov3.txt"),  # of one licensor, with paragraphs in common
            ("sam-audio.txt", "llama3.2.txt"),
        ],
    )
    def test_both_are_named_where_a_third_has_paragraphs_of_them(self, one: str, two: str) -> None:
        found = told(f"{text_of(one)}\n\n---\n\n{text_of(two)}")
        assert {here.key for here in found.licenses if here.whole} == {known()[one][0], known()[two][0]}

    def test_a_license_in_a_longer_text_is_named_with_what_is_around_it(self) -> None:
        found = told(f"{README}{text_of('llama3.3.txt')}\n\nWith thanks to the keepers of the lighthouse.\n")
        assert (found.key, found.match, found.missing) == ("llama3.3", Match.NEAR, 0)
        assert found.licenses[0].whole
        assert any("keepers" in added for added in found.added)
        assert found.licenses[0].line > README.count("\n") - 2


UNKNOWN = [
    ("nothing", ""),
    ("white space", " \n\t" * 50),
    ("prose", README * 20),
    ("a permission", "You may do as you please with the model, and nobody will mind. " * 10),
    ("another language", "Sie dürfen das Modell für jeden Zweck nutzen, verändern und weitergeben. " * 30),
    ("Chinese", "灯塔看守人每天早上写一首关于大海的诗。" * 50),
    ("a name only", "This model is under the Llama 3.1 Community License Agreement."),
    ("numbers", " ".join(map(str, range(5000)))),
    ("half characters", "\ud800 license \udfff" * 100),
]


@pytest.mark.parametrize("text", [one[1] for one in UNKNOWN], ids=[one[0] for one in UNKNOWN])
def test_unknown_text_is_no_license(text: str) -> None:
    assert told(text) == Recognition()


@pytest.mark.parametrize("file", ["open-weights-permissive-1.0.txt", "soml-1.0.txt", "llama3.1-aup.txt"])
def test_a_license_that_is_not_in_the_catalog_is_none(file: str) -> None:
    assert told(text_of(file)).match is Match.NONE


HOSTILE = [
    "<" * 400_000,
    "<!--" * 100_000,
    "<p " * 200_000,
    "[" * 400_000,
    "[](" * 200_000,
    "&" * 400_000,
    "a'" * 300_000,
    "(a) " * 200_000,
    "1.1 " * 200_000,
    "copyright " * 80_000,
    "permission is hereby granted " * 30_000,
    "\u0301" * 300_000,
    "<div>" * 100_000 + "text" + "</div>" * 100_000,
    "the software is provided as is without warranty of any kind " * 15_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:20] for text in HOSTILE])
@pytest.mark.timeout(20)
def test_no_text_takes_long_or_fails(text: str) -> None:
    assert told(text[:MOST_TEXT]).match is not Match.EXACT


def test_more_text_than_any_license_has_is_not_read() -> None:
    assert told("permission is hereby granted " * 350_000) == Recognition()


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_at_all_has_an_answer(text: str) -> None:
    assert told(text).match is not Match.EXACT


@settings(deadline=None, max_examples=20)
@given(st.data())
def test_a_word_put_anywhere_is_noticed(data: st.DataObject) -> None:
    words = text_of("llama2.txt").split(" ")
    at = data.draw(st.integers(1, len(words) - 1))
    found = told(" ".join([*words[:at], "lighthouse", *words[at:]]))
    assert (found.key, found.match) == ("llama2", Match.NEAR)


def test_what_is_kept_says_the_same() -> None:
    llama, kimi = text_of("llama2.txt"), text_of("kimi-k2-modified-mit.txt")
    for text in (llama, f"{llama} {ODD_CLAUSE}", kimi[:700], ""):
        found = told(text)
        again = Recognition.from_kept(found.kept())
        assert (again.key, again.match, again.missing) == (found.key, found.match, found.missing)
        assert (again.licenses, again.candidates) == (found.licenses, found.candidates)
