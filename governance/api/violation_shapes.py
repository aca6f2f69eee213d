"""How violations and waivers look in answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from governance.api.words import OUTCOMES, FindingShape, Reader
from governance.compliance.models import Mode, Violation, Waiver


class WaiverRow(Reader):
    id = serializers.IntegerField()
    violation = serializers.IntegerField(source="violation_id")
    status = serializers.ChoiceField(Waiver.Status.choices)
    outcome = serializers.ChoiceField(OUTCOMES, help_text="It covers nothing worse.")
    reason = serializers.CharField()
    until = serializers.DateTimeField(help_text="First instant at which it does not hold any more.")
    requested_by = serializers.CharField(source="requested_by.username")
    requested_at = serializers.DateTimeField()
    decided_by = serializers.SerializerMethodField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_reason = serializers.CharField(allow_blank=True)

    def get_decided_by(self, waiver: Waiver) -> str | None:
        return waiver.decided_by.username if waiver.decided_by else None


class WaiverBody(Reader):
    reason = serializers.CharField()
    until = serializers.CharField(help_text="A day (its first instant, UTC) or a time with zone.")


class Ruling(Reader):
    reason = serializers.CharField(required=False)


class ViolationRow(Reader):
    id = serializers.IntegerField()
    policy = serializers.CharField()
    deployment = serializers.SerializerMethodField(help_text="Null: of a model's current snapshot.")
    model = serializers.SerializerMethodField()
    status = serializers.ChoiceField(Violation.Status.choices)
    mode = serializers.ChoiceField(Mode.choices)
    outcome = serializers.ChoiceField(OUTCOMES)
    episode = serializers.IntegerField()
    findings = FindingShape(many=True)
    opened_at = serializers.DateTimeField()
    worsened_at = serializers.DateTimeField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    resolution = serializers.CharField(allow_blank=True)

    def get_deployment(self, row: Violation) -> str | None:
        return row.subject.deployment.slug if row.subject.deployment else None

    def get_model(self, row: Violation) -> str:
        one: Any = row.subject.deployment or row.subject
        return str(one.model.repo_id)


class ViolationDetail(ViolationRow):
    waivers = WaiverRow(many=True)
