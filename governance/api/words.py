"""Shapes that several answers share, for reading and for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from governance.core.outcomes import Decision, Outcome
from governance.core.thresholds_evidence import plain

OUTCOMES = tuple(str(outcome) for outcome in Outcome)
DECISIONS = tuple(str(decision) for decision in Decision)


class Reader(serializers.Serializer[Any]):
    """Serializers here only read: what comes in is checked by the services."""


class FindingShape(Reader):
    policy = serializers.CharField()
    outcome = serializers.ChoiceField(OUTCOMES)
    license = serializers.CharField(allow_blank=True)
    section = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()
    evidence = serializers.DictField()
    how_to_fix = serializers.CharField(allow_blank=True)
    missing = serializers.ListField(child=serializers.CharField())


class ReasonShape(Reader):
    """Why the decision is not simply `allowed`."""

    policy = serializers.CharField(required=False)
    outcome = serializers.ChoiceField(OUTCOMES, required=False)
    license = serializers.CharField(required=False, allow_blank=True)
    section = serializers.CharField(required=False, allow_blank=True)
    reason = serializers.CharField()
    how_to_fix = serializers.CharField(required=False, allow_blank=True)
    missing = serializers.ListField(child=serializers.CharField(), required=False)
    waived_until = serializers.DateTimeField(required=False, allow_null=True)


@extend_schema_field({"type": ["number", "string"]})
class PlainDecimal(serializers.DecimalField):
    """A whole number as such, any other as its digits: JSON has no exact decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=None, decimal_places=None, **kwargs)

    def to_representation(self, value: Any) -> int | str | None:
        return plain(value)


def texts() -> serializers.ListField:
    """A list of texts; null: not known."""
    return serializers.ListField(child=serializers.CharField(), allow_null=True, required=False)


class SlugOf(serializers.CharField):
    """The slug of what a row points to, or null."""

    def to_representation(self, value: Any) -> str:
        return str(value.slug)
