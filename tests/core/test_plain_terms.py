"""Terms as sentences, for every license there is."""

from __future__ import annotations

import pytest

from governance.core import plain_terms as terms
from governance.core.facts import GoverningLicense, TermsFacts
from governance.core.terms import Parts
from governance.discovery import catalog


def told(key: str, **more) -> list[str]:
    return [one.sentence for one in terms.sentences(catalog().licenses[key], **more)]


@pytest.mark.parametrize("key", catalog().licenses)
def test_every_term_of_every_license_is_a_sentence_with_its_section(key: str) -> None:
    found = list(terms.sentences(catalog().licenses[key]))
    assert found
    for one in found:
        assert one.sentence[0].isupper() or one.sentence[0] == "“"
        assert one.sentence.endswith(".")
        assert "None" not in one.sentence
        assert "_" not in one.sentence
        assert one.section or one.group in ("silent", "may"), one


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("llama3.1", "When you offer a model made from it: begin its name with “Llama”."),
        ("cc-by-nc-4.0", "Use it commercially."),
        (
            "stability-ai-community",
            "With more than 1 million USD revenue of your company and its affiliates in any",
        ),
        ("kimi-k2", "“Kimi K2” must be shown."),
    ],
)
def test_sentences_say_what_the_texts_ask(key: str, sentence: str) -> None:
    assert any(sentence in one for one in told(key)), told(key)


def test_what_is_prohibited_stands_under_may_not() -> None:
    found = terms.sentences(catalog().licenses["cc-by-nc-4.0"])
    assert [one.group for one in found if one.sentence == "Use it commercially."] == ["may_not"]


def test_only_the_parts_that_are_passed_on_are_shown() -> None:
    groups = {one.group for one in terms.sentences(catalog().licenses["llama3.1"], [Parts.THRESHOLDS])}
    assert groups == {"limits"}


def test_terms_of_an_ancestor_name_it_and_are_not_said_twice() -> None:
    license = catalog().licenses["llama3.1"]
    own = GoverningLicense(license="llama3.1", repo_id="x/own")
    governing = (own, GoverningLicense(license="llama3.1", repo_id="x/base", depth=1, relation="finetune"))
    found = terms.effective(TermsFacts(governing=governing, terms={"llama3.1": license}))
    assert {one.source for one in found} == {""}
    inherited = terms.effective(TermsFacts(governing=governing[1:], terms={"llama3.1": license}))
    assert {one.source for one in inherited} == {"x/base"}
