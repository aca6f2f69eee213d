"""Control between companies: dated, in circles if need be, and never more than all of a company."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.core.companies import ControlRule, affiliates
from governance.usage import selectors, services
from governance.usage.models import Company, Control
from tests.usage.cast import LATER, NOW, cast, faults

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _cast(db):
    cast()


def hold(parent, child, percent, *, now=NOW, **more):
    return services.record_control(
        data={"parent": parent, "child": child, "percent": percent, **more}, now=now
    )


def refused(parent="acme", child="lab", percent=60, **more):
    found = faults(hold, parent=parent, child=child, percent=percent, **more)
    return found


@pytest.mark.parametrize(
    ("given_", "field", "cause"),
    [
        ({"percent": 0}, "percent", "above zero"),
        ({"percent": -5}, "percent", "negative"),
        ({"percent": 101}, "percent", "at most 100"),
        ({"percent": "half"}, "percent", "no number"),
        ({"percent": None}, "percent", "is needed"),
        ({"child": "acme"}, "child", "does not control itself"),
        ({"parent": "nobody"}, "parent", "there is no company 'nobody'"),
        ({"child": "nobody"}, "child", "there is no company 'nobody'"),
        ({"from": "2024-02-30"}, "from", "no day"),
        ({"from": "2024-05-01", "to": "2024-05-01"}, "to", "not after"),
        ({"form": "2024-05-01"}, "form", "is no field"),
    ],
)
def test_a_holding_that_cannot_be_is_refused_by_field(given_, field, cause):
    assert cause in refused(**given_)[field][0]
    assert not Control.objects.exists()


def test_every_fault_is_named_at_once():
    assert set(refused(parent="nobody", percent="x", to="y")) == {"parent", "percent", "to"}


def test_the_sum_of_holdings_names_the_day_and_the_holders():
    hold("acme", "lab", 60, **{"from": "2024-01-01"})
    cause = refused(parent="outsider", percent=50, **{"from": "2023-01-01"})["percent"][0]
    assert cause == "on 2024-01-01 110 % of lab would be held: outsider holds 50 %, acme holds 60 %"


def test_holdings_that_follow_each_other_add_up_to_no_more_than_each():
    hold("acme", "lab", 100, to="2024-05-01")
    hold("outsider", "lab", 100, **{"from": "2024-05-01"})
    assert Control.objects.count() == 2


def test_a_holding_without_dates_counts_from_the_start():
    hold("acme", "lab", 60)
    assert refused(parent="outsider")["percent"][0].startswith("from the start 120 % of lab")


def test_one_parent_has_one_holding_at_a_time():
    hold("acme", "lab", 30, **{"from": "2020-01-01"})
    assert (
        "acme holds 30 % already since 2020-01-01" in refused(percent=40, **{"from": "2024-01-01"})["from"][0]
    )


def test_the_same_holding_again_changes_nothing():
    assert hold("acme", "lab", "60.0") == hold("acme", "lab", 60, now=LATER)
    assert Control.objects.count() == 1


def test_selling_a_company_ends_its_holding_and_keeps_what_was_known():
    hold("acme", "lab", 60, **{"from": "2020-01-01"})
    hold("acme", "lab", 60, now=LATER, **{"from": "2020-01-01", "to": "2024-07-01"})
    (known_before,) = selectors.controls(["lab"], NOW)
    (known_now,) = selectors.controls(["lab"])
    assert (known_before.end, known_now.end) == (None, date(2024, 7, 1))


def test_a_holding_recorded_by_mistake_can_be_retired():
    services.retire_control(control=hold("acme", "lab", 60), now=LATER)
    assert selectors.controls(["lab"]) == ()
    hold("outsider", "lab", 100, now=LATER)


def test_companies_may_hold_each_other_in_a_circle():
    for parent, child in (("acme", "lab"), ("lab", "outsider"), ("outsider", "acme")):
        hold(parent, child, 60)
    group = affiliates("acme", selectors.controls(["acme", "lab"]), date(2025, 1, 1), ControlRule())
    assert group == {"acme", "lab", "outsider"}


DAYS = st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2020, 1, 20)))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["acme", "outsider", "third"]), st.integers(1, 100), DAYS, DAYS)))
def test_whatever_is_recorded_no_day_ever_sees_more_than_all_of_a_company(holdings):
    Control.objects.all().delete()
    Company.objects.get_or_create(slug="third", defaults={"name": "Third"})
    for parent, percent, start, end in holdings:
        try:
            hold(parent, "lab", percent, **{"from": start, "to": end})
        except ValidationError:
            continue
    known = selectors.controls(["lab"])
    for day in range(1, 31):
        holding = [c for c in known if c.holds_on(date(2020, 1, day))]
        assert sum(c.percent for c in holding) <= Decimal(100)
        assert len({c.parent for c in holding}) == len(holding)
