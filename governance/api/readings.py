"""Readings of ambiguous clauses, as counsel adopts them."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.filters import Filter
from governance.api.views import Readable
from governance.api.words import Reader
from governance.licensing.models import Reading
from governance.pipeline import intake


class ReadingRow(Reader):
    id = serializers.IntegerField(read_only=True)
    license = serializers.CharField()
    ambiguity = serializers.CharField(help_text="One of the `ambiguities` of the license.")
    reading = serializers.CharField(source="alternative", help_text="Key of one of its alternatives.")
    reason = serializers.CharField()
    decided_by = serializers.CharField(read_only=True)
    decided_at = serializers.DateTimeField(read_only=True)
    ended_at = serializers.DateTimeField(read_only=True, allow_null=True)
    ended_by = serializers.CharField(read_only=True, allow_blank=True)


@extend_schema_view(
    list=extend_schema(summary="Readings that are adopted, and those that ended"),
    retrieve=extend_schema(summary="One reading"),
)
class Readings(Readable):
    queryset = Reading.objects.all()
    serializer_class = ReadingRow
    write_scope = "approve"
    filters: ClassVar = {"license": Filter("license"), "ambiguity": Filter("ambiguity")}

    @extend_schema(
        summary="Adopt one reading of an ambiguous clause, with a reason",
        description="The one that was adopted before ends. What the license governs is judged again.",
        responses={201: ReadingRow},
    )
    def create(self, request: Request) -> Response:
        return self.shown(intake.adopt_reading(data=self.body, actor=self.actor), 201)

    @extend_schema(
        summary="Withdraw a reading: back to the one that the terms are written in", responses=ReadingRow
    )
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.shown(intake.withdraw_reading(reading=self.get_object(), actor=self.actor))
