"""Limits that ask for a display only, and limits on what the licensee does."""

from __future__ import annotations

import pytest

from tests.examination.examiner import control, limit, revenue, users

MILLION = 1_000_000
BILLION = 1_000 * MILLION
CHAT = "product:chat"


class TestDisplays:
    """Kimi K2, Kimi K3 and Qwen Community: users or revenue of one product ask for a display only."""

    LICENSES = pytest.mark.parametrize(
        ("license", "phrase"), [("kimi-k2", "Kimi K2"), ("kimi-k3", "Kimi K3"), ("qwen-community-1.0", "")]
    )

    @LICENSES
    @pytest.mark.parametrize(
        ("people", "money", "outcome"),
        [
            (100 * MILLION, 20 * MILLION, "pass"),
            (100 * MILLION + 1, 0, "duty"),
            (0, 20 * MILLION + 1, "duty"),
            (100 * MILLION + 1, None, "duty"),
            (None, 20 * MILLION + 1, "duty"),
            (5, None, "unknown"),
            (None, 5, "unknown"),
        ],
    )
    def test_either_figure(self, license, phrase, people, money, outcome):
        figures = [] if people is None else [users("2026-10", people, CHAT)]
        figures += [] if money is None else [revenue("2026-10", money, subject=CHAT)]
        found = limit(license, "display", measurements=figures)
        assert found.outcome == outcome
        if outcome == "duty":
            assert phrase in found.reason
            assert phrase in found.how_to_fix

    @LICENSES
    def test_the_company_is_not_the_product(self, license, phrase):
        figures = [
            users("2026-10", 900 * MILLION),
            users("2026-10", 5, CHAT),
            revenue("2026-10", 5, subject=CHAT),
        ]
        assert limit(license, "display", measurements=figures).outcome == "pass"

    @LICENSES
    def test_without_a_product_nothing_can_be_told(self, license, phrase):
        found = limit(license, "display", deployment={"product": "unknown"})
        assert (found.outcome, found.missing) == ("unknown", ("deployment.product",))

    @LICENSES
    def test_use_that_is_not_commercial(self, license, phrase):
        figures = [users("2026-10", 900 * MILLION, CHAT)]
        uses = {"uses": {"commercial": False}}
        assert limit(license, "display", measurements=figures, deployment=uses).outcome == "not_applicable"

    def test_internal_use_is_exempt_from_k3_and_not_from_k2(self):
        figures = [users("2026-10", 900 * MILLION, CHAT)]
        uses = {"uses": {"internal_only": True}}
        assert limit("kimi-k3", "display", measurements=figures, deployment=uses).outcome == "not_applicable"
        assert limit("kimi-k2", "display", measurements=figures, deployment=uses).outcome == "duty"

    @pytest.mark.parametrize(
        ("license", "shown", "outcome"),
        [
            ("kimi-k2", ["Kimi K2"], "pass"),
            ("kimi-k2", ["Kimi K3"], "duty"),
            ("kimi-k2", ["kimi k2"], "duty"),
            ("kimi-k2", [], "duty"),
            ("kimi-k3", ["Kimi K2", "Kimi K3"], "pass"),
            ("qwen-community-1.0", ["model"], "pass"),  # the repository of the cast is sample/model
            ("qwen-community-1.0", ["<model name>"], "duty"),
        ],
    )
    def test_the_phrase_that_is_shown_is_the_evidence(self, license, shown, outcome):
        """Design, section 4: what clears a display is shown evidence."""
        figures = [users("2026-10", 101 * MILLION, CHAT)]
        found = limit(license, "display", measurements=figures, deployment={"shown_phrases": shown})
        assert found.outcome == outcome


class TestBusinesses:
    @pytest.mark.parametrize(
        ("models", "outcome"),
        [
            ([], "pass"),
            ("unknown", "unknown"),
            (["cloud_provider", "image_generation"], "pass"),
            (["ai_work_assistant"], "fail"),
            (["model_as_a_service"], "fail"),
            (["cloud_provider", "Model_As_A_Service"], "fail"),
        ],
    )
    def test_qwen_community_asks_for_the_business_alone(self, models, outcome):
        cast = [{"slug": "acme", "business_models": models}]
        assert limit("qwen-community-1.0", "business", companies=cast).outcome == outcome

    def test_an_affiliates_business_counts_and_an_unknown_one_is_unknown(self):
        for models, outcome in ((["ai_work_assistant"], "fail"), ("unknown", "unknown"), ([], "pass")):
            cast = [{"slug": "acme", "business_models": []}, {"slug": "sister", "business_models": models}]
            controls = [control("sister", "acme", 51)]
            assert (
                limit("qwen-community-1.0", "business", companies=cast, controls=controls).outcome == outcome
            )

    @pytest.mark.parametrize(
        ("uses", "outcome"),
        [({"internal_only": True}, "not_applicable"), ({"commercial": False}, "not_applicable"),
         ({"model_as_a_service": True}, "fail")],
    )  # fmt: skip
    def test_of_qwen_community_who_is_exempt(self, uses, outcome):
        cast = [{"slug": "acme", "business_models": ["model_as_a_service"]}]
        found = limit("qwen-community-1.0", "business", companies=cast, deployment={"uses": uses})
        assert found.outcome == outcome

    @pytest.mark.parametrize(("license", "edge"), [("kimi-k3", 20 * MILLION), ("glm-5.3", 10 * BILLION)])
    @pytest.mark.parametrize(
        ("models", "away", "outcome"),
        [
            (["model_as_a_service"], 0, "pass"),
            (["model_as_a_service"], 1, "fail"),
            (["model_as_a_service"], None, "unknown"),
            ([], 1, "pass"),
            ([], None, "pass"),
            ("unknown", 0, "pass"),
            ("unknown", 1, "unknown"),
            ("unknown", None, "unknown"),
        ],
    )
    def test_business_and_revenue(self, license, edge, models, away, outcome):
        cast = [{"slug": "acme", "business_models": models}]
        figures = [] if away is None else [revenue("2025-11/2026-10", edge + away)]
        found = limit(license, "service-revenue", companies=cast, measurements=figures)
        assert found.outcome == outcome

    def test_internal_use_is_exempt_from_kimi_and_not_from_glm(self):
        cast = [{"slug": "acme", "business_models": ["model_as_a_service"]}]
        uses = {"uses": {"internal_only": True}}
        figures = [revenue("2025-11/2026-10", 11 * BILLION)]
        said = {"companies": cast, "deployment": uses, "measurements": figures}
        assert limit("kimi-k3", "service-revenue", **said).outcome == "not_applicable"
        assert limit("glm-5.3", "service-revenue", **said).outcome == "fail"
