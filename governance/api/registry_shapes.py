"""How models, snapshots, files, lineage and terms look in answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from governance.api.words import OUTCOMES, FindingShape, Reader
from governance.compliance.edges import Edge, edges
from governance.compliance.model_facts import model_facts
from governance.core.facts import TermsFacts
from governance.core.inheriting import Inherited
from governance.registry.models import Model, Snapshot


class NewModel(Reader):
    source = serializers.CharField(required=False, help_text="Left out: the usual source, huggingface.")
    repo_id = serializers.CharField(help_text="org/name")
    revision = serializers.CharField(required=False, help_text="Branch, tag or commit; left out: main.")
    declaration = serializers.DictField(required=False, help_text="For the source `manual`.")


class Tracked(Reader):
    id = serializers.IntegerField()
    repo_id = serializers.CharField()
    status = serializers.CharField(source="state", help_text="`pending` until the model was read.")
    url = serializers.SerializerMethodField()

    def get_url(self, model: Model) -> str:
        return str(reverse("api:models-detail", args=[model.pk], request=self.context["request"]))


class Stated(Reader):
    kind = serializers.CharField()
    value = serializers.CharField()
    sha256 = serializers.CharField(allow_blank=True)


class Override(Reader):
    """Who set the license by hand, when and why: the statements say something else, or nothing."""

    author = serializers.CharField()
    reason = serializers.CharField()
    at = serializers.DateTimeField(source="concluded_at")


class Concluded(Reader):
    """What was concluded of the license, with the reason."""

    license = serializers.SerializerMethodField(
        help_text="Key of the license, or several as `a AND b`; null when none could be."
    )
    license_reason = serializers.SerializerMethodField()
    disagreements = serializers.SerializerMethodField()
    license_override = serializers.SerializerMethodField(help_text="Null where nobody set it by hand.")

    def get_license(self, snapshot: Snapshot) -> str | None:
        return license_of(snapshot) or None

    def get_license_reason(self, snapshot: Snapshot) -> str:
        return next((one.reason for one in _concluded(snapshot)), "It was not looked at yet.")

    def get_disagreements(self, snapshot: Snapshot) -> list[str]:
        return next((list(one.disagreements) for one in _concluded(snapshot)), [])

    def get_license_override(self, snapshot: Snapshot) -> Override(allow_null=True):  # type: ignore[valid-type]
        return next((Override(one).data for one in _concluded(snapshot) if one.author), None)


class SnapshotRow(Concluded):
    revision = serializers.CharField()
    repo_id = serializers.CharField()
    synced_at = serializers.DateTimeField()
    stated_licenses = Stated(many=True)
    files_count = serializers.IntegerField(allow_null=True)
    total_size = serializers.IntegerField(allow_null=True, help_text="Bytes.")
    gated = serializers.CharField(allow_blank=True)
    formats = serializers.DictField(child=serializers.IntegerField())
    modalities = serializers.ListField(child=serializers.CharField())
    custom_code = serializers.BooleanField(allow_null=True)
    problems = serializers.ListField(child=serializers.JSONField())


class ModelRow(Reader):
    id = serializers.IntegerField()
    repo_id = serializers.CharField()
    source = serializers.CharField()
    state = serializers.CharField()
    state_reason = serializers.CharField(allow_blank=True)
    gated = serializers.CharField(allow_blank=True)
    revision = serializers.SerializerMethodField(help_text="Of the current snapshot.")
    license = serializers.SerializerMethodField(help_text="Key of the concluded license, or null.")
    decision = serializers.SerializerMethodField(help_text="Of the policies that judge models, or null.")
    synced_at = serializers.DateTimeField(allow_null=True)

    def get_revision(self, model: Model) -> str | None:
        return model.latest_snapshot.revision if model.latest_snapshot else None

    def get_license(self, model: Model) -> str | None:
        return license_of(model.latest_snapshot) or None

    def get_decision(self, model: Model) -> str | None:
        subject = getattr(model, "subject", None)
        return subject.decision if subject and subject.judged_at else None


class Term(Reader):
    """One license that governs the model, and the model that it comes from."""

    license = serializers.CharField()
    repo_id = serializers.CharField()
    relation = serializers.CharField(allow_null=True)
    depth = serializers.IntegerField(help_text="0: its own license.")
    parts = serializers.ListField(child=serializers.CharField(), allow_null=True)
    terms = serializers.DictField(allow_null=True)


class CuratedShape(Reader):
    id = serializers.IntegerField()
    source = serializers.CharField()
    author = serializers.CharField()


class Step(Reader):
    """One step up, and how the license of the child stands to that of the ancestor."""

    repo_id = serializers.CharField(source="ancestor.repo_id")
    relation = serializers.CharField(source="ancestor.relation")
    license = serializers.SerializerMethodField()
    depth = serializers.IntegerField(source="ancestor.depth")
    child = serializers.CharField(source="ancestor.child")
    outcome = serializers.ChoiceField([one.value for one in Inherited])
    reason = serializers.CharField(source="told", allow_blank=True)
    curated = CuratedShape(source="ancestor.curated", allow_null=True, help_text="Null: the model states it.")

    def get_license(self, edge: Edge) -> str | None:
        return edge.license or None


class ModelDetail(ModelRow):
    ref = serializers.CharField()
    lasting_state = serializers.CharField()
    aliases = serializers.SerializerMethodField()
    latest_snapshot = SnapshotRow(allow_null=True)
    effective_terms = serializers.SerializerMethodField()
    unknown_terms = serializers.SerializerMethodField(help_text="What is not known of its licenses.")
    lineage = serializers.SerializerMethodField()
    problems = serializers.SerializerMethodField()

    def to_representation(self, model: Model) -> dict[str, Any]:
        facts = model_facts([(model, model.latest_snapshot)])
        self.terms: TermsFacts = next(iter(facts.values())).terms
        return dict(super().to_representation(model))

    def get_aliases(self, model: Model) -> list[str]:
        return [alias.repo_id for alias in model.aliases.order_by("id")]

    def get_effective_terms(self, model: Model) -> Term(many=True):  # type: ignore[valid-type]
        dumped = {key: terms.model_dump(mode="json") for key, terms in self.terms.terms.items()}
        return [
            {**one.model_dump(mode="json"), "terms": dumped.get(one.license)} for one in self.terms.governing
        ]

    def get_unknown_terms(self, model: Model) -> list[str]:
        return list(self.terms.unknown)

    def get_lineage(self, model: Model) -> Step(many=True):  # type: ignore[valid-type]
        if model.latest_snapshot is None:
            return []
        return Step(edges(model.latest_snapshot), many=True).data

    def get_problems(self, model: Model) -> list[Any]:
        return list(model.latest_snapshot.problems) if model.latest_snapshot else []


class FileRow(Reader):
    path = serializers.CharField()
    size = serializers.IntegerField(allow_null=True, help_text="Bytes.")
    sha256 = serializers.CharField(allow_blank=True)
    format = serializers.CharField(allow_blank=True)


class VerdictRow(Reader):
    """From `at` on, this verdict counted."""

    at = serializers.DateTimeField()
    policy = serializers.CharField(source="verdict.policy")
    policy_version = serializers.IntegerField(source="verdict.policy_version")
    mode = serializers.CharField(source="assignment.mode")
    about = serializers.SerializerMethodField(help_text="`model`, or `deployment`: of what runs it.")
    outcome = serializers.ChoiceField(OUTCOMES, source="verdict.outcome")
    findings = FindingShape(many=True, source="verdict.findings")
    facts_digest = serializers.CharField(source="verdict.facts_digest")
    as_of = serializers.DateTimeField(source="verdict.as_of")
    holds_until = serializers.DateTimeField(source="verdict.holds_until", allow_null=True)

    def get_about(self, row: Any) -> str:
        return "model" if row.of_model else "deployment"


class ChangeRow(Reader):
    kind = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)
    sentence = serializers.CharField()
    seen_at = serializers.DateTimeField()


def license_of(snapshot: Snapshot | None) -> str:
    """Of a snapshot whose current conclusions were loaded with it."""
    return next((one.license for one in _concluded(snapshot)), "") if snapshot else ""


def _concluded(snapshot: Snapshot) -> list[Any]:
    return snapshot.current_conclusions  # type: ignore[attr-defined, no-any-return]
