from __future__ import annotations

import pytest

from governance.core.facts import GoverningLicense, TermsFacts
from governance.core.governing import Governing, gaps, governing_terms, repo_ids, unknown_licenses
from governance.core.outcomes import Outcome
from governance.core.terms import LicenseTerms, Parts

ANY = {"state": "allowed"}
SOME = LicenseTerms.model_validate(
    {
        "key": "some",
        "name": "Some License",
        "licensor": "Somebody",
        "review": {"by": "desk", "on": "2026-01-01", "verified": True},
        "permissions": {"commercial_use": ANY, "redistribution": ANY, "modification": ANY},
    }
)
OWN = GoverningLicense(license="some", repo_id="acme/base")
UP = GoverningLicense(license="some", repo_id="up/x", depth=1, parts=("duties",))
ODD = GoverningLicense(license="odd", repo_id="up/y", depth=2)


def lineage(*governing, unknown=()):
    return TermsFacts(governing=governing, terms={"some": SOME}, unknown=unknown)


@pytest.mark.parametrize(
    ("part", "found"), [(Parts.DUTIES, ["acme/base", "up/x"]), (Parts.OUTPUTS, ["acme/base"])]
)
def test_a_part_reaches_the_model_only_where_it_is_passed_on(part, found):
    assert [one.license.repo_id for one in governing_terms(lineage(OWN, UP, ODD), part)] == found


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (lineage(OWN, UP), []),
        (lineage(OWN, ODD), ["up/y: no reviewed terms for odd"]),
        (lineage(OWN, unknown=("up/z: gone",)), ["up/z: gone"]),
        (lineage(GoverningLicense(license="", repo_id="a/b")), ["a/b: no reviewed terms for its license"]),
        (
            lineage(OWN, ODD, unknown=("up/y: the terms of odd are not known",)),
            ["up/y: the terms of odd are not known"],
        ),
        (TermsFacts(), ["the model: no license is concluded"]),
    ],
)
def test_what_is_not_known_is_named(facts, found):
    assert gaps(facts) == found


def test_each_gap_is_an_unknown_with_the_question_that_stays_open():
    (finding,) = unknown_licenses(lineage(OWN, unknown=("up/z: gone: 404",)), "the territory")
    assert finding.outcome == "unknown"
    assert (
        finding.reason == "The license of up/z is not known (gone: 404), so the territory cannot be judged."
    )
    assert finding.missing == ("license of up/z",)


def test_a_clause_names_the_section_and_the_ancestor_that_brought_it():
    assert Governing(OWN, SOME).clause("2.b") == "Some License, section 2.b"
    assert Governing(UP, SOME).clause() == "Some License, from up/x"


def test_a_grant_may_name_the_model_or_the_ancestor():
    assert repo_ids(lineage(OWN, UP, ODD), UP) == {"acme/base", "up/x"}


@pytest.mark.parametrize(("verified", "outcome"), [(True, "fail"), (False, "review")])
def test_terms_that_nobody_checked_ask_for_a_person_and_never_stop_by_themselves(verified, outcome):
    review = SOME.review.model_copy(update={"verified": verified})
    one = Governing(OWN, SOME.model_copy(update={"review": review}))
    assert one.finding(Outcome.FAIL, "prohibits it").outcome == outcome
    assert one.finding(Outcome.PASS, "permits it").outcome == "pass"
