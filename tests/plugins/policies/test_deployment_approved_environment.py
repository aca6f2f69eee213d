from __future__ import annotations

import pytest

from plugins.policies.deployment_approved_environment import ApprovedEnvironment
from tests.plugins.policies.cast import deployment, facts, judge


def verdict(params, **where):
    return judge(ApprovedEnvironment, facts(deployment=deployment(**where)), **params)


@pytest.mark.parametrize(
    ("environment", "approved", "outcome"),
    [
        ("production", None, "pass"),
        ("laptop", None, "fail"),
        ("production", ("staging",), "fail"),
        ("laptop", ("laptop",), "pass"),
        ("Production", None, "fail"),
        ("", None, "unknown"),
    ],
)
def test_only_approved_environments_pass(environment, approved, outcome):
    params = {"environments": approved} if approved else {}
    assert verdict(params, environment=environment).outcome == outcome


@pytest.mark.parametrize(
    ("regions", "approved", "outcome"),
    [
        (None, (), "pass"),
        (("US",), ("US",), "pass"),
        (("DE", "FR"), ("EU",), "pass"),
        (("DE", "US"), ("EU",), "fail"),
        (None, ("EU",), "unknown"),
        ((), ("EU",), "unknown"),
        (("Atlantis",), ("EU",), "unknown"),
        (("Atlantis", "US"), ("EU",), "fail"),
    ],
)
def test_regions_are_judged_where_some_are_approved(regions, approved, outcome):
    assert verdict({"regions": approved}, regions=regions).outcome == outcome


def test_a_missing_region_is_named():
    found = verdict({"regions": ("EU",)}, regions=("Atlantis",)).findings[1]
    assert found.missing == ("deployment.regions: 'Atlantis' is no region",)
