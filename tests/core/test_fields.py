"""Single fields: what is taken, and the cause with which the rest is refused."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core import fields

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
PARSERS = {
    "slug": fields.slug(),
    "metric": fields.metric,
    "currency": fields.currency,
    "country": fields.country,
    "regions": fields.regions,
    "number": fields.number(),
    "percent": fields.positive(4, Decimal(100)),
    "day": fields.day,
    "period": fields.period,
    "boolean": fields.boolean,
    "texts": fields.texts(20),
    "kind": fields.one_of("a", "b"),
}


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0, "0"),
        (700_000_000, "700000000"),
        ("700000000", "700000000"),
        (" 12.5 ", "12.5"),
        (1.5, "1.5"),
        ("3.8e25", "3.8e25"),
        (1e26, "1e26"),
        (Decimal("0.0001"), "0.0001"),
    ],
)
def test_numbers_are_taken_from_json_and_from_text(value, number):
    assert fields.number()(value) == Decimal(number)


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        (-1, "negative"),
        ("-0.5", "negative"),
        (float("nan"), "no number"),
        (float("inf"), "no number"),
        ("NaN", "no number"),
        ("Infinity", "no number"),
        ("abc", "no number"),
        ("", "no number"),
        ("720,000,000", "no number"),
        ("1_000", "no number"),
        ("１２", "no number"),
        ("12 M", "no number"),
        (True, "no number"),
        (None, "no number"),
        ([1], "no number"),
        ({"value": 1}, "no number"),
        ("1e9999", "too large"),
        ("1e99999", "no number"),
        ("1234567890123456", "significant digits"),
        ("0.00001", "decimal places"),
        ("1e-9999", "decimal places"),
    ],
)
def test_what_is_no_figure_is_refused_with_its_cause(value, cause):
    with pytest.raises(ValueError, match=cause):
        fields.number()(value)


@pytest.mark.parametrize(
    ("parse", "value", "cause"),
    [
        (fields.day, "2025-02-30", "day is out of range"),
        (fields.day, "2025-2-3", "no day"),
        (fields.day, "20250203", "no day"),
        (fields.day, 20250203, "no day"),
        (fields.period, "2025-13", "month must be in 1..12"),
        (fields.period, "March 2025", "no period"),
        (fields.period, 2025, "no period"),
        (fields.country, "UK", "no ISO 3166 code"),
        (fields.country, "DEU", "no ISO 3166 code"),
        (fields.country, ["DE"], "no ISO 3166 code"),
        (fields.regions, "EU", "must be a list"),
        (fields.regions, ["EU", "Mars"], "'MARS' is no region"),
        (fields.currency, "EURO", "characters"),
        (fields.currency, "E1R", "ISO 4217"),
        (fields.slug(), "../etc", "letters, digits"),
        (fields.slug(), "-a", "letters, digits"),
        (fields.slug(), "a" * 81, "81 characters"),
        (fields.text(5), "a\x00b", "NUL"),
        (fields.metric, "Monthly users", "lower case"),
        (fields.boolean, 1, "true or false"),
        (fields.boolean, "true", "true or false"),
        (fields.texts(5), ["a", ""], "must not be empty"),
        (fields.texts(5, count=1), ["a", "b"], "at most 1"),
        (fields.positive(4, Decimal(100)), 0, "above zero"),
        (fields.positive(4, Decimal(100)), "100.0001", "at most 100"),
    ],
)
def test_each_field_is_refused_with_its_cause(parse, value, cause):
    with pytest.raises(ValueError, match=cause):
        parse(value)


def test_codes_are_taken_in_any_case():
    assert fields.currency("usd") == "USD"
    assert fields.country("de") == "DE"
    assert fields.regions(["eu", "us-ca", "US-CA"]) == ["EU", "US-CA"]
    assert fields.day(date(2024, 2, 29)) == date(2024, 2, 29)


@pytest.mark.parametrize("name", PARSERS)
@given(value=JSON)
def test_no_value_does_anything_but_parse_or_be_refused(name, value):
    with suppress(ValueError):
        PARSERS[name](value)


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2200, 1, 1)))
def test_a_day_means_its_first_instant(day: date) -> None:
    first = datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert (
        fields.instant(day) == fields.instant(day.isoformat()) == fields.instant(first.isoformat()) == first
    )


@given(st.text(max_size=30))
def test_any_text_is_an_instant_or_refused_as_a_value(text: str) -> None:
    with suppress(ValueError):
        assert fields.instant(text).utcoffset() == timedelta(0)
