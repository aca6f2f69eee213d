"""Snapshots in use, with the decision and everything that it rests on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch, Q, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api import deployment_shapes as shapes
from governance.api.filters import Filter
from governance.api.views import SLUG, Readable
from governance.api.words import DECISIONS
from governance.compliance.models import Standing, Waiver
from governance.deployments.models import Deployment
from governance.pipeline import intake

RELATED = ("model", "snapshot", "company", "product", "subject__case")
STANDINGS = Standing.objects.select_related("verdict", "assignment").order_by("assignment_id")
WAIVERS = Waiver.objects.select_related("requested_by", "decided_by").order_by("id")


@extend_schema_view(
    list=extend_schema(summary="Deployments in use; ?retired=true: those that were retired"),
    retrieve=extend_schema(summary="One deployment with decision, findings and waivers"),
)
class Deployments(Readable):
    queryset = Deployment.objects.all()
    serializer_class = shapes.DeploymentDetail
    lookup_field, lookup_value_regex = "slug", SLUG
    filters: ClassVar = {
        "environment": Filter("environment"),
        "model": Filter("model__repo_id__iexact"),
        "decision": Filter("subject__decision", DECISIONS),
        "product": Filter("product__slug"),
        "company": Filter("company__slug"),
        "retired": Filter(lambda word: Q(retired_at__isnull=word == "false"), ("true", "false")),
    }

    def get_serializer_class(self) -> type[Any]:
        return shapes.DeploymentRow if self.action == "list" else shapes.DeploymentDetail

    def get_queryset(self) -> QuerySet[Deployment]:
        rows = Deployment.objects.select_related(*RELATED).defer("snapshot__raw")
        if self.action == "list":
            return rows if "retired" in self.request.query_params else rows.filter(retired_at=None)
        judged = Prefetch("subject__case__standings", STANDINGS)
        waived = Prefetch("subject__violations__waivers", WAIVERS)
        return rows.prefetch_related(judged, "subject__violations", waived)

    @extend_schema(
        summary="Create the deployment of that slug, or replace all that is said of it",
        request=shapes.DeploymentBody,
        responses={201: shapes.DeploymentDetail, 200: shapes.DeploymentDetail},
    )
    def create(self, request: Request) -> Response:
        deployment, created = intake.save_deployment(data=self.body, actor=self.actor)
        return self._now(deployment, 201 if created else 200)

    @extend_schema(summary="Change the fields that are given", request=shapes.DeploymentChange)
    def partial_update(self, request: Request, slug: str) -> Response:
        deployment = self.get_object()
        return self._now(
            intake.change_deployment(deployment=deployment, data=self.body, actor=self.actor), 200
        )

    @extend_schema(summary="Retire it: it is no longer in use", responses={204: None})
    def destroy(self, request: Request, slug: str) -> Response:
        intake.retire_deployment(deployment=self.get_object(), actor=self.actor)
        return Response(status=204)

    def _now(self, deployment: Deployment, status: int) -> Response:
        return self.shown(self.get_queryset().get(pk=deployment.pk), status)
