from __future__ import annotations

import pytest

from governance.core.territories import COUNTRIES, EEA, EU, expand, within


def test_the_union_has_27_members_and_7_parts_with_codes_of_their_own():
    assert len(EU) == 27 + 7
    assert {"GB", "CH", "NO"}.isdisjoint(EU)
    assert {"IS", "LI", "NO"} == EEA - EU


def test_all_249_countries_are_known():
    assert len(COUNTRIES) == 249


@pytest.mark.parametrize(
    ("named", "countries", "strange"),
    [
        (("US",), {"US"}, ()),
        (("us", " kr "), {"US", "KR"}, ()),
        (("US-CA",), {"US"}, ()),
        (("UK",), {"GB"}, ()),
        (("EU",), EU, ()),
        (("world",), COUNTRIES, ()),
        (("US", "Atlantis"), {"US"}, ("Atlantis",)),
        (("eu-west-2",), set(), ("eu-west-2",)),
        ((), set(), ()),
    ],
)
def test_names_of_regions_expand_to_countries(named, countries, strange):
    assert expand(named) == (countries, strange)


@pytest.mark.parametrize(
    ("regions", "territory", "inside"),
    [
        (("DE", "FR"), ("EU",), True),
        (("DE", "GB"), ("EU",), False),
        (("EU",), ("EEA",), True),
        (("EU",), ("DE",), False),
        (("Atlantis",), ("WORLD",), False),
        ((), ("EU",), False),
    ],
)
def test_only_regions_that_are_known_to_lie_in_a_territory_do(regions, territory, inside):
    assert within(regions, territory) is inside
