"""Cases through intake, database, facts, runner and decision: what the core judges must also reach it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from governance.pipeline import intake
from tests.examination.examiner import figure, revenue, users
from tests.examination.platform import LIMIT, Platform

pytestmark = pytest.mark.django_db
MILLION = 1_000_000
BILLION = 1_000 * MILLION
CHAT = "product:chat"
MAAS = {"business_models": ["model_as_a_service"]}

SMALL = [users("2026-10", 5, CHAT), revenue("2026-10", 5, subject=CHAT)]

# License, what the company says of itself, figures, outcome of the limit.
EDGES = [
    ("llama2", {}, [users("2023-06", 700 * MILLION)], "pass"),
    ("llama2", {}, [users("2023-06", 700 * MILLION + 1)], "fail"),
    ("llama3", {}, [users("2024-03", 700 * MILLION + 1, CHAT)], "fail"),
    ("llama3", {}, [users("2024-04", 5, CHAT)], "unknown"),
    ("llama3.1", {}, [users("2024-06", 650 * MILLION, CHAT), users("2026-10", 900 * MILLION, CHAT)], "pass"),
    ("llama3.2", {}, [users("2024-08", 700 * MILLION + 1, CHAT)], "fail"),
    ("llama3.2", {}, [users("2024-09", 5, CHAT)], "unknown"),
    ("llama3.3", {}, [users("2024-11", (690 * MILLION, 710 * MILLION), CHAT)], "review"),
    ("llama4", {}, [users("2025-03", 720 * MILLION, CHAT)], "fail"),
    ("databricks-open-model", {}, [users("2024-02", 701 * MILLION, CHAT)], "fail"),
    ("tencent-hunyuan-large", {}, [users("2024-10", 100 * MILLION, CHAT)], "pass"),
    ("tencent-hunyuan-a13b", {}, [users("2025-05", 100 * MILLION + 1, CHAT)], "fail"),
    ("kolors", {}, [users("2026-10", 300 * MILLION + 1, CHAT)], "fail"),
    ("qwen", {}, [users("2026-10", 100 * MILLION + 1, CHAT)], "fail"),
    ("tongyi-qianwen", {}, [users("2026-10", 100 * MILLION, CHAT)], "pass"),
    (
        "kimi-k2",
        {},
        [users("2026-10", 100 * MILLION + 1, CHAT), revenue("2026-10", 5, subject=CHAT)],
        "duty",
    ),
    ("kimi-k2", {}, [users("2026-10", 5, CHAT), revenue("2026-10", 21 * MILLION, subject=CHAT)], "duty"),
    (
        "kimi-k3",
        MAAS,
        [revenue("2025-11/2026-10", 21 * MILLION), *SMALL],
        "fail",
    ),
    ("glm-5.3", MAAS, [revenue("2025", 10 * BILLION + 1)], "fail"),
    ("glm-5.3", MAAS, [revenue("2025", 10 * BILLION)], "pass"),
    ("glm-5.3", {}, [revenue("2025", 11 * BILLION)], "pass"),
    ("glm-5.3", {"business_models": None}, [revenue("2025", 11 * BILLION)], "unknown"),
    ("glm-5.3", MAAS, [revenue(f"2025-{n:02}", 900 * MILLION) for n in range(1, 13)], "fail"),
    ("glm-5.3", MAAS, [revenue(f"2025-{n:02}", 5) for n in range(1, 13)], "pass"),
    ("stability-ai-community", {}, [revenue("2025", MILLION)], "review"),
    ("stability-ai-community", {}, [revenue("2025-04/2026-03", MILLION + 1)], "fail"),
    ("lfm-open-1.0", {}, [revenue("2025", 9_999_999)], "pass"),
    ("nxai-community", {}, [revenue("2025", 100 * MILLION + 1, "EUR")], "fail"),
    ("mistral-modified-mit", {}, [revenue("2026-10", 20 * MILLION + 1)], "fail"),
    ("mistral-modified-mit", {}, [revenue("2026-09", 5)], "unknown"),
    ("bilibili-indextts", {}, [users("2026-10", 5, CHAT), revenue("2025", BILLION + 1, "CNY")], "fail"),
    ("bilibili-indextts", {}, [users("2026-10", 5, CHAT), revenue("2025", BILLION, "CNY")], "pass"),
    ("apache-2.0", {}, [], "not_applicable"),
    ("creativeml-openrail-m", {}, [], "not_applicable"),
]  # fmt: skip


@pytest.mark.parametrize(("license", "company", "figures", "outcome"), EDGES)
def test_the_edges_of_limits(platform: Platform, license, company, figures, outcome):
    platform.company("acme", **company)
    if figures:
        platform.measured(*figures)
    assert platform.ask(platform.model(license)).of(LIMIT) == outcome


class TestTime:
    def test_what_was_known_decides_what_is_said(self, platform: Platform):
        model = platform.model("llama3.1")
        before = datetime.now(UTC)
        first = platform.measured(users("2024-06", 720 * MILLION, CHAT))
        second = platform.measured(users("2024-06", 690 * MILLION, CHAT))
        told = [platform.ask(model, known_at=known).of(LIMIT) for known in (before, first, second, None)]
        assert told == ["unknown", "fail", "pass", "pass"]

    def test_a_day_in_the_past_reads_the_month_before_it(self, platform: Platform):
        model = platform.model("kolors")
        platform.measured(users("2026-05", 400 * MILLION, CHAT), users("2026-06", 5, CHAT))
        days = [date(2026, 6, 1), date(2026, 6, 30), date(2026, 7, 1), date(2026, 8, 1)]
        told = [platform.ask(model, as_of=day).of(LIMIT) for day in days]
        assert told == ["fail", "fail", "pass", "unknown"]

    def test_a_day_in_the_future_reads_what_is_not_there_yet(self, platform: Platform):
        model = platform.model("llama3.1")
        platform.measured(users("2024-06", 5, CHAT))
        assert platform.ask(model, as_of=date(2040, 2, 29)).of(LIMIT) == "pass"

    def test_a_company_counts_until_the_day_of_its_sale(self, platform: Platform):
        model = platform.model("kolors")
        platform.company("sister")
        platform.control("acme", "sister", 80, **{"from": "2020-01-01", "to": "2026-08-15"})
        platform.measured(
            *(users(f"2026-{n:02}", 5, CHAT) for n in range(6, 9)),
            *(users(f"2026-{n:02}", 400 * MILLION, "company:sister") for n in range(6, 9)),
        )
        days = [date(2026, 8, 14), date(2026, 8, 15), date(2026, 9, 1)]
        assert [platform.ask(model, as_of=day).of(LIMIT) for day in days] == ["fail", "pass", "pass"]


class TestGroups:
    def sister(self, platform: Platform, *controls, license="llama3.1", month="2024-06"):
        for slug in ("sister", "third", "holding"):
            platform.company(slug)
        for one in controls:
            platform.control(*one)
        platform.measured(users(month, 5, CHAT), users(month, 800 * MILLION, "company:sister"))
        return platform.ask(platform.model(license)).of(LIMIT)

    @pytest.mark.parametrize(
        ("controls", "outcome"),
        [
            ([("holding", "acme", 51), ("holding", "sister", 51)], "fail"),
            ([("holding", "acme", 51), ("holding", "sister", 50)], "pass"),
            ([("acme", "sister", 60), ("sister", "third", 60), ("third", "acme", 60)], "fail"),
            ([("acme", "third", 100), ("acme", "sister", 30), ("third", "sister", 25)], "fail"),
            ([("acme", "third", 40), ("third", "sister", 100)], "pass"),
        ],
    )
    def test_chains_and_circles(self, platform: Platform, controls, outcome):
        assert self.sister(platform, *controls) == outcome

    def test_a_sister_does_not_count_for_hunyuan(self, platform: Platform):
        held = [("holding", "acme", 100), ("holding", "sister", 100)]
        assert self.sister(platform, *held, license="tencent-hunyuan-large", month="2024-10") == "pass"

    def test_products_overlap_and_a_declared_figure_narrows(self, platform: Platform):
        model = platform.model("llama3.1")
        platform.product("search")
        platform.measured(
            users("2024-06", 500 * MILLION, CHAT), users("2024-06", 400 * MILLION, "product:search")
        )
        assert platform.ask(model).of(LIMIT) == "review"
        platform.measured(users("2024-06", 650 * MILLION, deduplicated=True))
        assert platform.ask(model).of(LIMIT) == "pass"


class TestMoney:
    @pytest.mark.parametrize(
        ("rates", "outcome"),
        [
            ([], "unknown"),
            ([("EUR", "USD", "2025-12-31", "1.1")], "pass"),
            ([("EUR", "USD", "2025-12-31", "1.12")], "fail"),
            ([("USD", "EUR", "2025-12-31", "0.9")], "review"),
            ([("USD", "EUR", "2025-12-31", "0.91")], "pass"),
            ([("EUR", "USD", "2025-12-31", "2"), ("EUR", "USD", "2025-12-31", "1")], "pass"),  # restated
        ],
    )
    def test_rates_both_ways(self, platform: Platform, rates, outcome):
        for rate in rates:
            platform.rate(*rate)
        platform.measured(revenue("2025", 9 * MILLION, "EUR"))
        assert platform.ask(platform.model("lfm-open-1.0")).of(LIMIT) == outcome


class TestGrants:
    @pytest.fixture
    def model(self, platform: Platform) -> str:
        platform.measured(users("2024-06", 720 * MILLION, CHAT))
        return platform.model("llama3.1")

    @pytest.mark.parametrize(
        ("said", "outcome"),
        [
            ({}, "pass"),
            *(({"status": one}, "fail") for one in ("draft", "requested", "denied", "revoked")),
            ({"status": "granted"}, "pass"),
            ({"models": ["by-hand/llama3.1"]}, "pass"),
            ({"models": ["by-hand/other"]}, "fail"),
            ({"territories": ["US", "CA"]}, "pass"),
            ({"territories": ["EU"]}, "fail"),
            ({"from": "2026-11-02"}, "fail"),
            ({"until": "2026-11-01"}, "fail"),
            ({"cap": {"metric": "monthly_active_users", "limit": 720 * MILLION}}, "pass"),
            ({"cap": {"metric": "monthly_active_users", "limit": 719 * MILLION}}, "fail"),
        ],
    )
    def test_what_it_must_say(self, platform: Platform, model: str, said, outcome):
        platform.grant("llama3.1", **said)
        assert platform.ask(model).of(LIMIT) == outcome

    def test_growth_counts_against_the_cap(self, platform: Platform, model: str):
        platform.grant("llama3.1", cap={"metric": "monthly_active_users", "limit": 800 * MILLION})
        platform.measured(users("2026-10", 801 * MILLION, CHAT))
        assert platform.ask(model).of(LIMIT) == "fail"
        platform.measured(users("2026-10", 800 * MILLION, CHAT))
        assert platform.ask(model).of(LIMIT) == "pass"

    def test_it_ends_with_the_second(self, platform: Platform, model: str):
        platform.grant("llama3.1", until="2026-11-01T12:00:00Z")
        noon = datetime(2026, 11, 1, 12, tzinfo=UTC)
        told = [platform.ask(model, as_of=noon - timedelta(seconds=n)).of(LIMIT) for n in (1, 0)]
        assert told == ["pass", "fail"]

    def test_of_another_license_it_says_nothing(self, platform: Platform, model: str):
        platform.grant("llama3.3")
        assert platform.ask(model).of(LIMIT) == "fail"

    @pytest.mark.parametrize(("covers", "outcome"), [(True, "pass"), (False, "fail")])
    def test_of_the_holding_it_covers_affiliates_if_it_says_so(self, platform, model, covers, outcome):
        platform.company("holding")
        platform.control("holding", "acme", 75)
        platform.grant("llama3.1", "holding", covers_affiliates=covers)
        assert platform.ask(model).of(LIMIT) == outcome

    def test_taken_back_it_stays_known(self, platform: Platform, model: str):
        given = platform.grant("llama3.1")
        intake.retire_grant(grant=given, actor="examiner")
        assert platform.ask(model).of(LIMIT) == "fail"
        assert platform.ask(model, known_at=given.recorded_at).of(LIMIT) == "pass"


class TestUses:
    @pytest.mark.parametrize(
        ("license", "policy", "said", "outcome"),
        [
            ("cc-by-nc-4.0", "license.commercial-use", {}, "fail"),
            ("cc-by-nc-4.0", "license.commercial-use", {"uses": {"commercial": False}}, "pass"),
            ("creativeml-openrail-m", "license.commercial-use", {}, "pass"),
            ("tencent-hunyuan-a13b", "license.territory", {"regions": ["KR"]}, "fail"),
            ("tencent-hunyuan-a13b", "license.territory", {"output_regions": ["DE"]}, "fail"),
            ("tencent-hunyuan-large", "license.territory", {"regions": ["GB"]}, "pass"),
            ("llama2", "license.training-on-outputs", {"uses": {"outputs_train": {"target": "llm"}}}, "fail"),
            (
                "llama3.1",
                "license.training-on-outputs",
                {"uses": {"outputs_train": {"target": "llm", "published_name": "Llama-X"}}},
                "duty",
            ),
            (
                "llama3.1",
                "license.training-on-outputs",
                {"uses": {"outputs_train": {"target": "llm", "published_name": "X-Llama"}}},
                "fail",
            ),
            (
                "llama3.1",
                "license.duties",
                {"published_name": "acme/X-Llama", "uses": {"modification": "adapter", "distributed": True}},
                "fail",
            ),
            ("llama3.1", "license.duties", {"shown_phrases": ["Built with Llama"]}, "duty"),  # the use policy
            ("kimi-k3", LIMIT, {"uses": {"internal_only": True}}, "not_applicable"),
        ],
    )
    def test_what_the_deployment_says(self, platform: Platform, license, policy, said, outcome):
        model = platform.model(license)
        assert platform.ask(model, **said).of(policy) == outcome

    @pytest.mark.parametrize(
        ("domicile", "modalities", "outcome"),
        [("DE", ["text", "image"], "fail"), ("DE", ["text"], "pass"), ("US", ["text", "image"], "pass"),
         (None, ["text", "image"], "unknown"), ("DE", [], "unknown")],
    )  # fmt: skip
    def test_the_seat_and_the_modalities(self, platform: Platform, domicile, modalities, outcome):
        platform.company("acme", domicile=domicile)
        model = platform.model("llama3.2", modalities=modalities)
        assert platform.ask(model).of("license.territory") == outcome


def test_the_decision_is_the_worst_of_all(platform: Platform):
    model = platform.model("kimi-k2")
    platform.measured(users("2026-10", 101 * MILLION, CHAT), revenue("2026-10", 5, subject=CHAT))
    assert platform.ask(model).decision == "allowed_with_duties"
    assert platform.ask(model, shown_phrases=["Kimi K2"]).decision == "allowed"
    assert platform.ask(model, environment="attic").decision == "blocked"


def test_tokens_and_other_metrics_do_not_answer_for_users(platform: Platform):
    platform.measured(
        figure(CHAT, "daily_active_users", "2024-06-30", 5),
        figure(CHAT, "output_tokens_per_month", "2024-06", 5),
    )
    assert platform.ask(platform.model("llama3.1")).of(LIMIT) == "unknown"
