from __future__ import annotations

from collections.abc import Hashable
from datetime import timedelta
from typing import Any

import pytest

from governance.core.facts import CompaniesFacts, DeploymentFacts, Facet, Facts, GrantsFacts, UsageFacts, Uses
from governance.core.thresholds_case import Case, case_key
from governance.core.values import Keyed
from tests.core.threshold_cast import NOW, grant, license_terms
from tests.plugins.policies.cast import governed

CASE = {
    "terms": governed(license_terms()),
    "companies": CompaniesFacts(licensee="acme"),
    "usage": UsageFacts(),
    "grants": GrantsFacts(),
    "product": "chat",
    "regions": ("US",),
    "uses": Uses(commercial=True),
    "shown_phrases": None,
    "as_of": NOW,
}
"""What cases come from: the name, the maker and the models of a license are part of its terms."""
CHANGED = {
    "terms": governed(license_terms()),
    "companies": CompaniesFacts(licensee="acme"),
    "usage": UsageFacts(),
    "grants": GrantsFacts(),
    "product": "mail",
    "regions": ("DE",),
    "uses": Uses(commercial=False),
    "shown_phrases": ("Built with Llama",),
    "as_of": NOW + timedelta(days=1),
}


def key(**more: Any) -> Hashable:
    seen = CASE | more
    facets = {Facet(name): seen.pop(name) for name in ("terms", "companies", "usage", "grants")}
    as_of = seen.pop("as_of")
    return case_key(Facts(as_of, facets | {Facet.DEPLOYMENT: DeploymentFacts(environment="", **seen)}))


def test_all_that_a_case_holds_is_told_apart():
    assert set(Case._fields) - set(CASE) == {"license", "licensor", "repo_ids"}


@pytest.mark.parametrize("field", CHANGED)
def test_whatever_a_case_comes_from_tells_it_from_others(field):
    assert key() == key()
    assert key(**{field: CHANGED[field]}) != key()


@pytest.mark.parametrize("use", Uses.model_fields)
def test_every_way_of_use_tells_a_case_from_others(use):
    assert key(uses=Uses().model_copy(update={use: "told"})) != key(uses=Uses())


def test_the_time_of_day_matters_to_grants_only():
    later = NOW + timedelta(seconds=1)
    granted = GrantsFacts(grants=(grant(),))
    assert key(as_of=later) == key()
    assert key(as_of=later, grants=granted) != key(grants=granted)


def test_a_key_is_equal_by_what_it_says_or_to_itself_alone():
    assert Keyed([1], "a") == Keyed([2], "a")
    assert hash(Keyed([1], "a")) == hash(Keyed([2], "a"))
    same = [1]
    assert Keyed(same) == Keyed(same)
    assert Keyed(same) != Keyed([1])
