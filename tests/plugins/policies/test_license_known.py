from __future__ import annotations

import pytest

from governance.core.facts import GoverningLicense, SnapshotFacts, TermsFacts
from plugins.policies.license_known import LicenseKnown
from tests.plugins.policies.cast import MODEL, facts, governed, judge, only, terms

SOME = terms()


def snapshot(license="some", **fields):
    return SnapshotFacts(repo_id=MODEL, source="huggingface", revision="r", license=license, **fields)


def test_a_concluded_and_reviewed_license_passes_naming_it_and_why():
    told = only(judge(LicenseKnown, facts(SOME, snapshot=snapshot(license_reason="The card says so"))))
    assert told.outcome == "pass"
    assert told.reason == "acme/base is under The some License. The card says so."


def test_no_concluded_license_is_unknown_and_names_what_was_stated():
    seen = facts(snapshot=snapshot("", statements=(("tag", "other"), ("license_name", "modified-mit"))))
    told = only(judge(LicenseKnown, seen))
    assert told.outcome == "unknown"
    assert "it states other (tag) and modified-mit (license_name)" in told.reason
    assert told.missing == ("license of acme/base",)


def test_a_license_without_terms_is_unknown_even_where_it_governs():
    own = TermsFacts(governing=(GoverningLicense(license="odd", repo_id=MODEL),))
    told = only(judge(LicenseKnown, facts(terms=own, snapshot=snapshot("odd"))))
    assert told.outcome == "unknown"
    assert "has no reviewed terms for odd; it states nothing" in told.reason


def test_statements_that_disagree_need_a_review_that_shows_both_sides():
    seen = facts(SOME, snapshot=snapshot(disagreements=("the tag says mit, the file says llama2",)))
    verdict = judge(LicenseKnown, seen)
    assert verdict.outcome == "review"
    assert "the tag says mit, the file says llama2" in verdict.findings[0].reason


def test_an_ancestor_whose_license_is_not_known_makes_it_unknown():
    verdict = judge(LicenseKnown, facts(terms=governed(SOME, unknown=("up/x: gone from the hub",))))
    assert verdict.outcome == "unknown"
    assert verdict.findings[0].missing == ("license of up/x",)


def test_an_ancestor_without_terms_makes_it_unknown():
    lineage = TermsFacts(
        governing=(
            GoverningLicense(license="some", repo_id=MODEL),
            GoverningLicense(license="odd", repo_id="up/x", depth=1),
        ),
        terms={"some": SOME},
    )
    verdict = judge(LicenseKnown, facts(terms=lineage))
    assert verdict.outcome == "unknown"
    assert "no reviewed terms for odd" in verdict.findings[0].reason


def test_a_gap_of_the_model_itself_is_told_once():
    seen = facts(terms=TermsFacts(unknown=(f"{MODEL}: nothing stated",)), snapshot=snapshot(""))
    assert len(judge(LicenseKnown, seen).findings) == 1


def test_a_gap_of_a_model_whose_license_is_known_is_not_passed_over():
    seen = facts(terms=governed(SOME, unknown=(f"{MODEL}: its own ancestors lie too deep",)))
    assert judge(LicenseKnown, seen).outcome == "unknown"


@pytest.mark.parametrize(("params", "outcome"), [({}, "review"), ({"accept_unverified": True}, "pass")])
def test_terms_that_nobody_checked_need_a_review_unless_accepted(params, outcome):
    seen = facts(SOME, terms("up", verified=False))
    assert judge(LicenseKnown, seen, **params).outcome == outcome
