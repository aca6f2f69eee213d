from __future__ import annotations

from datetime import timedelta

import pytest

from governance.core.facts import CompaniesFacts, GrantsFacts, UsageFacts, Uses
from governance.core.thresholds_case import Case
from governance.core.values import Keyed
from tests.core.threshold_cast import NOW, World, grant

CHANGED = {
    "license": "other",
    "licensor": "Other",
    "repo_ids": ("org/other",),
    "companies": CompaniesFacts(licensee="acme"),
    "usage": UsageFacts(),
    "grants": GrantsFacts(),
    "product": "mail",
    "regions": ("DE",),
    "uses": Uses(commercial=False),
    "as_of": NOW + timedelta(days=1),
    "shown_phrases": ("Built with Llama",),
}


@pytest.mark.parametrize("field", Case._fields)
def test_whatever_a_case_holds_tells_it_from_others(field):
    case = World().case
    assert case._replace(**{field: CHANGED[field]}).key != case.key


def test_the_time_of_day_matters_to_grants_only():
    later = {"as_of": NOW + timedelta(seconds=1)}
    free, granted = World().case, World(grants=(grant(),)).case
    assert free._replace(**later).key == free.key
    assert granted._replace(**later).key != granted.key


def test_a_key_is_equal_by_what_it_says_or_to_itself_alone():
    assert Keyed([1], "a") == Keyed([2], "a")
    assert hash(Keyed([1], "a")) == hash(Keyed([2], "a"))
    same = [1]
    assert Keyed(same) == Keyed(same)
    assert Keyed(same) != Keyed([1])
