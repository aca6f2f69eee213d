"""Numbers and periods as people say them."""

from __future__ import annotations

import pytest

from governance.core.spoken import exact, period, rounded, sentence_case, spoken


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (683_000_000, "683 million"),
        (683_400_000, "683.4 million"),
        ("1000000000", "1 billion"),
        (2_500_000_000_000, "2.5 trillion"),
        (999_999, "999,999"),
        ("38000000000000000000000000", "3.8e25"),
        (0, "0"),
        ("unknown", "unknown"),
        ("NaN", "NaN"),
    ],
)
def test_large_numbers_are_rounded_for_reading(value, read: str) -> None:
    assert rounded(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("1234.50", "1,234.5"),
        ("700000000", "700,000,000"),
        ("999999999999999999", "999,999,999,999,999,999"),
        (10**25, "1e25"),
        ("3.8123456E+25", "3.8123456e25"),
        (10**25 + 1, "1.0000000000000000000000001e25"),
        ("x", "x"),
    ],
)
def test_exact_numbers_have_thousands(value: str, read: str) -> None:
    assert exact(value) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2024-06", "June 2024"),
        ("2024-06-30", "30 June 2024"),
        ("2024", "2024"),
        ("2025-12/2026-11", "2025-12 to 2026-11"),
        ("2024-13", "2024-13"),
    ],
)
def test_periods_read_as_words(text: str, read: str) -> None:
    assert period(text) == read


def test_keys_read_as_words() -> None:
    assert spoken("monthly_active_users") == "monthly active users"
    assert spoken("training_compute_flop") == "FLOP of training compute"
    assert sentence_case("modification_compute_flop") == "FLOP of modification compute"
