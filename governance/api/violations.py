"""Open breaches, and asking for and deciding on waivers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api import violation_shapes as shapes
from governance.api.filters import Filter
from governance.api.problems import Conflict
from governance.api.views import Readable
from governance.api.words import OUTCOMES
from governance.body import Body
from governance.compliance.models import Violation, Waiver
from governance.core import fields
from governance.pipeline import intake

WAIVERS = Waiver.objects.select_related("requested_by", "decided_by").order_by("id")
SUBJECT = ("subject__deployment__model", "subject__model")


@extend_schema_view(
    list=extend_schema(summary="Breaches, open and resolved"),
    retrieve=extend_schema(summary="One breach with its waivers"),
)
class Violations(Readable):
    queryset = Violation.objects.all()
    filters: ClassVar = {
        "status": Filter("status", Violation.Status.values),
        "policy": Filter("policy"),
        "deployment": Filter("subject__deployment__slug"),
        "outcome": Filter("outcome", OUTCOMES),
    }

    def get_serializer_class(self) -> type[Any]:
        return shapes.ViolationRow if self.action == "list" else shapes.ViolationDetail

    def get_queryset(self) -> QuerySet[Violation]:
        rows = Violation.objects.select_related(*SUBJECT)
        return rows if self.action == "list" else rows.prefetch_related(Prefetch("waivers", WAIVERS))

    @extend_schema(
        summary="Ask for the breach to be accepted until an instant",
        request=shapes.WaiverBody,
        responses={201: shapes.WaiverRow},
    )
    @action(detail=True, methods=["post"])
    def waivers(self, request: Request, pk: str) -> Response:
        violation = self.get_object()
        body = Body(request.data, "reason", "until")
        reason, until = body.required("reason", fields.named(2000)), body.required("until", fields.instant)
        body.check()
        waiver = intake.request_waiver(
            violation=violation, reason=reason or "", until=until, user=request.user
        )
        return Response(shapes.WaiverRow(waiver).data, 201)


@extend_schema_view(list=extend_schema(summary="Waivers"), retrieve=extend_schema(summary="One waiver"))
class Waivers(Readable):
    queryset = WAIVERS
    serializer_class = shapes.WaiverRow
    filters: ClassVar = {
        "status": Filter("status", Waiver.Status.values),
        "policy": Filter("violation__policy"),
        "deployment": Filter("violation__subject__deployment__slug"),
    }

    @extend_schema(summary="Accept the breach; never by who asked for it", request=shapes.Ruling)
    @action(detail=True, methods=["post"], scope="approve")
    def approve(self, request: Request, pk: str) -> Response:
        return self._decide(intake.decide_waiver, approve=True)

    @extend_schema(summary="Refuse to accept it; never by who asked for it", request=shapes.Ruling)
    @action(detail=True, methods=["post"], scope="approve")
    def decline(self, request: Request, pk: str) -> Response:
        return self._decide(intake.decide_waiver, approve=False)

    @extend_schema(summary="End a waiver before its time", request=shapes.Ruling)
    @action(detail=True, methods=["post"], scope="approve")
    def revoke(self, request: Request, pk: str) -> Response:
        return self._decide(intake.revoke_waiver)

    def _decide(self, decide: Any, **how: bool) -> Response:
        waiver = self.get_object()
        body = Body(self.request.data or {}, "reason")
        reason = body.optional("reason", fields.text(2000)) or ""
        body.check()
        try:
            return self.shown(decide(waiver=waiver, reason=reason, user=self.request.user, **how))
        except ValidationError as fault:
            raise _refused(fault) from fault


def _refused(fault: ValidationError) -> Exception:
    """Who may not decide is forbidden to; what was decided already is a conflict."""
    causes = fault.message_dict
    if "user" in causes:
        return PermissionDenied(f"{causes['user'][0]}.")
    return Conflict(f"{causes['status'][0]}.") if "status" in causes else fault
