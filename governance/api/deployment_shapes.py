"""How a deployment looks: the words in which it is sent, then what was judged of it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from governance.api.violation_shapes import WaiverRow
from governance.api.words import DECISIONS, FindingShape, Reader, ReasonShape, SlugOf, texts
from governance.compliance.models import Mode
from governance.deployments.models import Deployment


class UsesShape(Reader):
    """What is left out is not known: a policy that needs it says so."""

    commercial = serializers.BooleanField(required=False)
    internal_only = serializers.BooleanField(required=False)
    integrated_end_user_product = serializers.BooleanField(required=False)
    hosted_for_third_parties = serializers.BooleanField(required=False)
    model_as_a_service = serializers.BooleanField(required=False)
    modification = serializers.ChoiceField(
        ("none", "finetune", "adapter", "quantized", "merge"), required=False
    )
    distributed = serializers.BooleanField(required=False)
    outputs_train = serializers.JSONField(
        required=False, help_text='"none" or {"target", "competing", "published_name"}'
    )


class DeploymentBody(Reader):
    slug = serializers.CharField(max_length=100)
    model = serializers.CharField(help_text="org/name, or the id under which we track it")
    revision = serializers.CharField(required=False, help_text="Branch, tag or commit that we know.")
    company = serializers.CharField(required=False, allow_null=True)
    product = serializers.CharField(required=False, allow_null=True)
    environment = serializers.CharField()
    regions = texts()
    output_regions = texts()
    published_name = serializers.CharField(required=False, allow_null=True)
    shown_phrases = texts()
    uses = UsesShape(required=False)


class DeploymentChange(DeploymentBody):
    """Only the fields that change; null: not known any more."""

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        for one in found.values():
            one.required = False
        return dict(found)


class DeploymentRow(Reader):
    slug = serializers.CharField()
    model = serializers.CharField(source="model.repo_id")
    model_id = serializers.IntegerField()
    revision = serializers.CharField()
    commit = serializers.SerializerMethodField(help_text="What the revision means now.")
    company = SlugOf(allow_null=True)
    product = SlugOf(allow_null=True)
    environment = serializers.CharField()
    regions = texts()
    output_regions = texts()
    published_name = serializers.CharField(allow_null=True)
    shown_phrases = texts()
    uses = UsesShape()
    decision = serializers.ChoiceField(DECISIONS, source="subject.decision")
    evaluated_at = serializers.DateTimeField(source="subject.judged_at", allow_null=True)
    fresh = serializers.SerializerMethodField(help_text="Whether it was judged since the last change.")
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    retired_at = serializers.DateTimeField(allow_null=True)

    def get_commit(self, one: Deployment) -> str | None:
        return one.snapshot.revision if one.snapshot else None

    def get_fresh(self, one: Deployment) -> bool:
        return bool(one.subject.fresh(timezone.now()))


class ModedFinding(FindingShape):
    mode = serializers.ChoiceField(Mode.choices)


class DeploymentDetail(DeploymentRow):
    reasons = ReasonShape(many=True, source="subject.reasons")
    findings = serializers.SerializerMethodField(help_text="Of every standing verdict.")
    nearest_limit = serializers.JSONField(source="subject.nearest", allow_null=True)
    waivers = serializers.SerializerMethodField()

    def get_findings(self, one: Deployment) -> ModedFinding(many=True):  # type: ignore[valid-type]
        return [
            {**finding, "mode": standing.assignment.mode}
            for standing in one.subject.case.standings.all()
            for finding in standing.verdict.findings
        ]

    def get_waivers(self, one: Deployment) -> WaiverRow(many=True):  # type: ignore[valid-type]
        found = [waiver for violation in one.subject.violations.all() for waiver in violation.waivers.all()]
        return WaiverRow(found, many=True).data
