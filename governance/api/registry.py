"""Models: what we track, what each snapshot says, and which terms reach it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api import registry_shapes as shapes
from governance.api.filters import asked
from governance.api.model_figures import ModelFigures
from governance.api.model_filters import FILTERS
from governance.api.model_licenses import ModelLicenses
from governance.api.model_lineage import ModelLineage
from governance.api.model_rows import ModelRows
from governance.api.views import Readable
from governance.body import Body
from governance.compliance.models import Evaluation, Placement, Subject
from governance.core import fields
from governance.licensing.models import Conclusion
from governance.pipeline import intake
from governance.registry.models import File, Model

CURRENT = Conclusion.objects.filter(current=True)


@extend_schema_view(
    list=extend_schema(summary="The models that we track"),
    retrieve=extend_schema(summary="One model", responses=shapes.ModelDetail),
    create=extend_schema(
        summary="Track a model",
        description="Reads it and its ancestors soon: 202 for a new model, 200 for a known one.",
        request=shapes.NewModel,
        responses={202: shapes.Tracked, 200: shapes.Tracked},
    ),
)
class Models(ModelLicenses, ModelLineage, ModelFigures, Readable):
    queryset = Model.objects.all()
    serializer_class = shapes.ModelRow
    lists: ClassVar[tuple[str, ...]] = (
        "list",
        "snapshots",
        "files",
        "verdicts",
        "changes",
        "conclusions",
        "license_texts",
        "lineage",
        "facts",
    )
    filters: ClassVar = FILTERS

    def get_queryset(self) -> QuerySet[Model]:
        concluded = Prefetch("latest_snapshot__conclusions", CURRENT, to_attr="current_conclusions")
        rows = Model.objects.select_related("latest_snapshot", "subject__case")
        return rows.defer("latest_snapshot__raw").prefetch_related(concluded)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(ModelRows(asked(request, self.filters)))
        return self.get_paginated_response(page)

    def create(self, request: Request) -> Response:
        body = Body(request.data, "source", "repo_id", "revision", "declaration")
        given = {
            "source": body.optional("source", fields.named(40)) or settings.DEFAULT_SOURCE,
            "repo_id": body.required("repo_id", fields.named(200)),
            "revision": body.optional("revision", fields.named(200)) or "",
            "declaration": body.optional("declaration", fields.an_object),
        }
        body.check()
        model, created = intake.add_model(**given, actor=self.actor)
        return Response(shapes.Tracked(model, context={"request": request}).data, 202 if created else 200)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(shapes.ModelDetail(self.get_object(), context={"request": request}).data)

    @extend_schema(summary="Look at the model again soon", request=None, responses={202: shapes.Tracked})
    @action(detail=True, methods=["post"])
    def sync(self, request: Request, pk: str) -> Response:
        model = self.get_object()
        intake.sync_model(model=model, actor=self.actor)
        return Response(shapes.Tracked(model, context={"request": request}).data, 202)

    @extend_schema(summary="Every revision that was read", responses=shapes.SnapshotRow(many=True))
    @action(detail=True)
    def snapshots(self, request: Request, pk: str) -> Response:
        rows = self.get_object().snapshots.defer("raw").prefetch_related("stated_licenses")
        concluded = Prefetch("conclusions", CURRENT, to_attr="current_conclusions")
        return self._page(rows.prefetch_related(concluded), shapes.SnapshotRow)

    @extend_schema(summary="The files of the current snapshot", responses=shapes.FileRow(many=True))
    @action(detail=True)
    def files(self, request: Request, pk: str) -> Response:
        return self._page(File.objects.filter(snapshot=self.get_object().latest_snapshot_id), shapes.FileRow)

    @extend_schema(
        summary="What was judged of the model and of its deployments, newest first",
        responses=shapes.VerdictRow(many=True),
        parameters=[OpenApiParameter("count", bool)],
    )
    @action(detail=True)
    def verdicts(self, request: Request, pk: str) -> Response:
        model = self.get_object()
        placed = Placement.objects.filter(Q(subject__model=model) | Q(subject__deployment__model=model))
        told = Evaluation.objects.filter(case__in=placed.values("case"))
        of_model = Subject.objects.filter(case=OuterRef("case"), model__isnull=False)
        rows = told.select_related("verdict", "assignment").annotate(of_model=Exists(of_model))
        return self._page(rows, shapes.VerdictRow)

    @extend_schema(summary="What changed upstream, as it was noticed", responses=shapes.ChangeRow(many=True))
    @action(detail=True)
    def changes(self, request: Request, pk: str) -> Response:
        return self._page(self.get_object().changes.all(), shapes.ChangeRow)

    def _page(self, rows: QuerySet[Any], shape: type[shapes.Reader]) -> Response:
        return self.get_paginated_response(shape(self.paginate_queryset(rows), many=True).data)
