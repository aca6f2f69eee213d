"""Limits that are measured anew each period: users, revenue, businesses."""

from __future__ import annotations

from datetime import date

import pytest

from tests.examination.examiner import companies, control, limit, revenue, standing, users

MILLION = 1_000_000
BILLION = 1_000 * MILLION
CHAT = "product:chat"


def rate(base, quote, on, value):
    return {"from": base, "to": quote, "on": on, "rate": value, "source": "bank"}


class TestWhichMonth:
    @pytest.mark.parametrize(
        ("today", "month"),
        [
            (date(2026, 11, 1), "2026-10"),
            (date(2026, 11, 30), "2026-10"),
            (date(2027, 1, 31), "2026-12"),
            (date(2024, 3, 31), "2024-02"),
            (date(2024, 3, 1), "2024-02"),
        ],
    )
    @pytest.mark.parametrize(
        ("license", "edge", "subject"),
        [("kolors", 300, "company:acme"), ("tongyi-qianwen", 100, "company:acme"), ("qwen", 100, CHAT)],
    )
    def test_the_last_calendar_month(self, license, edge, subject, today, month):
        for away, outcome in ((0, "pass"), (1, "fail")):
            figures = [users(month, edge * MILLION + away, subject)]
            assert limit(license, as_of=today, measurements=figures).outcome == outcome

    def test_an_older_or_running_month_answers_nothing(self):
        figures = [users("2026-09", 5), users("2026-11", 5)]
        assert limit("kolors", measurements=figures).outcome == "unknown"

    def test_falling_below_again_is_enough(self):
        figures = [users("2026-09", 400 * MILLION), users("2026-10", 200 * MILLION)]
        assert standing("kolors", measurements=figures) == "below"


class TestPurpose:
    @pytest.mark.parametrize(
        ("license", "commercial", "outcome"),
        [
            ("tongyi-qianwen", True, "fail"),
            ("tongyi-qianwen", False, "not_applicable"),
            ("tongyi-qianwen", "unknown", "unknown"),
            ("qwen", False, "not_applicable"),
            ("kolors", False, "fail"),
        ],
    )
    def test_commercial_limits_ask_for_commercial_use(self, license, commercial, outcome):
        uses = {"uses": {"commercial": commercial}}
        found = limit(license, measurements=[users("2026-10", 301 * MILLION)], deployment=uses)
        assert found.outcome == outcome

    def test_few_users_need_no_purpose(self):
        uses = {"uses": {"commercial": "unknown"}}
        assert limit("qwen", measurements=[users("2026-10", 5)], deployment=uses).outcome == "pass"

    def test_a_sister_does_not_count_for_qwen(self):
        figures = [users("2026-10", 5), users("2026-10", 900 * MILLION, "company:sister")]
        cast = {"companies": companies("sister"), "controls": [control("acme", "sister")]}
        assert limit("tongyi-qianwen", measurements=figures, **cast).outcome == "pass"
        assert limit("kolors", measurements=figures, **cast).outcome == "fail"


MAAS = [{"slug": "acme", "business_models": ["model_as_a_service"]}]


def months(first, *values):
    year, number = map(int, first.split("-"))
    start = year * 12 + number - 1
    return [revenue(f"{n // 12}-{n % 12 + 1:02}", value) for n, value in enumerate(values, start)]


class TestAnyTwelveMonths:
    @pytest.mark.parametrize(
        ("figures", "outcome"),
        [
            ([revenue("2025", 20 * MILLION + 1)], "fail"),
            ([revenue("2025", 20 * MILLION)], "pass"),
            ([revenue("2025-11/2026-10", 20 * MILLION + 1)], "fail"),
            ([revenue("2025-11/2026-10", 20 * MILLION + 1, metric="any_12_month_revenue")], "fail"),
            ([revenue("2025-11/2026-10", 20 * MILLION + 1, metric="aggregate_revenue")], "fail"),
            (months("2025-11", *[2 * MILLION] * 12), "fail"),
            (months("2025-11", *[MILLION] * 12), "pass"),
            (months("2025-11", *[MILLION] * 11), "unknown"),
            (months("2025-11", *[2 * MILLION] * 11), "fail"),  # eleven months are past it already
            (months("2024-01", *[2 * MILLION] * 12, *[0] * 22), "fail"),  # any twelve months, also old ones
            (months("2025-05", *[0] * 6, *[4 * MILLION] * 6), "fail"),
            ([revenue("2024", 30 * MILLION), revenue("2025", MILLION)], "fail"),
            ([revenue("2026-01/2026-12", 30 * MILLION)], "unknown"),  # has not ended
            ([revenue("2026", 30 * MILLION)], "unknown"),
            ([revenue("2025-11/2026-10", (19 * MILLION, 21 * MILLION))], "review"),
        ],
    )
    def test_in_every_form_of_record(self, figures, outcome):
        assert limit("kimi-k3", "service-revenue", companies=MAAS, measurements=figures).outcome == outcome

    def test_the_whole_group_counts(self):
        cast = [*MAAS, {"slug": "sister", "business_models": []}]
        figures = [revenue("2025", 12 * MILLION), revenue("2025", 9 * MILLION, subject="company:sister")]
        held = limit(
            "kimi-k3", "service-revenue", companies=cast, controls=[control("acme", "sister")],
            measurements=figures,
        )  # fmt: skip
        alone = limit("kimi-k3", "service-revenue", companies=cast, measurements=figures)
        assert (held.outcome, alone.outcome) == ("fail", "pass")


class TestYears:
    @pytest.mark.parametrize(
        ("license", "currency", "edge", "at_edge"),
        [
            ("stability-ai-community", "USD", MILLION, "review"),
            ("lfm-open-1.0", "USD", 10 * MILLION, "review"),
            ("nxai-community", "EUR", 100 * MILLION, "pass"),
        ],
    )
    @pytest.mark.parametrize("year", ["2025", "2025-04/2026-03", "2025-11/2026-10"])
    def test_a_year_may_be_any_that_is_kept(self, license, currency, edge, at_edge, year):
        for away, outcome in ((-1, "pass"), (0, at_edge), (1, "fail")):
            figures = [revenue(year, edge + away, currency)]
            assert limit(license, measurements=figures).outcome == outcome, away

    def test_a_calendar_year_is_no_fiscal_one(self):
        """bilibili names the calendar year that precedes."""
        people = users("2026-10", 5)
        for figures, outcome in (
            ([revenue("2025", BILLION, "CNY")], "pass"),
            ([revenue("2025", BILLION + 1, "CNY")], "fail"),
            ([revenue("2025-04/2026-03", BILLION + 1, "CNY")], "unknown"),
            ([revenue("2024", 5, "CNY")], "unknown"),
            (months("2025-01", *[0] * 12), "pass"),
            ([revenue("2024", 9 * BILLION, "CNY"), revenue("2025", 5, "CNY")], "pass"),
        ):
            found = limit("bilibili-indextts", measurements=[people, *figures])
            assert found.outcome == outcome, figures

    def test_users_or_revenue(self):
        for people, money, outcome in (
            (100 * MILLION, BILLION, "pass"),
            (100 * MILLION + 1, None, "fail"),
            (None, BILLION + 1, "fail"),
            (5, None, "unknown"),
        ):
            figures = [] if people is None else [users("2026-10", people)]
            figures += [] if money is None else [revenue("2025", money, "CNY")]
            assert limit("bilibili-indextts", measurements=figures).outcome == outcome

    @pytest.mark.parametrize(
        ("license", "uses", "kind", "outcome"),
        [
            ("lfm-open-1.0", {"commercial": False}, "commercial", "not_applicable"),
            # 5(c) frees a non-profit's use for purposes that involve no commercial use, and no other.
            ("lfm-open-1.0", {"commercial": True}, "non_profit", "fail"),
            ("lfm-open-1.0", {"commercial": False}, "non_profit", "not_applicable"),
            ("lfm-open-1.0", {"commercial": "unknown"}, "non_profit", "unknown"),
            ("stability-ai-community", {"commercial": False}, "commercial", "fail"),
            ("stability-ai-community", {"integrated_end_user_product": True}, "commercial", "not_applicable"),
            ("nxai-community", {"commercial": False}, "commercial", "not_applicable"),
            ("nxai-community", {"integrated_end_user_product": True}, "commercial", "not_applicable"),
            ("nxai-community", {"internal_only": True}, "commercial", "fail"),
        ],
    )
    def test_purposes_and_exemptions(self, license, uses, kind, outcome):
        figures = [revenue("2025", BILLION, "USD"), revenue("2025", BILLION, "EUR")][
            -1 if "nxai" in license else 0
        ]
        cast = [{"slug": "acme", "kind": kind}]
        found = limit(license, companies=cast, measurements=[figures], deployment={"uses": uses})
        assert found.outcome == outcome

    @pytest.mark.parametrize(("license", "percent", "counts"), [
        ("lfm-open-1.0", 50, True), ("lfm-open-1.0", "49.99", False),
        ("stability-ai-community", 50, False), ("stability-ai-community", 51, True),
        ("nxai-community", 50, False),
    ])  # fmt: skip
    def test_half_is_control_where_the_text_says_so(self, license, percent, counts):
        currency = "EUR" if "nxai" in license else "USD"
        figures = [revenue("2025", 5, currency), revenue("2025", BILLION, currency, "company:sister")]
        found = limit(
            license, companies=companies("sister"), controls=[control("acme", "sister", percent)],
            measurements=figures,
        )  # fmt: skip
        assert found.outcome == ("fail" if counts else "pass")


class TestConsolidated:
    """Mistral and NXAI speak of consolidated revenue: what members sell each other drops out."""

    @pytest.mark.parametrize(
        ("own", "sisters", "declared", "outcome"),
        [
            (20 * MILLION, 0, None, "pass"),
            (20 * MILLION + 1, 0, None, "fail"),
            (15 * MILLION, 15 * MILLION, None, "review"),
            (15 * MILLION, 15 * MILLION, 19 * MILLION, "pass"),
            (15 * MILLION, 15 * MILLION, 21 * MILLION, "fail"),
            (9 * MILLION, 9 * MILLION, None, "pass"),
            (5, 21 * MILLION, None, "fail"),
        ],
    )
    def test_the_month_before(self, own, sisters, declared, outcome):
        figures = [revenue("2026-10", own), revenue("2026-10", sisters, subject="company:sister")]
        if declared is not None:
            figures += [revenue("2026-10", declared, deduplicated=True)]
        found = limit(
            "mistral-modified-mit", companies=companies("sister"), controls=[control("sister", "acme")],
            measurements=figures,
        )  # fmt: skip
        assert found.outcome == outcome

    def test_any_use_is_barred(self):
        for uses in ({"commercial": False}, {"internal_only": True}, {"integrated_end_user_product": True}):
            figures = [revenue("2026-10", 21 * MILLION)]
            found = limit("mistral-modified-mit", measurements=figures, deployment={"uses": uses})
            assert found.outcome == "fail"


EVEN = rate("EUR", "USD", "2025-12-30", "1")


class TestCurrencies:
    @pytest.mark.parametrize(
        ("value", "rates", "outcome"),
        [
            (9_000_000, [], "unknown"),
            (9_000_000, [rate("EUR", "USD", "2025-12-31", "1.10")], "pass"),
            (9_000_000, [rate("EUR", "USD", "2025-12-31", "1.12")], "fail"),
            # The same rate the other way around, exactly: 9,000,000 / 0.9 = 10,000,000.
            (9_000_000, [rate("USD", "EUR", "2025-12-31", "0.9")], "review"),
            (9_000_001, [rate("USD", "EUR", "2025-12-31", "0.9")], "fail"),
            (8_999_999, [rate("USD", "EUR", "2025-12-31", "0.9")], "pass"),
            (9_000_000, [rate("EUR", "GBP", "2025-12-31", "0.9")], "unknown"),
            # The last rate of the period, not a later one.
            (
                9_000_000,
                [rate("EUR", "USD", "2025-12-31", "1.0"), rate("EUR", "USD", "2026-01-02", "2")],
                "pass",
            ),
            (
                9_000_000,
                [rate("EUR", "USD", "2024-12-31", "2"), rate("EUR", "USD", "2025-12-30", "1")],
                "pass",
            ),
            (0, [], "pass"),
        ],
    )
    def test_money_is_compared_in_the_currency_of_the_license(self, value, rates, outcome):
        found = limit("lfm-open-1.0", measurements=[revenue("2025", value, "EUR")], exchange_rates=rates)
        assert found.outcome == outcome

    def test_renminbi(self):
        rates = [rate("USD", "CNY", "2025-12-31", "7")]
        people = users("2026-10", 5)
        for millions, outcome in ((142, "pass"), (143, "fail")):
            figures = [people, revenue("2025", millions * MILLION, "USD")]
            assert limit("bilibili-indextts", measurements=figures, exchange_rates=rates).outcome == outcome

    def test_a_third_of_a_unit_does_not_move_the_limit(self):
        """3 EUR to the USD: 30,000,000 EUR are 10,000,000 USD to the cent."""
        rates = [rate("USD", "EUR", "2025-12-31", "3")]
        found = limit(
            "lfm-open-1.0", measurements=[revenue("2025", 30 * MILLION, "EUR")], exchange_rates=rates
        )
        assert found.outcome == "review"
