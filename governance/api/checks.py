"""Evaluations that somebody asks for: of a deployment, or of one that is only described."""

from __future__ import annotations

import threading
import time
from typing import Any, ClassVar

from drf_spectacular.utils import (
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.deployment_shapes import DeploymentChange, ModedFinding
from governance.api.filters import Filter
from governance.api.views import Readable
from governance.api.words import DECISIONS, Reader
from governance.body import Body, unknown
from governance.compliance.models import Check
from governance.core import fields
from governance.deployments.models import Deployment
from governance.pipeline import intake

WHEN = ("as_of", "known_at")
MOST_WAIT = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.25
WAITING = threading.BoundedSemaphore(6)
"""Who waits holds a thread of the server, and the gate needs one left (embedded mode has eight)."""
WAIT = OpenApiParameter("wait", float, description="Seconds to wait for the answer; at most 60.")


class CheckRow(Reader):
    id = serializers.IntegerField()
    status = serializers.ChoiceField(Check.Status.choices)
    deployment = serializers.SerializerMethodField(help_text="Null: of a described deployment.")
    decision = serializers.SerializerMethodField(help_text="Null until it is finished.")
    findings = ModedFinding(many=True)
    as_of = serializers.DateTimeField(allow_null=True)
    known_at = serializers.DateTimeField(allow_null=True)
    facts_digest = serializers.CharField(allow_blank=True)
    policies_digest = serializers.CharField(allow_blank=True)
    failure = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)

    def get_deployment(self, check: Check) -> str | None:
        return check.deployment.slug if check.deployment else None

    def get_decision(self, check: Check) -> str | None:
        return check.decision or None


class Asked(Reader):
    deployment = serializers.CharField(help_text="The slug of a deployment.")
    as_of = serializers.CharField(required=False, help_text="A day, or a time with zone.")
    known_at = serializers.CharField(required=False, help_text="A day, or a time with zone.")


class Described(DeploymentChange):
    """The body of a deployment: nothing of it is stored but the evaluation."""

    model = serializers.CharField()
    environment = serializers.CharField()
    as_of = serializers.CharField()
    known_at = serializers.CharField()


ASKED = PolymorphicProxySerializer(
    component_name="CheckBody", serializers=[Asked, Described], resource_type_field_name=None
)


@extend_schema_view(
    list=extend_schema(summary="Checks that were asked for"),
    retrieve=extend_schema(summary="One check; 200 also while it waits, `status` says so"),
)
class Checks(Readable):
    queryset = Check.objects.select_related("deployment")
    serializer_class = CheckRow
    parameters = ("wait",)
    filters: ClassVar = {
        "status": Filter("status", Check.Status.values),
        "deployment": Filter("deployment__slug"),
        "decision": Filter("decision", DECISIONS),
    }

    @extend_schema(
        summary="Judge a deployment now, or as of any date as it was known at any time",
        parameters=[WAIT],
        request=ASKED,
        responses={200: CheckRow, 202: CheckRow},
    )
    def create(self, request: Request) -> Response:
        wait_of(request)
        asked = _asked(request.data)
        return self.shown(intake.request_check(**asked, actor=self.actor), 202)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Waiting comes after the transaction that asked, or no worker could see the question."""
        seconds = wait_of(request) if self.action == "create" and response.status_code == 202 else 0.0
        if seconds:
            check = _finished(self.get_queryset().get(pk=response.data["id"]), seconds)
            response.data = self.get_serializer(check).data
            response.status_code = 202 if check.status == Check.Status.WAITING else 200
        return super().finalize_response(request, response, *args, **kwargs)


def wait_of(request: Request) -> float:
    asked = request.query_params.get("wait", "0")
    try:
        seconds = float(asked)
    except ValueError:
        seconds = -1.0
    if not seconds >= 0:
        raise ValidationError({"wait": ["must be a number of seconds"]})
    return min(seconds, MOST_WAIT)


def _asked(data: Any) -> dict[str, Any]:
    """What to judge, and when."""
    whole = data if isinstance(data, dict) else {}
    stored = "deployment" in whole or not whole
    body = Body(data, *(("deployment", *WHEN) if stored else whole))
    found: dict[str, Any] = {name: body.optional(name, fields.instant) for name in WHEN}
    if stored:
        found["deployment"] = body.required("deployment", _deployment)
    body.check()
    if not stored:
        found["described"] = {name: value for name, value in whole.items() if name not in WHEN}
    return found


def _deployment(value: Any) -> Deployment:
    slug = fields.named(100)(value)
    found = Deployment.objects.filter(slug=slug).first()
    if found is None:
        raise ValueError(unknown("deployment", slug))
    return found


def _finished(check: Check, seconds: float) -> Check:
    """The row once a worker has finished it; as it is when the time is over or too many wait already."""
    if WAITING.acquire(blocking=False):
        try:
            _wait(check, seconds)
        finally:
            WAITING.release()
    return check


def _wait(check: Check, seconds: float) -> None:
    end, pause = time.monotonic() + seconds, FIRST_PAUSE
    while check.status == Check.Status.WAITING and time.monotonic() < end:
        time.sleep(min(pause, max(0.0, end - time.monotonic())))
        pause = min(pause * 1.5, LONGEST_PAUSE)
        check.refresh_from_db()
