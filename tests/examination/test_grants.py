"""What a negotiated license clears: whom, which models, where, how much, and until which second."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.examination.examiner import (
    companies,
    control,
    limit,
    outcome,
    revenue,
    second_before,
    users,
)

MILLION = 1_000_000
PAST = [users("2024-06", 720 * MILLION)]
MODEL = "sample/model"


def past(*grants, **case):
    return str(limit("llama3.1", **{"measurements": PAST, "grants": grants, **case}).outcome)


def grant(company="acme", **more):
    return {"company": company, "reference": "letter 1", **more}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (grant(), "pass"),
        (grant(**{"from": "2026-11-01"}), "pass"),
        (grant(**{"from": "2026-11-02"}), "fail"),
        (grant(until="2026-11-02"), "pass"),
        (grant(until="2026-11-01"), "fail"),
        (grant(models=[MODEL]), "pass"),
        (grant(models=["Sample/Model"]), "pass"),
        (grant(models=["sample/other"]), "fail"),
        (grant(models=["sample/model-2"]), "fail"),
        (grant(license="llama3.3"), "fail"),
        (grant(territories=["US"]), "pass"),
        (grant(territories=["US", "CA"]), "pass"),
        (grant(territories=["EU"]), "fail"),
        (grant(cap={"metric": "monthly_active_users", "limit": 720 * MILLION}), "pass"),
        (grant(cap={"metric": "monthly_active_users", "limit": 720 * MILLION - 1}), "fail"),
        (grant("nobody"), "fail"),
    ],
)
def test_what_a_grant_must_say(given, expected):
    assert past(given) == expected


def test_it_clears_until_the_second_it_ends():
    given = grant(until="2026-11-01T00:00:00+00:00")
    assert past(given, at=second_before(date(2026, 11, 1))) == "pass"
    assert past(given, at=datetime(2026, 11, 1, tzinfo=UTC)) == "fail"


def test_it_clears_from_the_second_it_begins():
    given = grant(**{"from": "2026-11-01T12:00:00+00:00"})
    assert past(given, at=datetime(2026, 11, 1, 11, 59, 59, tzinfo=UTC)) == "fail"
    assert past(given, at=datetime(2026, 11, 1, 12, tzinfo=UTC)) == "pass"


@pytest.mark.parametrize(("regions", "expected"), [(["DE", "FR"], "pass"), (["DE", "CH"], "fail")])
def test_every_region_lies_in_its_territory(regions, expected):
    assert past(grant(territories=["EU"]), deployment={"regions": regions}) == expected


def test_regions_that_are_not_known_are_in_no_territory():
    assert past(grant(territories=["US"]), deployment={"regions": "unknown"}) != "pass"


@pytest.mark.parametrize(
    ("holder", "covers", "percent", "expected"),
    [
        ("holding", True, 51, "pass"),
        ("holding", False, 51, "fail"),
        ("holding", True, 50, "fail"),
        ("sister", True, 51, "pass"),
        ("sister", False, 51, "fail"),
    ],
)
def test_whom_it_covers(holder, covers, percent, expected):
    controls = [control("holding", "acme", percent), control("holding", "sister")]
    given = grant(holder, covers_affiliates=covers)
    assert past(given, companies=companies("holding", "sister"), controls=controls) == expected


def test_an_affiliate_is_covered_while_it_is_one():
    given = grant("holding", covers_affiliates=True)
    cast = companies("holding")
    for end, expected in (("2026-11-01", "fail"), ("2026-11-02", "pass")):
        controls = [control("holding", "acme", 100, to=end)]
        assert past(given, companies=cast, controls=controls) == expected


def test_growth_counts_against_the_cap():
    given = grant(cap={"metric": "monthly_active_users", "limit": 800 * MILLION})
    for now, expected in ((800 * MILLION, "pass"), (800 * MILLION + 1, "fail")):
        assert past(given, measurements=[*PAST, users("2026-10", now)]) == expected


@pytest.mark.parametrize(
    ("license", "figures", "companies_"),
    [
        ("kolors", [users("2026-10", 301 * MILLION)], [{"slug": "acme"}]),
        ("stability-ai-community", [revenue("2025", 2 * MILLION)], [{"slug": "acme"}]),
        ("mistral-modified-mit", [revenue("2026-10", 21 * MILLION)], [{"slug": "acme"}]),
        ("qwen-community-1.0", [], [{"slug": "acme", "business_models": ["model_as_a_service"]}]),
        ("lfm-open-1.0", [revenue("2025", 20 * MILLION)], [{"slug": "acme"}]),
    ],
)
def test_every_withheld_right_can_be_granted(license, figures, companies_):
    for grants, expected in (([], "fail"), ([grant()], "pass")):
        threshold = "business" if "community-1" in license else ""
        found = limit(license, threshold, companies=companies_, measurements=figures, grants=grants)
        assert found.outcome == expected


def test_a_grant_permits_commercial_use():
    for given, expected in (
        ([], "fail"),
        ([grant()], "pass"),
        ([grant(until="2026-11-01")], "fail"),
        ([grant(license="mit")], "fail"),
        ([grant(models=["other/model"])], "fail"),
    ):
        assert outcome("cc-by-nc-4.0", "license.commercial-use", grants=given) == expected


def test_only_a_grant_that_names_the_territory_opens_it():
    deployed = {"regions": ["DE"], "output_regions": ["DE"]}
    for given, expected in (
        ([], "fail"),
        ([grant()], "fail"),
        ([grant(territories=["DE"])], "pass"),
        ([grant(territories=["EU"])], "pass"),
        ([grant(territories=["FR"])], "fail"),
    ):
        found = outcome("tencent-hunyuan-large", "license.territory", deployment=deployed, grants=given)
        assert found == expected
