"""License files hold facts in our own words, and names that tell texts apart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from governance.core.license_text import normalized
from governance.core.reading import Relation
from governance.core.terms import LicenseTerms, State
from governance.discovery import catalog
from tests.plugins.licenses.reviewed import TERMS, phrases, text_of, with_text


def prose(terms: LicenseTerms) -> Iterator[str]:
    """All that the file says in our own words."""
    yield terms.notes
    yield from (p.condition for p in vars(terms.permissions).values())
    yield from (text for t in terms.thresholds for text in (t.reading, t.alternative, t.contact))
    yield from (duty.note for duty in terms.duties)
    yield from (banned.use for banned in terms.prohibited_uses)


@with_text
def test_every_phrase_stands_in_the_text(key: str) -> None:
    text = normalized(text_of(key).replace("\n", " "))
    for joined, *_ in phrases(TERMS[key]):
        for phrase in filter(None, joined.split(" | ")):
            assert phrase == "<model name>" or normalized(f"x {phrase}")[2:] in text


@with_text
def test_no_sentence_of_the_text_is_carried(key: str) -> None:
    text = normalized(text_of(key).replace("\n", " "))
    for words in (normalized(sentence).split() for sentence in prose(TERMS[key])):
        for start in range(len(words) - 11):
            assert " ".join(words[start : start + 12]) not in text


@pytest.mark.parametrize("key", sorted(TERMS))
def test_every_term_names_its_section(key: str) -> None:
    for permission in vars(TERMS[key].permissions).values():
        assert bool(permission.section) is (permission.state is not State.SILENT)


@pytest.mark.parametrize("key", sorted(TERMS))
def test_ids_are_compared_in_lower_case(key: str) -> None:
    known = TERMS[key].recognition
    for name in (*known.hub_ids, *known.license_names):
        assert name == name.lower()
        assert name.isascii()


def test_no_two_licenses_claim_one_text() -> None:
    claimed = {(w.key, tuple(one.digest for one in w.paragraphs)) for w in catalog().index.wordings}
    texts = [paragraphs for _, paragraphs in claimed]
    assert len(texts) == len(set(texts))


def test_licenses_that_share_a_name_tell_their_repositories_apart() -> None:
    names: dict[str, list[LicenseTerms]] = {}
    for terms in TERMS.values():
        for name in {*terms.recognition.hub_ids, *terms.recognition.license_names}:
            names.setdefault(name, []).append(terms)
    shared_by = [sharing for sharing in names.values() if len(sharing) > 1]
    assert shared_by
    for sharing in shared_by:
        patterns = [pattern for terms in sharing for pattern in terms.recognition.repositories]
        assert all(terms.recognition.repositories for terms in sharing)
        assert len(patterns) == len(set(patterns))


EVERYTHING = {"thresholds", "duties", "exclusions", "outputs", "uses", "commercial"}
PASSED_ON = [
    ("llama3.1", Relation.QUANTIZED, EVERYTHING),
    ("llama3.1", Relation.UNKNOWN, EVERYTHING),
    ("llama3.1", Relation.DISTILLED, {"duties", "outputs"}),
    ("llama2", Relation.DISTILLED, {"outputs"}),
    ("gemma-2024-04-01", Relation.DISTILLED, EVERYTHING),
    ("apache-2.0", Relation.FINETUNE, {"duties"}),
    ("mit", Relation.DISTILLED, set()),
    ("gpt-oss", Relation.FINETUNE, {"duties"}),
    ("ltx-2-community", Relation.DISTILLED, EVERYTHING),
    ("bigcode-openrail-m", Relation.DISTILLED, EVERYTHING),
    ("flux1-dev-nc", Relation.DISTILLED, {"outputs"}),
    ("flux1-dev-nc", Relation.ADAPTER, EVERYTHING),
    ("mistral-mrl-0.1", Relation.DISTILLED, {"commercial", "uses", "outputs"}),
    ("gpl-3.0-only", Relation.MERGE, EVERYTHING),
    ("cc-by-nc-sa-4.0", Relation.FINETUNE, EVERYTHING),
    ("cdla-permissive-2.0", Relation.FINETUNE, set()),
]


@pytest.mark.parametrize(("key", "relation", "passed"), PASSED_ON)
def test_what_a_derivative_inherits(key: str, relation: Relation, passed: set[str]) -> None:
    assert TERMS[key].passed_on(relation) == passed
