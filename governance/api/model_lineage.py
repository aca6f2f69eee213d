"""What people curated of where a model comes from, beside what its repository states."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.views import ID, Resource
from governance.api.words import Reader
from governance.core.reading import Relation
from governance.pipeline import intake

RELATIONS = [str(one) for one in Relation]


class CuratedBody(Reader):
    parent = serializers.CharField(help_text="org/name; it is tracked from now on.")
    relation = serializers.ChoiceField(RELATIONS, required=False, help_text="Needed unless `wrong`.")
    source = serializers.CharField(help_text="Where it is known from: an address, a paper, a letter.")
    wrong = serializers.BooleanField(
        required=False, help_text="The repository names this parent in error: it counts no more."
    )


class CuratedRow(Reader):
    id = serializers.IntegerField()
    parent = serializers.CharField(source="parent_repo_id")
    relation = serializers.ChoiceField([*RELATIONS, ""], allow_blank=True)
    wrong = serializers.BooleanField()
    source = serializers.CharField()
    author = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    retracted_at = serializers.DateTimeField(allow_null=True)
    retracted_by = serializers.CharField(allow_blank=True)


class ModelLineage(Resource):
    """The side of a model that is its origin."""

    @extend_schema(
        summary="What people said of where it comes from, also what they retracted, newest first",
        responses=CuratedRow(many=True),
        parameters=[OpenApiParameter("count", bool)],
    )
    @action(detail=True)
    def lineage(self, request: Request, pk: str) -> Response:
        page = self.paginate_queryset(self.get_object().curated_edges.all())
        return self.get_paginated_response(CuratedRow(page, many=True).data)

    @extend_schema(
        summary="Add a parent, or call one wrong that the repository names",
        description="All that hangs on the lineage of the model is judged again.",
        request=CuratedBody,
        responses={201: CuratedRow},
    )
    @lineage.mapping.post
    def curate(self, request: Request, pk: str) -> Response:
        edge = intake.curate_edge(model=self.get_object(), data=self.body, actor=self.actor)
        return Response(CuratedRow(edge).data, 201)

    @extend_schema(
        summary="Retract what was said; it stays on record",
        responses={204: None},
        parameters=[OpenApiParameter("edge", int, OpenApiParameter.PATH)],
    )
    @action(detail=True, methods=["delete"], url_path=f"lineage/(?P<edge>{ID})")
    def retract(self, request: Request, pk: str, edge: str) -> Response:
        found = self.get_object().curated_edges.select_related("model").filter(pk=edge).first()
        if found is None:
            raise NotFound(f"Nothing with the id {edge} was said of where this model comes from.")
        intake.retract_edge(edge=found, actor=self.actor)
        return Response(status=204)
