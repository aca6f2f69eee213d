"""Labels, amounts and limits in words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.alerts.context import Context, Shown
from governance.alerts.models import Kind
from governance.alerts.wording import amount, clause, label, measure, shortened, where_rows
from tests.alerts.cast import AFFECTED, CONTEXTS, FINDING, VIOLATION


def shown(**evidence):
    return Shown.model_validate({**FINDING, "evidence": {**FINDING["evidence"], **evidence}})


@pytest.mark.parametrize(
    ("kind", "changed", "words"),
    [
        (Kind.VIOLATION_OPENED, {}, "Blocked"),
        (Kind.VIOLATION_OPENED, {"decision": "cannot_tell"}, "Cannot tell"),
        (Kind.VIOLATION_WORSENED, {"decision": "needs_review"}, "Needs review"),
        (Kind.VIOLATION_OPENED, {"decision": "allowed"}, "Warning"),
        (Kind.VIOLATION_OPENED, {"decision": None}, "Warning"),
        (Kind.VIOLATION_RESOLVED, {}, "Resolved"),
        (Kind.LIMIT_APPROACHING, {}, "97.6 %"),
        (Kind.LIMIT_APPROACHING, {"findings": []}, "Limit near"),
        (Kind.WORK_DEAD, {}, "Work failed"),
    ],
)
def test_the_label_is_the_decision_or_what_happened(kind, changed, words):
    assert label(kind, Context.model_validate({**CONTEXTS[kind], **changed})) == words


@pytest.mark.parametrize(
    ("evidence", "value", "limit", "share"),
    [
        ({}, "720,000,000", "more than 700,000,000", "102.9 %"),
        ({"low": 650_000_000}, "650,000,000 to 720,000,000", "more than 700,000,000", "102.9 %"),
        ({"high": None}, "at least 720,000,000", "more than 700,000,000", ""),
        ({"low": None, "high": None}, "not known", "more than 700,000,000", ""),
        ({"low": 0, "high": 699_999_999}, "0 to 699,999,999", "more than 700,000,000", "under 100 %"),
        (
            {"low": "1.5", "high": "1.5", "limit": 20_000_000, "currency": "USD", "comparator": ">="},
            "1.5 USD",
            "at least 20,000,000 USD",
            "0 %",
        ),
        ({"comparator": "<"}, "720,000,000", "less than 700,000,000", ""),
        ({"limit": 0}, "720,000,000", "more than 0", ""),
    ],
)
def test_a_value_is_shown_against_its_limit(evidence, value, limit, share):
    found = measure(shown(**evidence))
    assert (found.value, found.limit, found.share) == (value, limit, share)
    assert found.what == "Monthly active users in March 2025"


@pytest.mark.parametrize("evidence", [{"limit": None}, {"limit": "many"}, {"limit": "NaN"}, {"metric": ""}])
def test_what_is_not_about_a_limit_measures_nothing(evidence):
    assert measure(shown(**evidence)) is None


JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)


@given(st.fixed_dictionaries(dict.fromkeys(FINDING["evidence"], JSON)))
def test_whatever_a_policy_gives_as_evidence_can_be_shown(evidence):
    found = measure(shown(**evidence))
    assert found is None or found.value


@given(st.text(max_size=400), st.integers(0, 200))
def test_a_shortened_text_fits_and_stays_whole_where_it_can(text, room):
    found = shortened(text, room)
    assert len(found) <= max(room, 1)
    assert found in (text.rstrip().removesuffix("."), found.removesuffix("…") + "…")


def test_amounts_have_separators_and_no_idle_zeros():
    assert [amount(Decimal(n)) for n in ("700000000", "1E+9", "0.50", "0")] == [
        "700,000,000",
        "1,000,000,000",
        "0.5",
        "0",
    ]


def test_a_clause_names_license_and_section():
    assert clause(Shown.model_validate(FINDING)) == "Llama 4, section 2"
    assert clause(Shown.model_validate({**FINDING, "license_name": "", "section": ""})) == "llama4"
    assert clause(Shown(outcome="fail", reason="x")) == ""


def test_of_one_place_all_is_told_and_of_many_only_what_they_share():
    one = dict(where_rows(Kind.VIOLATION_OPENED, Context.model_validate(VIOLATION)))
    assert one["Regions"] == "EU, US"
    assert one["Decision now"] == "Blocked"
    many = Context.model_validate({**VIOLATION, "affected": AFFECTED})
    assert where_rows(Kind.VIOLATION_OPENED, many) == [("Policy", "license.usage-threshold")]


def test_regions_that_are_not_known_are_said_to_be():
    unknown = Context.model_validate({**VIOLATION, "regions": None})
    assert ("Regions", "not known") in where_rows(Kind.VIOLATION_OPENED, unknown)
