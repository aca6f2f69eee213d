from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from governance.core.facts import Facet, Facts, GoverningLicense, GrantsFacts, TermsFacts
from governance.core.policy import ParamsError
from governance.core.terms import Parts, Whose
from plugins.policies.license_usage_threshold import UsageThreshold
from tests.core.threshold_cast import (
    KIMI_K2,
    LLAMA_31,
    M,
    World,
    figure,
    grant,
    license_terms,
    threshold,
    users,
)
from tests.plugins.policies.cast import governed, judge, only

MODEL = "acme/base"
LLAMA = license_terms(LLAMA_31, key="llama3.1")
NO_GRANTS = GrantsFacts()
FREE = license_terms(key="mit")
OVER = World((figure("product:chat", "2024-06", 720 * M),))


def facts(world: World, terms: TermsFacts) -> Facts:
    facets = {
        Facet.TERMS: terms,
        Facet.USAGE: world.usage,
        Facet.COMPANIES: world.companies,
        Facet.GRANTS: GrantsFacts(grants=world.grants),
        Facet.DEPLOYMENT: world.deployment,
    }
    return Facts(world.as_of, facets)


def verdict(world: World, *licenses, **params):
    terms = licenses[0] if isinstance(licenses[0], TermsFacts) else governed(*licenses)
    return judge(UsageThreshold, facts(world, terms), **params)


def test_a_limit_that_is_passed_fails_with_all_that_a_reader_needs():
    finding = only(verdict(OVER, LLAMA))
    assert (finding.outcome, finding.license, finding.section) == ("fail", "llama3.1", "2")
    assert "720,000,000" in finding.reason
    assert "Ask Meta" in finding.how_to_fix
    assert finding.evidence["standing"] == "exceeded"
    assert (finding.evidence["low"], finding.evidence["limit"]) == (720 * M, 700 * M)


def test_a_missing_figure_is_named():
    finding = only(verdict(World(), LLAMA))
    assert (finding.outcome, finding.missing) == ("unknown", ("product:chat monthly_active_users 2024-06",))


def test_each_limit_of_each_license_is_a_finding():
    two = license_terms(LLAMA_31, KIMI_K2.model_copy(update={"id": "display"}), key="llama3.1")
    answer = verdict(OVER, two, license_terms(LLAMA_31, key="llama3"))
    assert [(f.license, f.evidence["threshold"]) for f in answer.findings] == [
        ("llama3.1", "limit"),
        ("llama3.1", "display"),
        ("llama3", "limit"),
    ]


def test_without_any_limit_it_does_not_apply():
    answer = verdict(World(), FREE)
    assert (answer.outcome, answer.holds_until) == ("not_applicable", None)


@pytest.mark.parametrize(
    "terms",
    [
        TermsFacts(),
        governed(FREE, unknown=("up/1: not registered",)),
        TermsFacts(governing=(GoverningLicense(license="gone", repo_id="a/b"),)),
    ],
    ids=["no license", "an unknown ancestor", "no terms"],
)
def test_what_is_not_known_may_set_a_limit(terms):
    finding = only(verdict(World(), terms))
    assert finding.outcome == "unknown"
    assert finding.missing


def test_a_limit_within_bounds_does_not_hide_an_unknown_ancestor():
    small = World((figure("product:chat", "2024-06", 1),))
    answer = verdict(small, governed(LLAMA, unknown=("up/1: not registered",)))
    assert [f.outcome for f in answer.findings] == ["pass", "unknown"]


@pytest.mark.parametrize(
    ("parts", "outcome"), [((Parts.THRESHOLDS,), "fail"), ((Parts.DUTIES,), "not_applicable")]
)
def test_an_ancestor_binds_by_what_it_passes_on(parts, outcome):
    assert verdict(OVER, governed(FREE, LLAMA, parts=parts)).outcome == outcome


def test_terms_that_nobody_checked_ask_for_a_person_where_they_would_fail():
    finding = only(verdict(OVER, license_terms(LLAMA_31, verified=False)))
    assert finding.outcome == "review"
    assert finding.reason.endswith("These terms were not verified against the text of the license.")
    assert only(verdict(World(), license_terms(LLAMA_31, verified=False))).outcome == "unknown"


class TestGrants:
    @pytest.mark.parametrize(
        ("model", "outcome"), [(MODEL, "pass"), ("up/1", "pass"), ("Up/1", "pass"), ("up/2", "fail")]
    )
    def test_one_for_the_model_or_for_the_ancestor_clears(self, model, outcome):
        held = OVER.but(grants=(grant(license="llama3.1", models=(model,)),))
        assert verdict(held, FREE, LLAMA).outcome == outcome

    def test_one_for_another_license_does_not(self):
        held = OVER.but(grants=(grant(license="llama3"),))
        assert verdict(held, LLAMA).outcome == "fail"

    def test_the_verdict_holds_until_it_ends(self):
        end = datetime(2026, 12, 24, 8, 30, tzinfo=UTC)
        answer = verdict(OVER.but(grants=(grant(license="llama3.1", end=end),)), LLAMA)
        assert (answer.outcome, answer.holds_until) == ("pass", end)
        assert "G-1" in only(answer).reason


class TestHoldsUntil:
    def test_the_soonest_of_all_limits_counts(self):
        rolling = license_terms(threshold(users(10, Whose.PRODUCT)), key="qwen")
        world = World((figure("product:chat", "2026-10", 1), figure("product:chat", "2024-06", 1)))
        assert verdict(world, LLAMA).holds_until is None
        assert verdict(world, LLAMA, rolling).holds_until == datetime(2026, 12, 1, tzinfo=UTC)


class TestWarnAt:
    @pytest.mark.parametrize(
        ("share", "users", "standing"),
        [
            (0.8, 560 * M, "approaching"),
            (0.8, 560 * M - 1, "below"),
            (0.1, 70 * M, "approaching"),
            (1, 700 * M, "approaching"),
            (1, 700 * M - 1, "below"),
        ],
    )
    def test_a_share_of_the_limit_is_near(self, share, users, standing):
        world = World((figure("product:chat", "2024-06", users),))
        finding = only(verdict(world, LLAMA, warn_at=share))
        assert (finding.outcome, finding.evidence["standing"]) == ("pass", standing)

    @pytest.mark.parametrize("share", [0, -1, 1.01, "much", None])
    def test_anything_but_a_share_is_refused(self, share):
        with pytest.raises(ParamsError, match="warn_at"):
            UsageThreshold.parse_params({"warn_at": share})


def test_deployments_that_limits_see_alike_are_judged_once():
    terms, usage, companies = governed(LLAMA), OVER.usage, OVER.companies

    def finding(**deployment):
        facets = {
            Facet.TERMS: terms,
            Facet.USAGE: usage,
            Facet.COMPANIES: companies,
            Facet.GRANTS: NO_GRANTS,
            Facet.DEPLOYMENT: OVER.deployment.model_copy(update=deployment),
        }
        return only(judge(UsageThreshold, Facts(OVER.as_of, facets)))

    assert finding(environment="staging", published_name="x") is finding()
    assert finding(product="mail") is not finding()


def test_figures_survive_the_way_through_json():
    world = World((figure("product:chat", "2024-06", Decimal("700000000.5")),))
    kept = facts(world, governed(LLAMA))
    bodies = {
        facet: getattr(kept, facet).model_dump_json(exclude_defaults=True) for facet in UsageThreshold.reads
    }
    again = Facts.from_json(world.as_of.isoformat(), bodies)
    assert judge(UsageThreshold, again) == judge(UsageThreshold, kept)
    assert judge(UsageThreshold, again).outcome == "fail"
