"""How companies, control, products, figures and rates look in answers: the words in which they are sent."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from governance.api.words import PlainDecimal, Reader, SlugOf, texts
from governance.usage.csv_import import Report
from governance.usage.models import Measurement


class CompanyRow(Reader):
    slug = serializers.CharField(max_length=80)
    name = serializers.CharField(max_length=200)
    domicile = serializers.CharField(allow_null=True, required=False, help_text="ISO 3166 country.")
    kind = serializers.CharField(allow_null=True, required=False)
    competes_with = texts()
    business_models = texts()


class ProductRow(Reader):
    slug = serializers.CharField(max_length=80)
    name = serializers.CharField(max_length=200)
    company = SlugOf()


class Dated(Reader):
    """`from` is a word of Python, so these fields cannot be attributes."""

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), **self.dated()}

    def dated(self) -> dict[str, Any]:
        raise NotImplementedError


class ControlRow(Dated):
    id = serializers.IntegerField(read_only=True)
    parent = SlugOf()
    child = SlugOf()
    percent = PlainDecimal()
    recorded_at = serializers.DateTimeField(read_only=True)

    def dated(self) -> dict[str, Any]:
        return {
            "from": serializers.DateField(source="start", allow_null=True, required=False),
            "to": serializers.DateField(
                source="end",
                allow_null=True,
                required=False,
                help_text="The first day without it.",
            ),
        }


class RateRow(Dated):
    id = serializers.IntegerField(read_only=True)
    on = serializers.DateField()
    rate = PlainDecimal(help_text="One unit of `from` is worth this much of `to`.")
    source = serializers.CharField()
    recorded_at = serializers.DateTimeField(read_only=True)

    def dated(self) -> dict[str, Any]:
        return {"from": serializers.CharField(source="base"), "to": serializers.CharField(source="quote")}


class MeasurementRow(Reader):
    """`value` is null where the figure is a range from `low` to `high`."""

    id = serializers.IntegerField(read_only=True)
    subject = serializers.CharField(help_text="company:slug or product:slug")
    metric = serializers.CharField()
    period = serializers.CharField(help_text="2024-06, 2024, 2024-06-30 or 2025-12/2026-11")
    value = PlainDecimal(source="exact", allow_null=True, required=False)
    low = PlainDecimal(required=False)
    high = PlainDecimal(required=False)
    currency = serializers.CharField(required=False, allow_blank=True)
    deduplicated = serializers.BooleanField(required=False)
    source = serializers.CharField(required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True)
    attested_by = serializers.CharField(read_only=True)
    recorded_at = serializers.DateTimeField(read_only=True)
    supersedes = serializers.IntegerField(source="supersedes_id", read_only=True, allow_null=True)

    def to_representation(self, row: Measurement) -> dict[str, Any]:
        row.exact = row.low if row.low == row.high else None  # type: ignore[attr-defined]
        return dict(super().to_representation(row))


def _figure() -> dict[str, Any]:
    text = {"type": "string"}
    number = {"type": ["number", "string"]}
    named = dict.fromkeys(("subject", "metric", "period", "currency", "source", "note"), text)
    figures = dict.fromkeys(("value", "low", "high"), number)
    return {
        "type": "object",
        "required": ["subject", "metric", "period"],
        "properties": {**named, **figures, "deduplicated": {"type": "boolean"}},
    }


MEASURED = {"application/json": {"oneOf": [_figure(), {"type": "array", "items": _figure(), "minItems": 1}]}}
"""`value`, or `low` and `high`; one figure or a list."""


class LineFault(Reader):
    line = serializers.IntegerField(help_text="1 is the header.")
    field = serializers.CharField(allow_blank=True)
    cause = serializers.CharField()


class Imported(Reader):
    rows = serializers.IntegerField()
    imported = serializers.IntegerField()
    lines = LineFault(many=True, help_text="What is wrong, line by line; then nothing was imported.")

    def to_representation(self, report: Report) -> dict[str, Any]:
        faults = [{"line": line, "field": name, "cause": cause} for line, name, cause in report.errors]
        return {"rows": report.rows, "imported": len(report.measurements), "lines": faults}
