"""Which figures the limits of some terms look up on a day: no more and no less."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from governance.core.facts import GoverningLicense, TermsFacts
from governance.core.figures import REVENUE
from governance.core.periods import Window
from governance.core.terms import Whose
from governance.core.usage_needs import needs
from tests.core.threshold_cast import MAU, MONEY, license_terms, money, threshold, users

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def needed(*atoms, as_of=NOW, caps=(), parts=None):
    own = license_terms(*(threshold(atom) for atom in atoms))
    governing = (GoverningLicense(license=own.key, repo_id="a/b", parts=parts),)
    return set(needs(TermsFacts(governing=governing, terms={own.key: own}), as_of, caps))


def test_a_limit_measured_once_looks_up_the_month_before_its_day():
    atom = users(1, Whose.LICENSEE, anchor="before_version_release", anchor_date=date(2024, 7, 23))
    assert needed(atom) == {(MAU, "2024-06")}
    assert needed(atom, as_of=NOW + timedelta(days=400)) == {(MAU, "2024-06")}


@pytest.mark.parametrize(
    ("as_of", "period"),
    [
        (datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC), "2026-10"),
        (datetime(2026, 12, 1, tzinfo=UTC), "2026-11"),
        (datetime(2027, 1, 1, tzinfo=UTC), "2026-12"),
        (datetime(2024, 3, 1, tzinfo=UTC), "2024-02"),
        (datetime(2026, 12, 1, 2, tzinfo=timezone(timedelta(hours=3))), "2026-10"),
    ],
)
def test_a_limit_of_each_month_looks_up_the_last_whole_one(as_of, period):
    assert needed(users(1, Whose.LICENSEE), as_of=as_of) == {(MAU, period)}


def test_a_limit_of_a_day_looks_up_yesterday():
    assert needed(users(1, Whose.LICENSEE, window=Window.DAY)) == {(MAU, "2026-11-23")}


@pytest.mark.parametrize("window", [Window.ANY_12_MONTHS, Window.FISCAL_YEAR])
def test_twelve_months_without_a_place_in_the_calendar_look_up_every_period_of_every_revenue(window):
    assert needed(money(1, Whose.LICENSEE, window)) == {(name, "") for name in REVENUE}


def test_a_calendar_year_of_revenue_may_be_recorded_month_by_month():
    wanted = needed(money(1, Whose.LICENSEE, Window.CALENDAR_YEAR))
    assert (MONEY, "2025") in wanted
    assert {period for name, period in wanted if name == "monthly_revenue"} == {
        "2025",
        *(f"2025-{month:02}" for month in range(1, 13)),
    }


def test_a_grant_with_a_cap_asks_for_its_present_figure():
    assert needed(caps=("daily_active_users",)) == {("daily_active_users", "2026-10")}


def test_limits_that_a_relation_does_not_pass_on_look_up_nothing():
    assert needed(users(1, Whose.LICENSEE), parts=("duties",)) == set()
    assert needed(users(1, Whose.LICENSEE), parts=("thresholds",)) == {(MAU, "2026-10")}


def test_terms_that_are_not_known_look_up_nothing():
    governing = (GoverningLicense(license="no-such", repo_id="a/b"),)
    assert needs(TermsFacts(governing=governing), NOW) == frozenset()
