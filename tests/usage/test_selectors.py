"""What is known of companies and figures, now and as of an earlier instant."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.usage import models, selectors

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 4, 2, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def company(slug, **more):
    return models.Company.objects.create(slug=slug, name=slug.title(), **more)


def control(parent, child, percent=60, *, at=NOW, **more):
    found = [models.Company.objects.get_or_create(slug=s, defaults={"name": s})[0] for s in (parent, child)]
    return models.Control.objects.create(
        parent=found[0], child=found[1], percent=percent, recorded_at=at, **more
    )


def figure(subject, owner, value, *, at=NOW, metric="monthly_active_users", period="2025-03", **more):
    more |= {"metric": metric, "period": period, "low": value, "high": value, "recorded_at": at}
    return models.Measurement.objects.create(subject=subject, company=owner, **more)


def test_a_company_alone_is_connected_with_itself(db):
    assert selectors.connected(["nobody"]) == {"nobody": frozenset({"nobody"})}


def test_chains_and_circles_connect_in_both_directions():
    for parent, child in (("a", "b"), ("c", "b"), ("b", "a"), ("x", "y")):
        control(parent, child)
    found = selectors.connected(["a", "c", "x"])
    assert found["a"] == found["c"] == {"a", "b", "c"}
    assert found["x"] == {"x", "y"}


def test_a_control_that_ended_long_ago_still_connects():
    control("a", "b", end=date(2020, 1, 1))
    assert selectors.connected(["a"])["a"] == {"a", "b"}


def test_a_retired_control_connects_only_as_known_before():
    control("a", "b", retired_at=LATER)
    assert selectors.connected(["a"])["a"] == {"a"}
    assert selectors.connected(["a"], NOW)["a"] == {"a", "b"}
    assert selectors.controls(["b"], LATER) == ()


def test_a_control_is_not_known_before_it_was_recorded():
    control("a", "b", at=LATER)
    assert selectors.connected(["a"], NOW)["a"] == {"a"}


def test_connecting_asks_once_however_many_companies(django_assert_num_queries):
    for number in range(30):
        control(f"c{number}", f"c{number + 1}")
    with django_assert_num_queries(1):
        found = selectors.connected([f"c{number}" for number in range(31)])
    assert {len(group) for group in found.values()} == {31}


def test_controls_come_with_plain_percents_in_a_fixed_order():
    control("b", "c", Decimal("33.3333"), start=date(2024, 1, 1))
    control("a", "c", 50)
    assert [(c.parent, str(c.percent), c.start) for c in selectors.controls(["c"])] == [
        ("a", "50", None),
        ("b", "33.3333", date(2024, 1, 1)),
    ]


def test_companies_name_their_products_and_keep_unknown_apart_from_none():
    acme = company("acme", domicile="DE", competes_with=[])
    for slug in ("chat", "api"):
        models.Product.objects.create(slug=slug, name=slug, company=acme)
    found = selectors.companies(["acme", "gone"])
    assert list(found) == ["acme"]
    assert found["acme"].products == ("api", "chat")
    assert found["acme"].competes_with == ()
    assert found["acme"].business_models is None


def test_the_figure_recorded_last_is_in_force_and_the_earlier_one_as_known_then():
    acme = company("acme")
    first = figure("product:chat", acme, 650_000_000)
    figure("product:chat", acme, 720_000_000, at=LATER, supersedes=first)
    (now,) = selectors.figures(["acme"])["acme"]
    (then,) = selectors.figures(["acme"], NOW)["acme"]
    assert (now.low, then.low) == (Decimal(720_000_000), Decimal(650_000_000))
    assert str(now.low) == "720000000"


def test_a_deduplicated_figure_stands_beside_the_plain_one():
    acme = company("acme")
    figure("company:acme", acme, 5)
    figure("company:acme", acme, 4, deduplicated=True)
    assert [f.deduplicated for f in selectors.figures(["acme"])["acme"]] == [False, True]


def test_figures_are_given_by_owner_in_one_query(django_assert_num_queries):
    for slug in ("a", "b", "c"):
        figure(f"company:{slug}", company(slug), 1)
    with django_assert_num_queries(1):
        found = selectors.figures(["a", "b"])
    assert {slug: [f.subject for f in figures] for slug, figures in found.items()} == {
        "a": ["company:a"],
        "b": ["company:b"],
    }


def test_training_compute_keeps_its_size():
    figure("company:a", company("a"), Decimal("1e26"), metric="training_compute_flop", period="2024")
    (found,) = selectors.figures(["a"])["a"]
    assert found.high == Decimal("1e26")


def test_the_rate_recorded_last_counts():
    for rate, at in (("1.10", NOW), ("1.12", LATER)):
        models.ExchangeRate.objects.create(
            base="EUR", quote="USD", on=date(2025, 3, 31), rate=Decimal(rate), source="ECB", recorded_at=at
        )
    assert [str(r.rate) for r in selectors.rates()] == ["1.12"]
    assert [str(r.rate) for r in selectors.rates(NOW)] == ["1.1"]


@given(st.decimals(min_value=0, max_value=10**26, places=4))
def test_plain_changes_the_writing_of_a_number_and_never_its_value(number):
    plain = selectors.plain(number)
    assert plain == number
    assert "E" not in str(plain)
    assert not str(plain).endswith(".0")
