from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.companies import Control
from governance.core.facts import CompaniesFacts, Grant
from governance.core.grants import covering, next_turn

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SOLD = datetime(2027, 1, 1, tzinfo=UTC)
SCOUT = "meta-llama/Llama-4-Scout"
GROUP = CompaniesFacts(
    licensee="acme-eu",
    controls=(
        Control(parent="acme", child="acme-eu", percent=Decimal(60), end=date(2027, 1, 1)),
        Control(parent="acme", child="half", percent=Decimal(50)),
    ),
)


def grant(**fields):
    return Grant(**{"company": "acme", "license": "llama4", **fields})


def covered(*grants, licensee="acme", regions=("US",), as_of=NOW, repo_ids=(SCOUT,)):
    return covering(
        grants,
        license="llama4",
        repo_ids=repo_ids,
        licensee=licensee,
        companies=GROUP,
        regions=regions,
        as_of=as_of,
    )


@pytest.mark.parametrize(
    ("fields", "question", "covers"),
    [
        ({}, {}, True),
        ({"license": "llama3"}, {}, False),
        ({}, {"licensee": "acme-eu"}, False),
        ({"covers_affiliates": True}, {"licensee": "acme-eu"}, True),
        ({"covers_affiliates": True}, {"licensee": "half"}, False),
        (
            {"covers_affiliates": True},
            {"licensee": "acme-eu", "as_of": SOLD},
            False,
        ),
        ({"covers_affiliates": True}, {"licensee": ""}, False),
        ({"company": ""}, {"licensee": ""}, False),
        ({"models": ("META-llama/llama-4-scout",)}, {}, True),
        ({"models": ("meta-llama/Llama-4-Maverick",)}, {}, False),
        (
            {"models": (SCOUT,)},
            {"repo_ids": ("acme/Llama-x", SCOUT)},
            True,
        ),
        ({"territories": ("US",)}, {}, True),
        ({"territories": ("EU",)}, {"regions": ("DE", "FR")}, True),
        ({"territories": ("EU",)}, {"regions": ("DE", "US")}, False),
        ({"territories": ("EU",)}, {"regions": None}, False),
        ({"territories": ("EU",)}, {"regions": ()}, False),
        ({}, {"regions": None}, True),
        ({"start": NOW}, {}, True),
        ({"start": NOW + SECOND}, {}, False),
        ({"end": NOW + SECOND}, {}, True),
        ({"end": NOW}, {}, False),
    ],
)
def test_a_grant_covers_within_its_scope_and_to_the_second(fields, question, covers):
    assert (covered(grant(**fields), **question) is not None) is covers


def test_a_grant_without_a_cap_is_preferred():
    capped = grant(reference="capped", cap_metric="monthly_active_users", cap_limit=Decimal(10))
    assert covered(capped, grant(reference="free")).reference == "free"
    assert covered(capped).reference == "capped"


def test_coverage_turns_with_the_next_start_end_or_sale_of_a_company():
    def turn(*grants):
        return next_turn(grants, license="llama4", companies=GROUP, as_of=NOW)

    assert turn(grant()) is None
    assert turn(grant(end=NOW + SECOND), grant(start=NOW + 2 * SECOND)) == NOW + SECOND
    assert turn(grant(end=NOW + SECOND, license="llama3")) is None
    assert turn(grant(covers_affiliates=True)) == SOLD


SECONDS = st.none() | st.integers(-100, 100).map(lambda n: NOW + n * SECOND)


@given(st.lists(st.tuples(SECONDS, SECONDS), max_size=4), st.integers(0, 100))
def test_nothing_changes_before_the_next_turn(spans, later):
    grants = [grant(start=start, end=end) for start, end in spans]
    turn = next_turn(grants, license="llama4", companies=GROUP, as_of=NOW)
    then = NOW + later * SECOND
    if turn is None or then < turn:
        assert covered(*grants, as_of=then) == covered(*grants)
