"""Grants: asked for, granted, denied, revoked; the letter that asks, and the documents that show it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiTypes, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.filters import Filter
from governance.api.problems import Conflict
from governance.api.views import Readable
from governance.api.words import PlainDecimal, Reader
from governance.compliance.grant_letters import letter_for
from governance.discovery import catalog
from governance.licensing.models import Grant
from governance.pipeline import intake


class CapShape(Reader):
    metric = serializers.CharField(source="cap_metric")
    limit = PlainDecimal(source="cap_limit")

    def to_representation(self, grant: Grant) -> Any:
        return None if grant.cap_limit is None else super().to_representation(grant)


class GrantStep(Reader):
    before = serializers.CharField()
    after = serializers.CharField()
    reason = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class Attachment(Reader):
    """A document by its digest; the document itself is kept elsewhere."""

    name = serializers.CharField()
    sha256 = serializers.CharField()
    by = serializers.CharField(read_only=True)
    at = serializers.CharField(read_only=True)


class ScopeShape(Reader):
    covers_affiliates = serializers.BooleanField(required=False)
    models = serializers.ListField(child=serializers.CharField(), required=False)
    cap = CapShape(source="*", required=False, allow_null=True)
    territories = serializers.ListField(child=serializers.CharField(), required=False)
    reference = serializers.CharField(allow_blank=True, required=False)

    def get_fields(self) -> dict[str, Any]:
        instants = {"from": "start", "until": "end"}
        dated = {
            name: serializers.DateTimeField(source=at, allow_null=True, required=False)
            for name, at in instants.items()
        }
        return {**super().get_fields(), **dated}


class GrantRow(ScopeShape):
    id = serializers.IntegerField(read_only=True)
    company = serializers.CharField()
    license = serializers.CharField()
    status = serializers.ChoiceField(Grant.Status.choices, required=False)
    expired = serializers.BooleanField(read_only=True, help_text="Granted, and over by its `until`.")
    steps = GrantStep(many=True, read_only=True)
    attachments = serializers.SerializerMethodField()
    recorded_by = serializers.CharField(read_only=True)
    recorded_at = serializers.DateTimeField(read_only=True)
    retired_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def get_attachments(self, grant: Grant) -> Attachment(many=True):  # type: ignore[valid-type]
        return grant.attachments or []


class StepBody(Reader):
    reason = serializers.CharField(help_text="Who said so, and where it is written.")


class GrantBody(ScopeShape):
    """What was granted, where it differs from what was asked."""

    reason = serializers.CharField(help_text="Who said so, and where it is written.")


@extend_schema_view(
    list=extend_schema(summary="Grants on record"),
    retrieve=extend_schema(summary="One grant, also after it was retired"),
)
class Grants(Readable):
    queryset = Grant.objects.prefetch_related("steps")
    serializer_class = GrantRow
    filters: ClassVar = {
        "company": Filter("company"),
        "license": Filter("license"),
        "status": Filter("status", Grant.Status.values),
    }

    def get_queryset(self) -> QuerySet[Grant]:
        rows = Grant.objects.prefetch_related("steps")
        return rows.filter(retired_at=None) if self.action == "list" else rows

    @extend_schema(summary="Record a grant, or the wish for one", responses={201: GrantRow})
    def create(self, request: Request) -> Response:
        return self.shown(intake.record_grant(data=self.body, actor=self.actor), 201)

    @extend_schema(summary="Change what is asked for: only what is not granted", request=ScopeShape)
    def partial_update(self, request: Request, pk: str) -> Response:
        return self._done(intake.change_grant, data=self.body)

    @extend_schema(summary="Retire a grant: from now on it clears nothing", responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        intake.retire_grant(grant=self.get_object(), actor=self.actor)
        return Response(status=204)

    @extend_schema(summary="It was asked for", request=StepBody, responses=GrantRow)
    @action(detail=True, methods=["post"], url_path="request")
    def ask(self, request: Request, pk: str) -> Response:
        return self._step("request")

    @extend_schema(
        summary="The licensor granted it",
        description="It clears from `from` on (left out and not asked for: from now) until before `until`.",
        request=GrantBody,
        responses=GrantRow,
    )
    @action(detail=True, methods=["post"])
    def grant(self, request: Request, pk: str) -> Response:
        return self._step("grant")

    @extend_schema(summary="The licensor denied it", request=StepBody, responses=GrantRow)
    @action(detail=True, methods=["post"])
    def deny(self, request: Request, pk: str) -> Response:
        return self._step("deny")

    @extend_schema(
        summary="It was taken back: from now on it clears nothing, and what it cleared before stays cleared",
        request=StepBody,
        responses=GrantRow,
    )
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        return self._step("revoke")

    @extend_schema(summary="Note a document by its digest", request=Attachment, responses={201: GrantRow})
    @action(detail=True, methods=["post"])
    def attachments(self, request: Request, pk: str) -> Response:
        return self._done(intake.attach_to_grant, 201, data=self.body)

    @extend_schema(
        summary="The letter that asks for it, drafted from the facts; what is not known stands in brackets",
        responses={(200, "text/plain"): OpenApiTypes.STR},
    )
    @action(detail=True)
    def letter(self, request: Request, pk: str) -> HttpResponse:
        grant = self.get_object()
        if grant.license not in catalog().licenses:
            raise Conflict(f"There are no terms of the license {grant.license} any more.")
        text = letter_for(grant, timezone.now()).text
        return HttpResponse(text, content_type="text/plain; charset=utf-8")

    def _step(self, step: str) -> Response:
        return self._done(intake.move_grant, step=step, data=self.body)

    def _done(self, verb: Any, status: int = 200, **how: Any) -> Response:
        """A step that does not fit the status is a conflict."""
        try:
            done = verb(grant=self.get_object(), actor=self.actor, **how)
        except ValidationError as fault:
            if "grant" in fault.message_dict:
                raise Conflict(f"The grant {fault.message_dict['grant'][0]}.") from fault
            raise
        return self.shown(self.get_queryset().get(pk=done.pk), status)
