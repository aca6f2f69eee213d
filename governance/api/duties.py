"""What shows that duties are met, and reports of duties of deployments and products."""

from __future__ import annotations

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api import duty_shapes as shapes
from governance.api.filters import Filter
from governance.api.views import Endpoint, Readable
from governance.compliance.duties import RELATED, asked_of
from governance.core.duty_report import Asked, report
from governance.deployments.models import Deployment, Evidence
from governance.pipeline import intake
from governance.usage.models import Product


@extend_schema_view(
    list=extend_schema(summary="Evidence for duties, also what was withdrawn"),
    retrieve=extend_schema(summary="One piece of evidence"),
)
class Evidences(Readable):
    queryset = Evidence.objects.select_related("deployment", "snapshot")
    serializer_class = shapes.EvidenceRow
    filters: ClassVar = {
        "deployment": Filter("deployment__slug"),
        "duty": Filter("duty"),
        "kind": Filter("kind", Evidence.Kind.values),
        "state": Filter("state", Evidence.State.values),
    }

    @extend_schema(
        summary="Show that a duty is met: by file, text, url or statement",
        request=shapes.EvidenceBody,
        responses={201: shapes.EvidenceRow},
    )
    def create(self, request: Request) -> Response:
        return self.shown(intake.give_evidence(data=self.body, actor=self.actor), 201)

    @extend_schema(summary="Withdraw it: it counts no longer, and stays on record", responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        intake.withdraw_evidence(evidence=self.get_object(), actor=self.actor)
        return Response(status=204)


class _Deployment(Endpoint):
    def asked(self, slug: str) -> Asked:
        one = get_object_or_404(Deployment.objects.select_related(*RELATED), slug=slug)
        return asked_of([one], timezone.now())[0]


class DeploymentDuties(_Deployment):
    @extend_schema(
        summary="Every duty of the effective terms, and how it stands", responses=shapes.DutiesShape
    )
    def get(self, request: Request, slug: str) -> Response:
        return Response(shapes.shape_of_duties(self.asked(slug)))


class DeploymentReport(_Deployment):
    @extend_schema(
        summary="What the deployment must show, copy, name and pass on", responses=shapes.ReportShape
    )
    def get(self, request: Request, slug: str) -> Response:
        return Response(shapes.shape_of_report(report(slug, [self.asked(slug)])))


class ProductReport(Endpoint):
    @extend_schema(
        summary="What the product must show, copy, name and pass on for all its deployments in use",
        responses=shapes.ReportShape,
    )
    def get(self, request: Request, slug: str) -> Response:
        product = get_object_or_404(Product, slug=slug)
        rows: Any = product.deployments.filter(retired_at=None).select_related(*RELATED).order_by("slug")
        return Response(shapes.shape_of_report(report(product.name, asked_of(list(rows), timezone.now()))))
