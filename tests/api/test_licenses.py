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
    }


def test_a_text_that_nobody_knows_is_no_license(vic):
    told = vic.send("licenses/identify/", {"text": "You may do as you please."}).json()
    assert (told["key"], told["match"]) == (None, "none")


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": 5}, {"text": "a", "more": 1}, []])
def test_what_is_no_text_is_refused(vic, body):
    assert vic.send("licenses/identify/", body).status_code == 400
