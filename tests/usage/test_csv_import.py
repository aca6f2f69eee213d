"""Figures from spreadsheets: each fault with its line, and nothing half-imported."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.usage import csv_import
from governance.usage.models import Measurement
from governance.usage.services import import_csv
from tests.usage.cast import ACTOR, NOW, cast

pytestmark = pytest.mark.django_db
HEADER = "subject,metric,period,value,low,high,currency,deduplicated,source,note\n"
GOOD = "product:chat,monthly_active_users,2025-03,720000000,,,,,telemetry,\n"


@pytest.fixture(autouse=True)
def _cast(db):
    cast()


def load(text):
    return import_csv(text=text, actor=ACTOR, now=NOW)


def refused(text):
    report = load(text)
    assert report.measurements == []
    assert not Measurement.objects.exists()
    return report.errors


def test_a_good_file_is_imported_whole():
    report = load(HEADER + GOOD + "company:acme,annual_revenue,2024,,1e6,2e6,EUR,yes,books,about\n")
    assert (report.rows, report.errors) == (2, [])
    assert [(m.subject, m.deduplicated, m.currency) for m in report.measurements] == [
        ("product:chat", False, ""),
        ("company:acme", True, "EUR"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        (HEADER + GOOD).encode("utf-8-sig"),
        "\ufeff" + HEADER + GOOD,
        (HEADER + GOOD).replace(",", ";"),
        (HEADER + GOOD).replace("\n", "\r\n"),
        (HEADER + GOOD).replace("\n", "\r"),
        (HEADER + GOOD).rstrip("\n"),
        HEADER.upper() + "\n,,,,,,,,,\n" + GOOD,
        'period,"subject", metric ,value\n2025-03,"product:chat",monthly_active_users, 720000000\n',
    ],
)
def test_what_spreadsheets_write_is_read(text):
    report = load(text)
    assert report.errors == []
    assert [str(m.low) for m in report.measurements] == ["720000000"]


def test_every_fault_is_reported_with_line_field_and_cause_and_nothing_is_imported():
    bad = "product:gone,monthly_active_users,2025-13,-5,,,,maybe,,\n"
    errors = refused(HEADER + GOOD + bad + "short,line\n" + GOOD)
    assert [(line, field) for line, field, _ in errors] == [
        (3, "deduplicated"),
        (3, "period"),
        (3, "subject"),
        (3, "value"),
        (4, ""),
        (5, "subject"),
    ]
    assert errors[4][2] == "has 2 cells, and the header names 10 columns"


def test_lines_are_counted_as_an_editor_shows_them():
    note = GOOD.replace("telemetry,", 'telemetry,"two\nlines"')
    ((line, field, _),) = refused(HEADER + note + "\n" + GOOD.replace("720000000", "x"))
    assert (line, field) == (5, "value")


def test_a_cell_that_looks_like_a_formula_is_text():
    report = load(HEADER + GOOD.replace("telemetry,", "=SUM(A1:A9),+1"))
    assert (report.measurements[0].source, report.measurements[0].note) == ("=SUM(A1:A9)", "+1")


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("", 1, "the header lacks subject, metric, period"),
        ("\n\n", 1, "the header lacks"),
        ("product:chat,monthly_active_users,2025-03,5\n", 1, "the header names 'product:chat'"),
        ("subject,metric,value\n", 1, "the header lacks period"),
        ("subject,metric,period,value,value\n", 1, "names a column twice"),
        (HEADER.encode() + GOOD.encode() + "é".encode("latin-1"), 3, "not UTF-8"),
        ((HEADER + GOOD).encode("utf-16"), 1, "not UTF-8"),
        (HEADER + 'product:chat,"open\n', 2, "no CSV"),
        (HEADER + 'product:chat,"a"b\n', 2, "no CSV"),
        (HEADER + "x" * 200_000, 2, "no CSV"),
        ("x" * (csv_import.MOST_BYTES + 1), 1, "at most"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(text, line, cause):
    ((found, field, sentence),) = refused(text)
    assert (found, field) == (line, "")
    assert cause in sentence


def test_too_many_lines_are_refused(monkeypatch):
    monkeypatch.setattr(csv_import, "MOST_ROWS", 2)
    assert "more than 2 lines" in refused(HEADER + GOOD * 3)[0][2]


def test_a_header_alone_imports_nothing_and_is_no_fault():
    assert load(HEADER) == csv_import.Report(0)


@given(
    st.text(max_size=200)
    | st.binary(max_size=200)
    | st.text('subjectmetricperiod,;"\n\r\x00\ufeff', max_size=80)
)
def test_no_file_does_anything_but_give_a_report(text):
    assert refused(text)


def test_importing_the_same_file_again_records_nothing():
    first = load(HEADER + GOOD).measurements
    assert load(HEADER + GOOD).measurements == first
    assert Measurement.objects.count() == 1
