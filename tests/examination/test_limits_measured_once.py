"""Limits on the month before the version release date: Llama 2 to 4, DBRX, Hunyuan."""

from __future__ import annotations

from datetime import date

import pytest

from tests.examination.examiner import companies, control, limit, standing, users

MILLION = 1_000_000
# License, month before its release, release date, limit in users; dates from the head of each text.
ONCE = [
    ("llama2", "2023-06", "2023-07-18", 700),
    ("llama3", "2024-03", "2024-04-18", 700),
    ("llama3.1", "2024-06", "2024-07-23", 700),
    ("llama3.2", "2024-08", "2024-09-25", 700),
    ("llama3.3", "2024-11", "2024-12-06", 700),
    ("llama4", "2025-03", "2025-04-05", 700),
    ("databricks-open-model", "2024-02", "2024-03-27", 700),
    ("tencent-hunyuan-large", "2024-10", "2024-11-05", 100),
    ("tencent-hunyuan-a13b", "2025-05", "2025-06-27", 100),
]
each = pytest.mark.parametrize(("license", "month", "released", "millions"), ONCE)
FIGURES = [
    (0, "pass", "approaching"),
    (-1, "pass", "approaching"),
    (1, "fail", "exceeded"),
    ((-10, 0), "pass", "approaching"),
    ((1, 10), "fail", "exceeded"),
    ((0, 1), "review", "review"),
]


@each
@pytest.mark.parametrize(("away", "outcome", "stands"), FIGURES)
def test_more_than_the_limit_is_strict(license, month, released, millions, away, outcome, stands):
    edge = millions * MILLION
    value = tuple(edge + one for one in away) if isinstance(away, tuple) else edge + away
    found = limit(license, measurements=[users(month, value)])
    assert (found.outcome, found.evidence["standing"]) == (outcome, stands)


@each
def test_another_month_says_nothing(license, month, released, millions):
    year, number = map(int, month.split("-"))
    before = f"{year}-{number - 1:02}"
    recent = [users(before, 5), users(released[:7], 5), users("2026-10", 5)]
    found = limit(license, measurements=recent)
    assert found.outcome == "unknown"
    assert found.missing == (f"company:acme monthly_active_users {month}",) or any(
        month in name for name in found.missing
    )


@each
@pytest.mark.parametrize("today", [date(2025, 7, 1), date(2026, 11, 1), date(2031, 2, 28)])
def test_growth_afterwards_changes_nothing(license, month, released, millions, today):
    figures = [
        users(month, 5 * MILLION),
        users("2026-10", 5_000 * MILLION),
        users("2031-01", 5_000 * MILLION),
    ]
    assert standing(license, measurements=figures, as_of=today) == "below"


def group(license, month, millions, *controls):
    """The company has nobody; its sister alone is past the limit."""
    figures = [users(month, 5), users(month, millions * MILLION + 1, "company:sister")]
    return str(
        limit(
            license, companies=companies("sister", "holding"), controls=controls, measurements=figures
        ).outcome
    )


@each
def test_affiliates_count_where_the_text_names_them(license, month, released, millions):
    """Hunyuan speaks of the licensee alone."""
    holding = [control("holding", "acme"), control("holding", "sister")]
    expected = "pass" if license.startswith("tencent") else "fail"
    assert group(license, month, millions, *holding) == expected


WITH_AFFILIATES = pytest.mark.parametrize(
    ("license", "month", "released", "millions"), [one for one in ONCE if one[3] == 700]
)


@WITH_AFFILIATES
@pytest.mark.parametrize(
    ("percent", "outcome"), [(50, "pass"), ("50.01", "fail"), (51, "fail"), (49, "pass")]
)
def test_more_than_half_is_control(license, month, released, millions, percent, outcome):
    assert group(license, month, millions, control("acme", "sister", percent)) == outcome


DATES = [
    ({"to": "{day}"}, "pass"),  # sold on the release date: no affiliate any more
    ({"to": "{after}"}, "fail"),
    ({"from": "{day}"}, "fail"),  # bought on the release date: an affiliate already
    ({"from": "{after}"}, "pass"),
    ({"from": "2000-01-01", "to": "2001-01-01"}, "pass"),
]


@WITH_AFFILIATES
@pytest.mark.parametrize(("dates", "outcome"), DATES)
def test_affiliates_are_those_of_the_release_date(license, month, released, millions, dates, outcome):
    after = str(date.fromordinal(date.fromisoformat(released).toordinal() + 1))
    written = {name: value.format(day=released, after=after) for name, value in dates.items()}
    assert group(license, month, millions, control("acme", "sister", 100, **written)) == outcome


RINGS = [
    # Three companies that each hold 60 % of the next.
    ([control("acme", "sister", 60), control("sister", "third", 60), control("third", "acme", 60)], "fail"),
    # The two hold half of each other: nobody controls anybody.
    ([control("acme", "sister", 50), control("sister", "acme", 50)], "pass"),
    # 30 % held and 25 % through a full subsidiary make 55 %.
    ([control("acme", "third", 100), control("acme", "sister", 30), control("third", "sister", 25)], "fail"),
    ([control("acme", "third", 100), control("acme", "sister", 25), control("third", "sister", 25)], "pass"),
    # What an associate of 40 % holds is not held by us.
    ([control("acme", "third", 40), control("third", "sister", 100)], "pass"),
    # A holding with 40 % of us and 60 % of its subsidiary, which holds another 15 % of us.
    (
        [control("holding", "third", 60), control("holding", "acme", 40), control("third", "acme", 15),
         control("holding", "sister", 80)],
        "fail",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("controls", "outcome"), RINGS)
def test_holdings_in_circles_and_along_chains(controls, outcome):
    figures = [users("2024-06", 5), users("2024-06", 800 * MILLION, "company:sister")]
    found = limit(
        "llama3.1",
        companies=companies("sister", "third", "holding"),
        controls=controls,
        measurements=figures,
    )
    assert found.outcome == outcome


TWO = [{"slug": "chat", "company": "acme"}, {"slug": "search", "company": "acme"}]
CHAT, SEARCH = "product:chat", "product:search"
TOGETHER = [
    ([users("2024-06", 300 * MILLION, CHAT), users("2024-06", 400 * MILLION, SEARCH)], "pass"),
    ([users("2024-06", 300 * MILLION, CHAT), users("2024-06", 400 * MILLION + 1, SEARCH)], "review"),
    ([users("2024-06", 500 * MILLION, CHAT), users("2024-06", 400 * MILLION, SEARCH)], "review"),
    ([users("2024-06", 701 * MILLION, CHAT), users("2024-06", 1, SEARCH)], "fail"),
    ([users("2024-06", 701 * MILLION, CHAT)], "fail"),
    ([users("2024-06", 400 * MILLION, CHAT)], "unknown"),
    (
        [users("2024-06", 500 * MILLION, CHAT), users("2024-06", 400 * MILLION, SEARCH),
         users("2024-06", 650 * MILLION, deduplicated=True)],
        "pass",
    ),
    (
        [users("2024-06", 500 * MILLION, CHAT), users("2024-06", 400 * MILLION, SEARCH),
         users("2024-06", 750 * MILLION, deduplicated=True)],
        "fail",
    ),
    (
        [users("2024-06", 500 * MILLION, CHAT), users("2024-06", 400 * MILLION, SEARCH),
         users("2024-05", 650 * MILLION, deduplicated=True)],
        "review",
    ),
    ([users("2024-06", (600 * MILLION, 699 * MILLION), CHAT), users("2024-06", 0, SEARCH)], "pass"),
    ([users("2024-06", (600 * MILLION, 701 * MILLION), CHAT), users("2024-06", 0, SEARCH)], "review"),
]  # fmt: skip


@pytest.mark.parametrize(("figures", "outcome"), TOGETHER)
def test_users_of_two_products_overlap(figures, outcome):
    assert limit("llama3.1", products=TWO, measurements=figures).outcome == outcome


def test_both_bounds_are_shown():
    figures = [users("2024-06", 500 * MILLION, CHAT), users("2024-06", 400 * MILLION, SEARCH)]
    found = limit("llama3.1", products=TWO, measurements=figures)
    assert (found.evidence["low"], found.evidence["high"]) == (500 * MILLION, 900 * MILLION)
    assert "500,000,000" in found.reason
    assert "900,000,000" in found.reason


@pytest.mark.parametrize("license", ["llama2", "llama3", "llama3.1", "llama3.2", "llama3.3", "llama4"])
@pytest.mark.parametrize(
    ("uses", "outcome"),
    [
        ({"commercial": False}, "fail"),  # only the heading says commercial
        ({"commercial": "unknown"}, "fail"),
        ({"internal_only": True}, "fail"),
        ({"integrated_end_user_product": True}, "not_applicable"),
        ({"integrated_end_user_product": "unknown"}, "fail"),
    ],
)
def test_who_is_exempt(license, uses, outcome):
    month = next(one[1] for one in ONCE if one[0] == license)
    figures = [users(month, 701 * MILLION)]
    assert limit(license, measurements=figures, deployment={"uses": uses}).outcome == outcome


@pytest.mark.parametrize("license", ["tencent-hunyuan-large", "tencent-hunyuan-a13b"])
def test_hunyuan_exempts_nobody_from_its_limit(license):
    """An integrated end user product is exempt from section 3 there, not from section 4."""
    month = next(one[1] for one in ONCE if one[0] == license)
    uses = {"integrated_end_user_product": True, "commercial": False}
    found = limit(license, measurements=[users(month, 101 * MILLION)], deployment={"uses": uses})
    assert found.outcome == "fail"
