"""Usage figures: recorded all or nothing, restated and never changed."""

from decimal import Decimal

import pytest

from governance.usage import selectors
from governance.usage.models import Measurement
from tests.usage.cast import ACTOR, LATER, NOW, cast, faults, measured, users

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _cast(db):
    cast()


def refused(*rows):
    found = faults(lambda: measured(*rows))
    assert not Measurement.objects.exists()
    return found


def test_a_single_figure_is_its_own_range():
    (row,) = measured(users(700_000_000, source="telemetry"))
    assert (row.low, row.high, row.company.slug) == (700_000_000, 700_000_000, "acme")
    assert (row.attested_by, row.recorded_at, row.supersedes) == (ACTOR, NOW, None)


def test_a_figure_may_be_a_range():
    (row,) = measured(users(..., low="1e8", high=2.5e8))
    assert (row.low, row.high) == (Decimal(100_000_000), Decimal(250_000_000))


def test_periods_are_kept_in_one_form():
    (row,) = measured(users(period="2024-01/2024-12", metric="annual_revenue", currency="usd"))
    assert (row.period, row.currency) == ("2024", "USD")


@pytest.mark.parametrize(
    ("row", "field", "cause"),
    [
        (users(-1), "value", "negative"),
        (users("many"), "value", "no number"),
        (users(True), "value", "no number"),
        (users(float("nan")), "value", "no number"),
        (users(...), "value", "give either value, or low and high"),
        (users(5, low=1, high=9), "value", "not value and low and high"),
        (users(..., low=1), "value", "not low"),
        (users(..., low=9, high=1), "low", "9 is above high, 1"),
        (users(period="2025-13"), "period", "'2025-13' is no period: month must be in 1..12"),
        (users(period="2025-02-29"), "period", "day is out of range"),
        (users(period="2025-03/2025-01"), "period", "ends before it begins"),
        (users(period=...), "period", "is needed"),
        (users(metric="Users!"), "metric", "lower case"),
        (users(subject="chat"), "subject", "write company:<slug> or product:<slug>"),
        (users(subject="team:chat"), "subject", "write company:<slug> or product:<slug>"),
        (users(subject="product:nobody"), "subject", "there is no product 'nobody'"),
        (users(subject="company:chat"), "subject", "there is no company 'chat'"),
        (users(currency="USD"), "currency", "belongs to figures of money"),
        (users(metric="annual_revenue"), "currency", "is needed for annual_revenue"),
        (users(metric="annual_revenue", currency="$"), "currency", "ISO 4217"),
        (users(deduplicated=True), "deduplicated", "is for companies"),
        (users(deduplicated="yes"), "deduplicated", "true or false"),
        (users(values=5), "values", "is no field"),
        ("720000000", "body", "must be an object"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_by_row_and_field(row, field, cause):
    found = refused(users(1, period="2025-01"), row)
    assert cause in found[f"1.{field}"][0]
    assert all(name.startswith("1.") for name in found)


def test_rows_that_state_one_figure_twice_are_refused():
    assert "given twice" in refused(users(1), users(2))["1.subject"][0]


def test_what_is_no_list_is_refused():
    from governance.usage.services import record_measurements

    assert "must be a list" in faults(record_measurements, rows={"value": 1}, actor=ACTOR, now=NOW)["body"][0]


def test_restating_keeps_the_earlier_figure_and_supersedes_it():
    (first,) = measured(users(650_000_000))
    (second,) = measured(users(720_000_000), now=LATER)
    assert second.supersedes == first
    assert [f.low for f in selectors.figures(["acme"], NOW)["acme"]] == [650_000_000]
    assert [f.low for f in selectors.figures(["acme"])["acme"]] == [720_000_000]


def test_saying_the_same_again_records_nothing():
    (first,) = measured(users(720_000_000))
    assert measured(users("720000000.0"), now=LATER) == [first]
    assert Measurement.objects.count() == 1


def test_restating_back_to_an_earlier_value_is_a_new_figure():
    for value in (1, 2, 1):
        measured(users(value))
    assert [f.low for f in selectors.figures(["acme"])["acme"]] == [1]
    assert Measurement.objects.count() == 3


def test_a_clock_that_runs_behind_never_hides_a_restatement():
    measured(users(1), now=LATER)
    measured(users(2), now=NOW)
    assert [f.low for f in selectors.figures(["acme"])["acme"]] == [2]


def test_a_deduplicated_figure_does_not_restate_the_plain_one():
    plain, once = measured(
        users(9, subject="company:acme"), users(7, subject="company:acme", deduplicated=True)
    )
    assert once.supersedes is None
    assert plain.low == 9


def test_many_rows_ask_as_often_as_one(django_assert_max_num_queries):
    rows = [users(1, period=f"20{year}-{month:02}") for year in (22, 23) for month in range(1, 13)]
    with django_assert_max_num_queries(8):
        assert len({row.pk for row in measured(*rows)}) == len(rows)
