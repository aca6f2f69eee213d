from __future__ import annotations

import pytest

from tests.shared import shared

pytestmark = pytest.mark.django_db


def test_licenses_are_listed_page_by_page(vic):
    page = vic.ask("licenses/", page_size=5, count="true").json()
    assert len(page["results"]) == 5
    keys = [one["key"] for one in page["results"]]
    while page["next"]:
        page = vic.get(page["next"]).json()
        keys += [one["key"] for one in page["results"]]
    assert keys == sorted(set(keys))
    assert len(keys) == page["count"]


def test_the_terms_of_a_license_name_their_sections(vic):
    terms = vic.ask("licenses/llama3.1/").json()
    assert terms["thresholds"][0]["when"]["limit"] == "700000000"
    assert terms["thresholds"][0]["section"] == "2"


def test_an_unknown_license_is_not_found(vic):
    answer = vic.ask("licenses/nonesuch/")
    assert answer.status_code == 404
    assert "nonesuch" in answer.json()["detail"]


def test_a_real_text_is_recognized(vic):
    text = shared("licenses", "texts", "llama3.1.txt").read_text()
    assert vic.send("licenses/identify/", {"text": text}).json() == {
        "key": "llama3.1",
        "match": "exact",
        "similarity": 1.0,
        "added": [],
        "missing": 0,
        "licenses": [{"key": "llama3.1", "whole": True, "similarity": 1.0, "missing": 0, "line": 1}],
        "candidates": [],
    }


def test_a_changed_clause_is_near_and_the_paragraph_is_told(vic):
    text = shared("licenses", "texts", "llama3.1.txt").read_text()
    told = vic.send("licenses/identify/", {"text": text.replace("700 million", "900 million")}).json()
    assert (told["key"], told["match"], told["missing"]) == ("llama3.1", "near", 1)
    assert 0.9 < told["similarity"] < 1
    assert [("900 million" in added, "Additional Commercial Terms" in added) for added in told["added"]] == [
        (True, True)
    ]


def test_two_licenses_in_one_text_are_both_named(vic):
    folder = shared("licenses", "texts")
    both = (folder / "llama2.txt").read_text() + "\n\n" + (folder / "deepseek-r1-mit.txt").read_text()
    told = vic.send("licenses/identify/", {"text": both}).json()
    assert (told["match"], told["missing"], told["added"]) == ("near", 0, [])
    assert [(one["key"], one["whole"]) for one in told["licenses"]] == [("llama2", True), ("mit", True)]


def test_a_text_that_nobody_knows_is_no_license(vic):
    told = vic.send("licenses/identify/", {"text": "You may do as you please."}).json()
    assert (told["key"], told["match"]) == (None, "none")


REFUSED = [
    ({}, "text", "is needed"),
    ({"text": None}, "text", "is needed"),
    ({"text": ""}, "text", "must not be empty"),
    ({"text": " \n"}, "text", "must not be empty"),
    ({"text": 5}, "text", "must be text"),
    ({"text": ["MIT"]}, "text", "must be text"),
    ({"text": "MIT\0"}, "text", "NUL"),
    ({"text": "a " * 500_001}, "text", "at most 1000000 fit"),
    ({"text": "a", "more": 1}, "more", "is no field"),
    ([], "body", "must be an object"),
]


@pytest.mark.parametrize(("body", "field", "cause"), REFUSED)
def test_what_is_no_text_is_refused_with_field_and_cause(vic, body, field, cause):
    answer = vic.send("licenses/identify/", body)
    assert answer.status_code == 400
    assert cause in answer.json()["errors"][field][0]
