"""Figures of a model, such as what its training took, each with its source."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.views import ID, Resource
from governance.api.words import PlainDecimal, Reader
from governance.core.compute import METRICS
from governance.pipeline import intake


class FigureBody(Reader):
    metric = serializers.ChoiceField(METRICS)
    value = PlainDecimal(required=False, help_text="FLOP; or `low` and `high`.")
    low = PlainDecimal(required=False)
    high = PlainDecimal(required=False)
    source = serializers.CharField(help_text="Where it is known from: a report, a paper, an address.")
    on = serializers.DateField(required=False, help_text="Date of the source.")
    note = serializers.CharField(required=False, allow_blank=True)


class FigureRow(FigureBody):
    id = serializers.IntegerField()
    value = None
    author = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    retracted_at = serializers.DateTimeField(allow_null=True)
    retracted_by = serializers.CharField(allow_blank=True)


class ModelFigures(Resource):
    """The side of a model that is counted."""

    @extend_schema(
        summary="Figures that were recorded of it, also those retracted, newest first",
        responses=FigureRow(many=True),
        parameters=[OpenApiParameter("count", bool)],
    )
    @action(detail=True)
    def facts(self, request: Request, pk: str) -> Response:
        page = self.paginate_queryset(self.get_object().figures.all())
        return self.get_paginated_response(FigureRow(page, many=True).data)

    @extend_schema(
        summary="Record a figure of it with its source; the latest one of a metric counts",
        request=FigureBody,
        responses={201: FigureRow},
    )
    @facts.mapping.post
    def record_fact(self, request: Request, pk: str) -> Response:
        made = intake.record_model_figure(model=self.get_object(), data=self.body, actor=self.actor)
        made.refresh_from_db()
        return Response(FigureRow(made).data, 201)

    @extend_schema(
        summary="Retract a figure; it stays on record, and the one before it counts again",
        responses={204: None},
        parameters=[OpenApiParameter("figure", int, OpenApiParameter.PATH)],
    )
    @action(detail=True, methods=["delete"], url_path=f"facts/(?P<figure>{ID})")
    def retract_fact(self, request: Request, pk: str, figure: str) -> Response:
        found = self.get_object().figures.select_related("model").filter(pk=figure).first()
        if found is None:
            raise NotFound(f"No figure with the id {figure} was recorded of this model.")
        intake.retract_model_figure(figure=found, actor=self.actor)
        return Response(status=204)
