from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.companies import Control
from governance.core.facts import TermsFacts
from plugins.policies.license_commercial_use import CommercialUse
from tests.plugins.policies.cast import NOW, company, deployment, facts, governed, grant, judge, only, terms

SECOND = timedelta(seconds=1)
BANNED = terms(commercial_use={"state": "prohibited", "section": "1.i"})


def outcome(state, commercial):
    text = terms(commercial_use={"state": state, "section": "2", "condition": "Up to a limit."})
    return judge(CommercialUse, facts(text, deployment=deployment(commercial=commercial))).outcome


@pytest.mark.parametrize(
    ("state", "yes", "no", "not_known"),
    [
        ("allowed", "pass", "pass", "pass"),
        ("conditional", "pass", "pass", "pass"),
        ("prohibited", "fail", "pass", "unknown"),
        ("silent", "review", "pass", "unknown"),
    ],
)
def test_the_permission_and_the_purpose_decide(state, yes, no, not_known):
    assert [outcome(state, commercial) for commercial in (True, False, None)] == [yes, no, not_known]


def test_a_condition_is_told_and_left_to_the_other_policies():
    text = terms(commercial_use={"state": "conditional", "section": "2", "condition": "Up to 700M users."})
    told = only(judge(CommercialUse, facts(text)))
    assert told.reason == (
        "The some License, section 2, permits commercial use on a condition that other policies judge: "
        "Up to 700M users."
    )


def test_an_unknown_purpose_names_the_missing_fact():
    assert only(judge(CommercialUse, facts(BANNED))).missing == ("deployment.uses.commercial",)


def test_a_prohibition_of_an_ancestor_counts_and_is_named():
    verdict = judge(CommercialUse, facts(terms("own"), BANNED, deployment=deployment(commercial=True)))
    assert verdict.outcome == "fail"
    assert verdict.findings[1].reason.startswith("The some License, section 1.i, from up/1, prohibits")


def test_a_prohibition_that_is_not_passed_on_does_not_count():
    lineage = governed(terms("own"), BANNED, parts=("duties",))
    assert (
        judge(CommercialUse, facts(terms=lineage, deployment=deployment(commercial=True))).outcome == "pass"
    )


@pytest.mark.parametrize("lineage", [TermsFacts(), governed(terms(), unknown=("up/x: gone",))])
def test_what_is_not_known_of_the_licenses_is_never_a_pass(lineage):
    assert (
        judge(CommercialUse, facts(terms=lineage, deployment=deployment(commercial=True))).outcome
        == "unknown"
    )


def granted(*grants, as_of=NOW, **deployed):
    seen = facts(BANNED, grants=grants, as_of=as_of, deployment=deployment(commercial=True, **deployed))
    return judge(CommercialUse, seen)


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({}, "pass"),
        ({"models": ("ACME/Base",)}, "pass"),
        ({"models": ("acme/other",)}, "fail"),
        ({"license": "another"}, "fail"),
        ({"company": "someone-else"}, "fail"),
        ({"territories": ("EU",)}, "pass"),
        ({"territories": ("US",)}, "fail"),
        ({"end": NOW}, "fail"),
        ({"end": NOW + SECOND}, "pass"),
        ({"start": NOW + SECOND}, "fail"),
        ({"cap_metric": "monthly_active_users", "cap_limit": Decimal(10)}, "review"),
    ],
)
def test_a_grant_clears_a_prohibition_within_its_scope(fields, answer):
    assert granted(grant(**fields), regions=("DE",)).outcome == answer


def test_the_verdict_holds_until_the_second_that_the_grant_ends():
    end = NOW + SECOND
    assert granted(grant(end=end)).holds_until == end
    assert granted(grant(end=end), as_of=end).holds_until is None


def test_a_grant_for_affiliates_holds_until_the_company_is_sold():
    sold = NOW.date() + timedelta(days=30)
    group = company(controls=(Control(parent="owner", child="acme", percent=Decimal(51), end=sold),))
    seen = facts(
        BANNED,
        companies=group,
        deployment=deployment(commercial=True),
        grants=[grant(company="owner", covers_affiliates=True)],
    )
    verdict = judge(CommercialUse, seen)
    assert verdict.outcome == "pass"
    assert verdict.holds_until.date() == sold


@given(st.lists(st.sampled_from(["allowed", "conditional", "prohibited", "silent"]), min_size=1, max_size=4))
def test_one_more_license_never_makes_the_answer_better(states):
    licenses = [terms(f"l{n}", commercial_use={"state": state}) for n, state in enumerate(states)]
    for commercial in (True, False, None):
        where = deployment(commercial=commercial)
        less, more = (
            judge(CommercialUse, facts(*part, deployment=where)) for part in (licenses[:-1], licenses)
        )
        assert len(licenses) == 1 or more.outcome >= less.outcome
