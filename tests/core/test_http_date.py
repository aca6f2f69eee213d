from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.http_date import http_date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Tue, 24 Nov 2026 12:02:00 GMT", datetime(2026, 11, 24, 12, 2, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 13:02:00 +0100", datetime(2026, 11, 24, 12, 2, tzinfo=UTC)),
        ("24 Nov 2026 12:02:00", datetime(2026, 11, 24, 12, 2, tzinfo=UTC)),
        ("Tue, 99 Nov 2026 11:00:00 GMT", None),
        ("Mon, 01 Jan 2026 00:00:00 +99999999999999", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_date_has_a_zone_or_is_none(text, date):
    assert http_date(text) == date


@given(st.text())
def test_nothing_breaks_it(text):
    found = http_date(text)
    assert found is None or found.tzinfo is not None
