from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from governance.core.periods import Window
from governance.core.terms import AllOf, AnyOf, Consequence, Exemption, TraitAtom, Whose
from governance.core.thresholds import judge
from governance.core.thresholds_evidence import evidence
from governance.core.thresholds_remedies import how_to_fix
from governance.core.thresholds_words import sentence
from tests.core.threshold_cast import (
    HUNYUAN,
    INDEXTTS,
    KIMI_K2,
    KIMI_K3,
    LFM,
    LLAMA_4,
    LLAMA_31,
    LLAMA_33,
    MISTRAL,
    MONEY,
    MONTHLY,
    NXAI,
    QWEN,
    STABILITY,
    M,
    World,
    figure,
    grant,
    holds,
    money,
    rate,
    threshold,
    users,
)

GROUP = World(
    products={"acme": ("chat",), "sister": ("mail",), "holding": ()},
    controls=(holds("holding", "acme", 100), holds("holding", "sister", 80)),
)
NOT = "not_applicable"
MAAS = {"acme": {"business_models": ("model_as_a_service",)}}
NO_MAAS = {"acme": {"business_models": ()}}


def chat(period, value, metric="monthly_active_users", **more):
    return figure("product:chat", period, value, metric, **more)


def mail(period, value, **more):
    return figure("product:mail", period, value, **more)


def acme(period, value, metric=MONEY, **more):
    return figure("company:acme", period, value, metric, **more)


# What the texts say, case by case: limit, world, standing, outcome.
CASES = {
    "650M in June 2024 passes Llama 3.1, whatever came later": (
        LLAMA_31, World((chat("2024-06", 650 * M), chat("2026-10", 900 * M))), "approaching", "pass"),
    "500M in June 2024 is below": (LLAMA_31, World((chat("2024-06", 500 * M),)), "below", "pass"),
    "exactly 700,000,000 is not more than 700 million": (
        LLAMA_31, World((chat("2024-06", 700 * M),)), "approaching", "pass"),
    "700,000,001 is": (LLAMA_31, World((chat("2024-06", 700 * M + 1),)), "exceeded", "fail"),
    "a missing June 2024 is unknown, though July is known": (
        LLAMA_31, World((chat("2024-07", 1), chat("2024-05", 1))), "unknown", "unknown"),
    "a sister counts for Llama": (
        LLAMA_31, GROUP.but(figures=(chat("2024-06", 10 * M), mail("2024-06", 701 * M))), "exceeded", "fail"),
    "a sister does not count for Hunyuan": (
        HUNYUAN, GROUP.but(figures=(chat("2025-05", 10 * M), mail("2025-05", 701 * M))), "below", "pass"),
    "a sister without a figure leaves the group unknown": (
        LLAMA_31, GROUP.but(figures=(chat("2024-06", 10 * M),)), "unknown", "unknown"),
    "unless the group is past the limit without it": (
        LLAMA_31, GROUP.but(figures=(chat("2024-06", 701 * M),)), "exceeded", "fail"),
    "720M in March 2025 fails Llama 4": (
        LLAMA_4, World((chat("2025-03", 720 * M), chat("2024-11", 600 * M))), "exceeded", "fail"),
    "and not Llama 3.3": (
        LLAMA_33, World((chat("2025-03", 720 * M), chat("2024-11", 500 * M))), "below", "pass"),
    "400M and 400M may be 400M or 800M people": (
        LLAMA_31, GROUP.but(figures=(chat("2024-06", 400 * M), mail("2024-06", 400 * M))),
        "review", "review"),
    "a deduplicated figure of the holding settles it": (
        LLAMA_31,
        GROUP.but(figures=(
            chat("2024-06", 400 * M), mail("2024-06", 400 * M),
            figure("company:holding", "2024-06", 500 * M, deduplicated=True))),
        "below", "pass"),
    "a range of 690M to 710M is for a person": (
        LLAMA_31, World((chat("2024-06", (690 * M, 710 * M)),)), "review", "review"),
    "inside an integrated end user product section 2 does not apply": (
        LLAMA_31,
        World((chat("2024-06", 900 * M),), uses={"integrated_end_user_product": True}),
        NOT, NOT),
    "not knowing whether it is integrated exempts nobody": (
        LLAMA_31, World((chat("2024-06", 900 * M),), uses={}), "exceeded", "fail"),
    "Qwen is rolling: last month counts": (
        QWEN, World((chat("2026-10", 101 * M), chat("2026-09", 1))), "exceeded", "fail"),
    "Qwen over the limit without commerce": (
        QWEN, World((chat("2026-10", 101 * M),), uses={"commercial": False}), NOT, NOT),
    "Qwen over the limit, commerce not known": (
        QWEN, World((chat("2026-10", 101 * M),), uses={}), "unknown", "unknown"),
    "Qwen below the limit, commerce not known": (
        QWEN, World((chat("2026-10", 9 * M),), uses={}), "below", "pass"),
    "Kimi K2 above 100M asks for a display": (
        KIMI_K2,
        World((chat("2026-10", 101 * M), chat("2026-10", 1, MONTHLY))), "exceeded", "duty"),
    "Kimi K2 by revenue alone, users not known": (
        KIMI_K2, World((chat("2026-10", 21 * M, MONTHLY),)), "exceeded", "duty"),
    "Kimi K2 with small revenue and users not known": (
        KIMI_K2, World((chat("2026-10", 1 * M, MONTHLY),)), "unknown", "unknown"),
    "Kimi K2 without a product": (KIMI_K2, World(product=None), "unknown", "unknown"),
    "IndexTTS by users": (
        INDEXTTS, World((chat("2026-10", 101 * M), acme("2025", 1, currency="CNY"))), "exceeded", "fail"),
    "IndexTTS by revenue": (
        INDEXTTS,
        World((chat("2026-10", 1 * M), acme("2025", 1000 * M + 1, currency="CNY"))), "exceeded", "fail"),
    "IndexTTS by neither": (
        INDEXTTS, World((chat("2026-10", 1 * M), acme("2025", 100 * M, currency="CNY"))), "below", "pass"),
    "IndexTTS in dollars without a rate": (
        INDEXTTS, World((chat("2026-10", 1 * M), acme("2025", 10 * M))), "unknown", "unknown"),
    "IndexTTS in dollars with a rate": (
        INDEXTTS,
        World((chat("2026-10", 1 * M), acme("2025", 200 * M)), rates=(rate("USD", "CNY", "7.1"),)),
        "exceeded", "fail"),
    "IndexTTS: no revenue needs no rate": (
        INDEXTTS, World((chat("2026-10", 1 * M), acme("2025", 0))), "below", "pass"),
    "NXAI by consolidated revenue": (
        NXAI,
        GROUP.but(figures=(
            figure("company:holding", "2025", 120 * M, MONEY, currency="EUR", deduplicated=True),)),
        "exceeded", "fail"),
    "NXAI below": (NXAI, World((acme("2025", 50 * M, currency="EUR"),)), "below", "pass"),
    "NXAI: what members sell each other may drop out": (
        NXAI,
        GROUP.but(figures=tuple(
            figure(f"company:{slug}", "2025", value, MONEY, currency="EUR")
            for slug, value in {"acme": 60 * M, "sister": 60 * M, "holding": 0}.items())),
        "review", "review"),
    "NXAI: an affiliate without figures": (
        NXAI, GROUP.but(figures=(acme("2025", 50 * M, currency="EUR"),)), "unknown", "unknown"),
    "Mistral by the preceding month": (
        MISTRAL, World((acme("2026-10", 21 * M, MONTHLY),)), "exceeded", "fail"),
    "Kimi K3: business and revenue": (
        KIMI_K3, World((acme("2025-11/2026-10", 21 * M),), traits=MAAS), "exceeded", "fail"),
    "Kimi K3: revenue without the business": (
        KIMI_K3, World((acme("2025-11/2026-10", 21 * M),), traits=NO_MAAS), "below", "pass"),
    "Kimi K3: the business without the revenue": (
        KIMI_K3, World((acme("2025", 2 * M),), traits=MAAS), "below", "pass"),
    "Kimi K3: business not known": (
        KIMI_K3, World((acme("2025-11/2026-10", 21 * M),)), "unknown", "unknown"),
    "Kimi K3: internal use is exempt": (
        KIMI_K3,
        World((acme("2025", 21 * M),), traits=MAAS, uses={"commercial": True, "internal_only": True}),
        NOT, NOT),
    "LFM below": (LFM, World((acme("2025", 7 * M),)), "below", "pass"),
    "LFM at exactly 10,000,000": (LFM, World((acme("2025", 10 * M),)), "review", "review"),
    "LFM at 10,000,000.01": (LFM, World((acme("2025", Decimal("10000000.01")),)), "exceeded", "fail"),
    "LFM for a non-profit": (
        LFM,
        World(
            (acme("2025", 20 * M),), traits={"acme": {"kind": "non_profit"}}, uses={"commercial": False}
        ),
        NOT, NOT),
    "LFM for a non-profit that sells what it runs": (
        LFM, World((acme("2025", 20 * M),), traits={"acme": {"kind": "non_profit"}}),
        "exceeded", "fail"),
    "Stability at exactly 1,000,000": (STABILITY, World((acme("2025", 1 * M),)), "review", "review"),
    "Stability at 999,999": (STABILITY, World((acme("2025", 1 * M - 1),)), "approaching", "pass"),
    "Stability at 1,000,001": (STABILITY, World((acme("2025", 1 * M + 1),)), "exceeded", "fail"),
    "nobody is named as licensee": (LLAMA_31, World(licensee="", products={}), "unknown", "unknown"),
}  # fmt: skip


@pytest.mark.parametrize("title", CASES)
def test_the_texts_are_judged_as_they_say(title):
    limit, world, standing, outcome = CASES[title]
    result = judge(limit, world.case)
    assert (str(result.standing), str(result.outcome)) == (standing, outcome), sentence(result)
    assert sentence(result)
    assert (standing == "unknown") == bool(result.missing)


def test_what_is_missing_is_named_so_that_it_can_be_recorded():
    assert judge(LLAMA_31, World().case).missing == ("product:chat monthly_active_users 2024-06",)
    assert judge(KIMI_K3, World((acme("2025-11/2026-10", 21 * M),)).case).missing == (
        "company:acme business_models",
    )
    eur = World((acme("2025", 50 * M),))
    assert judge(NXAI, eur.case).missing == ("exchange rate USD->EUR",)
    assert judge(QWEN, World((chat("2026-10", 101 * M),), uses={}).case).missing == (
        "deployment.uses.commercial",
    )
    assert judge(STABILITY, World().case).missing == ("company:acme annual_revenue 2025-11/2026-10",)


class TestGroups:
    def test_a_company_sold_on_a_day_counts_before_that_day_only(self):
        limit = threshold(users(100 * M, Whose.PRODUCTS_AND_AFFILIATES))
        sold = GROUP.but(
            controls=(holds("holding", "acme", 100), holds("holding", "sister", 80, end=date(2026, 11, 24))),
            figures=(chat("2026-10", 10 * M), mail("2026-10", 101 * M)),
        )
        eve = sold.but(as_of=datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC))
        before, after = judge(limit, eve.case), judge(limit, sold.case)
        assert (before.outcome, after.outcome) == ("fail", "pass")
        assert before.holds_until == datetime(2026, 11, 24, tzinfo=UTC)
        assert after.holds_until == datetime(2026, 12, 1, tzinfo=UTC)

    def test_for_a_limit_measured_once_the_group_of_that_day_stands_for_ever(self):
        sold = GROUP.but(
            controls=(holds("holding", "acme", 100), holds("holding", "sister", 80, end=date(2024, 7, 24))),
            figures=(chat("2024-06", 10 * M), mail("2024-06", 701 * M)),
        )
        result = judge(LLAMA_31, sold.case)
        assert (result.outcome, result.holds_until) == ("fail", None)

    @pytest.mark.parametrize(("inclusive", "outcome"), [(False, "pass"), (True, "fail")])
    def test_half_is_control_only_where_at_least_half_is_asked_for(self, inclusive, outcome):
        control = {"percent": 50, "inclusive": inclusive}
        limit = threshold(users(100 * M, Whose.PRODUCTS_AND_AFFILIATES, control=control))
        world = GROUP.but(
            controls=(holds("acme", "sister", 50),), figures=(chat("2026-10", 1), mail("2026-10", 101 * M))
        )
        assert judge(limit, world.case).outcome == outcome

    def test_cross_holdings_in_a_circle_are_one_group(self):
        circle = (holds("acme", "sister", 60), holds("sister", "holding", 60), holds("holding", "acme", 60))
        world = GROUP.but(controls=circle, figures=(chat("2024-06", 1), mail("2024-06", 701 * M)))
        result = judge(LLAMA_31, world.case)
        assert result.outcome == "fail"
        assert result.deciding.members == ("acme", "holding", "sister")

    def test_an_affiliate_that_offers_nothing_counts_as_none_and_is_shown(self):
        world = GROUP.but(figures=(chat("2024-06", 1), mail("2024-06", 2)))
        assert evidence(judge(LLAMA_31, world.case))["assumed"] == [
            "company:holding has no product and no monthly_active_users: counted as 0"
        ]

    def test_an_affiliate_with_figures_of_other_months_is_not_none(self):
        world = GROUP.but(
            figures=(chat("2024-06", 1), mail("2024-06", 2), figure("company:holding", "2024-05", 5))
        )
        assert judge(LLAMA_31, world.case).missing == ("company:holding monthly_active_users 2024-06",)

    def test_an_affiliate_nobody_described_is_unknown(self):
        case = GROUP.but(figures=(chat("2024-06", 1), mail("2024-06", 2))).case
        known = {slug: one for slug, one in case.companies.companies.items() if slug != "holding"}
        companies = case.companies.model_copy(update={"companies": known})
        assert judge(LLAMA_31, case._replace(companies=companies)).missing == ("company:holding",)

    def test_a_figure_of_the_whole_group_is_a_ceiling_for_one_of_it(self):
        world = GROUP.but(figures=(acme("2025-05", 90 * M, "monthly_active_users", deduplicated=True),))
        assert judge(HUNYUAN, world.case).outcome == "pass"
        assert judge(HUNYUAN, GROUP.but(figures=(acme("2025-05", 300 * M, "monthly_active_users",
                     deduplicated=True),)).case).outcome == "review"  # fmt: skip

    def test_affiliates_that_contradict_each_other_on_their_group_are_for_a_person(self):
        """Neither figure is dropped, and who declares one for the group is not counted as nobody."""
        two = (
            acme("2024-06", 2 * M, "monthly_active_users", deduplicated=True),
            figure("company:sister", "2024-06", 800 * M, deduplicated=True),
        )
        assert judge(LLAMA_31, GROUP.but(products={}, figures=two).case).outcome == "review"

    def test_a_company_may_earn_more_than_its_products(self):
        limit = threshold(money(10 * M, Whose.LICENSEE, Window.CALENDAR_YEAR))
        small = World((chat("2025", 1 * M, MONEY),))
        large = World((chat("2025", 11 * M, MONEY),))
        assert judge(limit, small.case).missing == ("company:acme annual_revenue 2025",)
        assert judge(limit, large.case).outcome == "fail"

    def test_products_earn_at_most_what_their_company_earns(self):
        limit = threshold(money(10 * M, Whose.PRODUCTS, Window.CALENDAR_YEAR))
        assert judge(limit, World((acme("2025", 9 * M),)).case).outcome == "pass"
        assert judge(limit, World((acme("2025", 90 * M),)).case).outcome == "review"
        assert judge(limit, World((chat("2025", 11 * M, MONEY), acme("2025", 90 * M))).case).outcome == "fail"


class TestTwelveMonths:
    LIMIT = threshold(money(12 * M, Whose.LICENSEE, Window.ANY_12_MONTHS, metric="any_12_month_revenue"))

    @staticmethod
    def months(first: date, values) -> tuple:
        starts = [first.month - 1 + n for n in range(len(values))]
        names = [f"{first.year + n // 12}-{n % 12 + 1:02d}" for n in starts]
        return tuple(acme(name, value, MONTHLY) for name, value in zip(names, values, strict=True))

    @pytest.mark.parametrize(
        ("figures", "standing"),
        [
            ("2025", "below"),
            ("2024-12/2025-11", "below"),
            ("2024-10/2025-09", "unknown"),
            ("2026", "unknown"),
        ],
        ids=["last year", "a span that ended a year ago", "older than a year", "not ended yet"],
    )
    def test_only_a_recent_complete_window_shows_that_the_limit_holds(self, figures, standing):
        assert judge(self.LIMIT, World((acme(figures, 5 * M),)).case).standing == standing

    def test_one_window_past_the_limit_is_past_it_for_good(self):
        world = World((acme("2019", 13 * M), acme("2025", 1)))
        assert judge(self.LIMIT, world.case).standing == "exceeded"

    def test_twelve_months_make_a_year(self):
        year = World(self.months(date(2025, 11, 1), [M] * 12))
        more = World(self.months(date(2025, 11, 1), [M] * 11 + [M + 1]))
        assert judge(self.LIMIT, year.case).standing == "approaching"
        assert judge(self.LIMIT, more.case).standing == "exceeded"

    def test_eleven_months_show_no_year_but_may_pass_the_limit(self):
        year = self.months(date(2025, 12, 1), [M] * 11)
        result = judge(self.LIMIT, World(year).case)
        assert result.missing == ("company:acme monthly_revenue 2025-11",)
        assert judge(self.LIMIT, World(self.months(date(2025, 12, 1), [2 * M] * 11)).case).outcome == "fail"

    def test_a_window_of_ranges_over_the_limit_is_for_a_person(self):
        assert judge(self.LIMIT, World((acme("2025", (11 * M, 13 * M)),)).case).outcome == "review"

    def test_money_without_a_rate_is_never_below_by_an_older_year(self):
        world = World((acme("2024-12/2025-11", 1), acme("2025", 9 * M, currency="JPY")))
        assert judge(self.LIMIT, world.case).missing == ("exchange rate JPY->USD",)

    def test_it_holds_until_the_year_is_stale_or_the_next_one_ends(self):
        world = World((acme("2025", 5 * M),))
        assert judge(self.LIMIT, world.case).holds_until == datetime(2027, 1, 1, tzinfo=UTC)
        more = world.but(figures=(*world.figures, acme("2025-12/2026-11", 5 * M)))
        assert judge(self.LIMIT, more.case).holds_until == datetime(2026, 12, 1, tzinfo=UTC)
        late = world.but(as_of=datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC))
        assert judge(self.LIMIT, late.case).standing == "below"
        assert judge(self.LIMIT, late.but(as_of=datetime(2027, 1, 1, tzinfo=UTC)).case).standing == "unknown"


class TestFiscalYear:
    LIMIT = threshold(money(100, Whose.LICENSEE, Window.FISCAL_YEAR))

    @pytest.mark.parametrize(
        ("figures", "standing"),
        [
            ((("2024", 101), ("2025", 5)), "below"),
            ((("2024", 5), ("2025", 101)), "exceeded"),
            ((("2024-07/2025-06", 5), ("2025-07/2026-06", 101)), "exceeded"),
            ((("2024", 5),), "unknown"),
            ((("2024", 101),), "unknown"),
            ((("2025", 5), ("2026", 500)), "below"),
        ],
    )
    def test_only_the_latest_year_that_has_ended_counts(self, figures, standing):
        world = World(tuple(acme(period, value) for period, value in figures))
        assert judge(self.LIMIT, world.case).standing == standing

    def test_a_later_year_known_in_part_counts_only_once_it_is_past_the_limit(self):
        limit = threshold(money(100, Whose.LICENSEE_AND_AFFILIATES, Window.FISCAL_YEAR))
        sister = figure("company:sister", "2025", 5, MONEY)

        def standing(later, **more):
            part = figure("company:sister", "2025-07/2026-06", later, MONEY, **more)
            known = (acme("2025", 5), figure("company:holding", "2025", 0, MONEY), sister, part)
            return judge(limit, GROUP.but(figures=known).case).standing

        assert [standing(5), standing(101), standing(5, currency="JPY")] == ["below", "exceeded", "unknown"]

    def test_months_serve_where_no_recent_year_is_recorded(self):
        months = TestTwelveMonths.months(date(2025, 11, 1), [9] * 12)
        assert judge(self.LIMIT, World(months).case).standing == "exceeded"
        assert judge(self.LIMIT, World((*months, acme("2025", 5))).case).standing == "below"
        eleven = judge(self.LIMIT, World(months[1:]).case)
        assert (eleven.standing, eleven.missing[0]) == ("unknown", "company:acme monthly_revenue 2025-01")
        assert judge(self.LIMIT, World().case).missing == ("company:acme annual_revenue 2025",)


class TestTrees:
    A = users(100, Whose.PRODUCT)
    B = users(100, Whose.PRODUCT, metric="daily_active_users", window=Window.DAY)
    VALUES = {"false": 1, "review": (90, 110), "true": 101, "unknown": None}

    def world(self, a, b):
        figures = [(a, "2026-10", "monthly_active_users"), (b, "2026-11-23", "daily_active_users")]
        known = [(self.VALUES[v], p, m) for v, p, m in figures if self.VALUES[v] is not None]
        return World(tuple(chat(period, value, metric) for value, period, metric in known))

    @pytest.mark.parametrize(
        ("a", "b", "both", "either"),
        [
            ("false", "false", "below", "below"),
            ("false", "review", "below", "review"),
            ("false", "true", "below", "exceeded"),
            ("false", "unknown", "below", "unknown"),
            ("review", "review", "review", "review"),
            ("review", "true", "review", "exceeded"),
            ("review", "unknown", "unknown", "unknown"),
            ("true", "true", "exceeded", "exceeded"),
            ("true", "unknown", "unknown", "exceeded"),
            ("unknown", "unknown", "unknown", "unknown"),
        ],
    )
    def test_parts_join_whichever_comes_first(self, a, b, both, either):
        for world in (self.world(a, b), self.world(b, a)):
            assert judge(threshold(AllOf(all=(self.A, self.B))), world.case).standing == both
            assert judge(threshold(AnyOf(any=(self.A, self.B))), world.case).standing == either

    @pytest.mark.parametrize(
        ("a", "b", "both", "either"),
        [
            (80, 101, "approaching", "exceeded"),
            (79, 101, "below", "exceeded"),
            (80, 1, "below", "approaching"),
            (80, 80, "below", "approaching"),
            (80, None, "approaching", "unknown"),
        ],
    )
    def test_a_limit_is_near_when_one_figure_could_complete_it(self, a, b, both, either):
        figures = [chat("2026-10", a)] + ([chat("2026-11-23", b, "daily_active_users")] if b else [])
        case = World(tuple(figures)).case
        assert judge(threshold(AllOf(all=(self.A, self.B))), case).standing == both
        assert judge(threshold(AnyOf(any=(self.A, self.B))), case).standing == either

    @pytest.mark.parametrize(
        ("comparator", "boundary", "value", "standing"),
        [
            (">", "exact", 100, "approaching"),
            (">", "exact", 101, "exceeded"),
            (">=", "exact", 100, "exceeded"),
            (">=", "exact", 99, "approaching"),
            ("<", "exact", 99, "exceeded"),
            ("<", "exact", 100, "below"),
            (">", "contradictory", 100, "review"),
            (">=", "contradictory", 100, "review"),
            ("<", "contradictory", 100, "review"),
            (">=", "contradictory", (90, 100), "review"),
            (">=", "exact", (90, 99), "approaching"),
            ("<", "exact", (100, 110), "below"),
        ],
    )
    def test_a_figure_at_the_limit(self, comparator, boundary, value, standing):
        atom = users(100, Whose.PRODUCT, comparator=comparator, boundary=boundary)
        assert judge(threshold(atom), World((chat("2026-10", value),)).case).standing == standing

    @pytest.mark.parametrize(
        ("acme", "sister", "negated", "standing"),
        [
            (("cloud_provider",), None, False, "exceeded"),
            ((), None, False, "unknown"),
            ((), (), False, "below"),
            ((), ("Cloud_Provider",), False, "exceeded"),
            ((), (), True, "exceeded"),
            (None, ("cloud_provider",), True, "below"),
            (None, (), True, "unknown"),
        ],
    )
    def test_what_the_group_is(self, acme, sister, negated, standing):
        atom = TraitAtom(trait="business_models", any_of=("cloud_provider",), negated=negated)
        world = World(
            controls=(holds("acme", "sister", 100),),
            traits={"acme": {"business_models": acme}, "sister": {"business_models": sister}},
        )
        assert judge(threshold(atom), world.case).standing == standing

    @pytest.mark.parametrize(
        ("names", "uses", "standing"),
        [
            (("commercial",), {"commercial": True}, "exceeded"),
            (("commercial",), {"commercial": False}, "below"),
            (("commercial",), {}, "unknown"),
            (("distributed", "hosted_for_third_parties"), {"hosted_for_third_parties": True}, "exceeded"),
            (("distributed", "hosted_for_third_parties"), {"distributed": False}, "unknown"),
            (("made_available",), {"internal_only": True, "distributed": False}, "below"),
            (("modified",), {"modification": "quantized"}, "exceeded"),
        ],
    )
    def test_how_the_model_is_used(self, names, uses, standing):
        result = judge(threshold(TraitAtom(trait="uses", any_of=names)), World(uses=uses).case)
        assert result.standing == standing
        assert bool(result.missing) is (standing == "unknown")

    def test_a_use_that_is_not_to_be(self):
        atom = TraitAtom(trait="uses", any_of=("commercial",), negated=True)
        assert judge(threshold(atom), World(uses={"commercial": False}).case).standing == "exceeded"


class TestGrants:
    OVER = World((chat("2024-06", 720 * M), chat("2026-10", 800 * M)))
    END = datetime(2026, 12, 1, tzinfo=UTC)

    def test_it_clears_until_the_second_it_expires(self):
        held = self.OVER.but(grants=(grant(end=self.END),), as_of=self.END - timedelta(seconds=1))
        before = judge(LLAMA_31, held.case)
        after = judge(LLAMA_31, held.but(as_of=self.END).case)
        assert (before.standing, before.outcome, before.holds_until) == ("cleared", "pass", self.END)
        assert (after.standing, after.outcome, after.holds_until) == ("exceeded", "fail", None)
        assert evidence(before)["grant"] == "G-1"

    def test_before_it_begins_the_verdict_holds_until_then(self):
        result = judge(LLAMA_31, self.OVER.but(grants=(grant(start=self.END),)).case)
        assert (result.outcome, result.holds_until) == ("fail", self.END)

    @pytest.mark.parametrize(
        ("terms", "standing"),
        [
            ({}, "cleared"),
            ({"company": "holding"}, "exceeded"),
            ({"company": "holding", "covers_affiliates": True}, "cleared"),
            ({"license": "another"}, "exceeded"),
            ({"models": ("META-LLAMA/llama-3.1-8b",)}, "cleared"),
            ({"models": ("org/other",)}, "exceeded"),
            ({"territories": ("US", "CA")}, "cleared"),
            ({"territories": ("CA",)}, "exceeded"),
            ({"cap_metric": "monthly_active_users", "cap_limit": 800 * M}, "cleared"),
            ({"cap_metric": "monthly_active_users", "cap_limit": 719 * M}, "exceeded"),
            ({"cap_metric": "monthly_active_users", "cap_limit": 750 * M}, "exceeded"),
        ],
        ids=lambda value: str(value),
    )
    def test_it_must_cover_company_model_territory_and_cap(self, terms, standing):
        world = self.OVER.but(controls=(holds("holding", "acme", 100),), grants=(grant(**terms),))
        assert judge(LLAMA_31, world.case).standing == standing

    def test_regions_that_are_not_known_are_named(self):
        world = self.OVER.but(grants=(grant(territories=("US",)),), regions=None)
        result = judge(LLAMA_31, world.case)
        assert (result.outcome, result.missing) == ("fail", ("deployment.regions",))

    def test_it_clears_a_limit_whose_figure_nobody_knows(self):
        assert judge(LLAMA_31, World(grants=(grant(),)).case).standing == "cleared"

    def test_with_a_cap_the_figure_must_be_known(self):
        capped = grant(cap_metric="monthly_active_users", cap_limit=900 * M)
        assert judge(LLAMA_31, World(grants=(capped,)).case).standing == "unknown"

    def test_one_over_its_cap_does_not_hide_another(self):
        small = grant(cap_metric="monthly_active_users", cap_limit=1)
        large = grant(cap_metric="monthly_active_users", cap_limit=900 * M, reference="G-2")
        assert judge(LLAMA_31, self.OVER.but(grants=(small, large)).case).grant == large

    def test_a_cap_on_another_quantity_needs_its_figure(self):
        capped = grant(cap_metric="output_tokens_per_month", cap_limit=10)
        tokens = acme("2026-10", 9, "output_tokens_per_month")
        assert judge(LLAMA_31, self.OVER.but(grants=(capped,)).case).outcome == "fail"
        held = self.OVER.but(figures=(*self.OVER.figures, tokens), grants=(capped,))
        assert judge(LLAMA_31, held.case).standing == "cleared"

    def test_only_a_limit_that_a_grant_clears_is_cleared(self):
        limit = threshold(
            users(1, Whose.PRODUCT), clears=("evidence",), consequence=Consequence.SECURITY_REVIEW
        )
        assert judge(limit, self.OVER.but(grants=(grant(),)).case).outcome == "fail"


class TestTime:
    @pytest.mark.parametrize(
        ("as_of", "period", "until"),
        [
            (datetime(2024, 3, 31, 23, 59, 59, tzinfo=UTC), "2024-02", datetime(2024, 4, 1, tzinfo=UTC)),
            (datetime(2025, 1, 1, tzinfo=UTC), "2024-12", datetime(2025, 2, 1, tzinfo=UTC)),
            (datetime(2024, 2, 29, tzinfo=UTC), "2024-01", datetime(2024, 3, 1, tzinfo=UTC)),
            (datetime(2025, 12, 31, 23, tzinfo=UTC), "2025-11", datetime(2026, 1, 1, tzinfo=UTC)),
        ],
    )
    def test_a_rolling_limit_looks_at_the_last_whole_month(self, as_of, period, until):
        result = judge(QWEN, World((chat(period, 1),), as_of=as_of).case)
        assert (result.standing, result.holds_until) == ("below", until)

    def test_the_day_is_that_of_utc(self):
        tokyo = datetime.fromisoformat("2026-12-01T08:00:00+09:00")
        assert judge(QWEN, World((chat("2026-10", 1),), as_of=tokyo).case).standing == "below"

    def test_a_limit_measured_once_holds_for_ever(self):
        assert judge(LLAMA_31, World((chat("2024-06", 1),)).case).holds_until is None

    def test_what_does_not_apply_holds_for_ever(self):
        assert judge(QWEN, World(uses={"commercial": False}).case).holds_until is None


class TestRates:
    def world(self, *rates):
        return World((acme("2025", 90 * M),), rates=rates)

    @pytest.mark.parametrize(
        ("rates", "standing"),
        [
            ((rate("USD", "EUR", "1.2"),), "exceeded"),
            ((rate("EUR", "USD", "0.5"),), "exceeded"),
            ((rate("EUR", "USD", "1.25"),), "below"),
            ((rate("USD", "JPY", "150"),), "unknown"),
            ((rate("USD", "EUR", "1.2", date(2026, 6, 30)), rate("USD", "EUR", "0.5")), "below"),
        ],
        ids=["direct", "inverse", "inverse below", "of another pair", "the last one of the period"],
    )
    def test_money_compares_in_the_currency_of_the_license(self, rates, standing):
        assert judge(NXAI, self.world(*rates).case).standing == standing

    def test_the_rate_is_shown(self):
        assert evidence(judge(NXAI, self.world(rate("USD", "EUR", "1.2")).case))["assumed"] == [
            "exchange rate 1 USD = 1.2 EUR of 2025-12-31 (central bank)"
        ]


class TestWords:
    def test_within_the_limit(self):
        result = judge(LLAMA_31, World((chat("2024-06", 500 * M),)).case)
        assert sentence(result) == (
            "The group's monthly active users in June 2024 were 500,000,000, within the limit of 700,000,000 "
            "monthly active users (section 2: more than 700,000,000 needs a license from Meta). It was "
            "measured once, before the release of 2024-07-23; later growth changes nothing."
        )
        assert how_to_fix(result) == ""

    def test_what_is_missing(self):
        assert sentence(judge(LLAMA_31, World().case)) == (
            "Whether the limit of more than 700,000,000 monthly active users is met is not known: "
            "product:chat monthly_active_users 2024-06 is missing."
        )
        many = World(products={"acme": tuple(f"p{n}" for n in range(100))})
        result = judge(LLAMA_31, many.case)
        assert len(result.missing) == 100
        assert "and 95 more are missing." in sentence(result)
        assert len(how_to_fix(result)) < 400

    def test_past_the_limit(self):
        result = judge(LLAMA_31, World((chat("2024-06", 720 * M),), uses={}).case)
        assert sentence(result).startswith(
            "The group's monthly active users in June 2024 were 720,000,000, more than 700,000,000 "
            "(section 2): this needs a license from Meta."
        )
        assert how_to_fix(result) == (
            "Ask Meta. A recorded grant for a-license clears it. An exemption may apply: "
            "record deployment.uses.integrated_end_user_product."
        )

    def test_a_condition_that_no_grant_clears(self):
        condition = LLAMA_31.model_copy(update={"clears": ()})
        result = judge(condition, World((chat("2024-06", 720 * M),), grants=(grant(),)).case)
        assert result.standing == "exceeded"
        assert how_to_fix(result).startswith("Ask Meta.")

    def test_a_cap_that_is_passed_is_told(self):
        capped = grant(cap_metric="monthly_active_users", cap_limit=1)
        result = judge(LLAMA_31, World((chat("2024-06", 720 * M),), grants=(capped,)).case)
        assert "G-1" in how_to_fix(result)

    def test_a_display(self):
        result = judge(KIMI_K2, World((chat("2026-10", 101 * M),)).case)
        assert "“Kimi K2”" in sentence(result)
        assert how_to_fix(result) == "Show “Kimi K2” (user interface), and record it as shown."

    def test_a_range_and_a_contradiction(self):
        wide = judge(LLAMA_31, World((chat("2024-06", (690 * M, 710 * M)),)).case)
        assert "between 690,000,000 and 710,000,000" in sentence(wide)
        assert "contradict each other at exactly" in sentence(judge(LFM, World((acme("2025", 10 * M),)).case))

    def test_what_else_had_to_hold(self):
        world = World((acme("2025-11/2026-10", 21 * M),), traits=MAAS)
        assert sentence(judge(KIMI_K3, world.case)) == (
            "The condition on model_as_a_service holds, and the group's revenue from November 2025 to "
            "October 2026 was 21,000,000 USD, more than 20,000,000 (section 2): this needs a license "
            "from Meta."
        )

    def test_a_use_alone(self):
        atom = TraitAtom(trait="uses", any_of=("distributed", "model_as_a_service"))
        used = judge(threshold(atom), World(uses={"distributed": True}).case)
        assert sentence(used) == (
            "The deployment includes handing the model on or a model as a service (section 2): "
            "this needs a license from Meta."
        )
        unused = judge(threshold(atom), World(uses={"distributed": False, "model_as_a_service": False}).case)
        assert sentence(unused).startswith("It is not so that the deployment includes handing the model on")

    def test_a_trait_alone(self):
        atom = TraitAtom(trait="competes_with", any_of=("Naver",), subject="licensee")
        world = World(traits={"acme": {"competes_with": ("naver",)}})
        assert sentence(judge(threshold(atom), world.case)) == (
            "The company is recorded as competing with Naver (section 2): this needs a license from Meta."
        )

    def test_an_exemption(self):
        limit = threshold(users(1, Whose.PRODUCT), exempt=(Exemption.INTERNAL_USE,), exempt_section="4")
        result = judge(limit, World(uses={"internal_only": True}).case)
        assert sentence(result) == "The limit does not apply to internal use (section 4), which this is."


class TestEvidence:
    KEYS = {
        "metric", "window", "low", "high", "limit", "comparator", "currency", "subject", "standing",
        "reading", "period", "members", "assumed", "atoms", "threshold", "consequence",
    }  # fmt: skip

    @pytest.mark.parametrize("title", CASES)
    def test_it_is_json_with_the_same_keys_everywhere(self, title):
        limit, world, *_ = CASES[title]
        body = evidence(judge(limit, world.case))
        assert body.keys() >= self.KEYS
        assert json.loads(json.dumps(body)) == body

    def test_a_figure(self):
        body = evidence(judge(LLAMA_31, World((chat("2024-06", 720 * M),)).case))
        assert (body["low"], body["high"], body["limit"]) == (720 * M, 720 * M, 700 * M)
        assert (body["period"], body["subject"], body["comparator"]) == (
            "2024-06",
            "products_of_licensee_and_affiliates",
            ">",
        )

    def test_nothing_known_is_null(self):
        body = evidence(judge(LLAMA_31, World().case))
        assert (body["low"], body["high"]) == (None, None)

    def test_a_tree_lists_every_atom(self):
        body = evidence(judge(KIMI_K2, World((chat("2026-10", 101 * M),)).case))
        assert [(one["metric"], one["holds"]) for one in body["atoms"]] == [
            ("monthly_active_users", "true"),
            ("monthly_revenue", "unknown"),
        ]

    def test_fractions_keep_their_digits(self):
        body = evidence(judge(LFM, World((acme("2025", Decimal("10000000.01")),)).case))
        assert body["low"] == "10000000.01"
