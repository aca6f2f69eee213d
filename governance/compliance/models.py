"""What was judged, by which policy, on which facts, and what is open because of it."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from governance.core.outcomes import Decision, Outcome
from governance.deployments.models import Deployment
from governance.registry.models import Model

OUTCOMES = [(str(o), str(o)) for o in Outcome]
DECISIONS = [(str(d), str(d)) for d in Decision]


class Mode(models.TextChoices):
    OBSERVE = "observe"
    WARN = "warn"
    ENFORCE = "enforce"


class Assignment(models.Model):
    """A policy with parameters, a scope and a mode. Empty scope lists mean everywhere."""

    policy = models.CharField(max_length=100)
    params = models.JSONField(default=dict)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.OBSERVE)
    environments = models.JSONField(default=list)
    products = models.JSONField(default=list)
    created_by = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.policy


class FacetBody(models.Model):
    """One facet of some facts, kept once by its digest: the evidence that verdicts are derived from."""

    digest = models.CharField(max_length=64, primary_key=True)
    facet = models.CharField(max_length=20)
    body = models.TextField()
    """Canonical JSON text."""


class Verdict(models.Model):
    """What one policy says of some facts, stored once. Serves from `as_of` until `holds_until`."""

    policy = models.CharField(max_length=100)
    policy_version = models.IntegerField()
    params_digest = models.CharField(max_length=64)
    params = models.JSONField(default=dict)
    facts_digest = models.CharField(max_length=64)
    facets = models.JSONField()
    """Facet -> digest of its body, for exactly the facets that the policy reads."""
    as_of = models.DateTimeField()
    holds_until = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, choices=OUTCOMES)
    findings = models.JSONField()
    judged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "policy_version", "params_digest", "facts_digest", "as_of"],
                name="one_verdict",
            )
        ]
        indexes = [models.Index(fields=["facts_digest"], name="verdict_by_facts")]


class Subject(models.Model):
    """What is judged: a deployment, or a model's current snapshot. Holds the standing decision."""

    deployment = models.OneToOneField(Deployment, null=True, on_delete=models.CASCADE, related_name="subject")
    model = models.OneToOneField(Model, null=True, on_delete=models.CASCADE, related_name="subject")
    decision = models.CharField(
        max_length=20, choices=DECISIONS, default=str(Decision.CANNOT_TELL), db_index=True
    )
    reasons = models.JSONField(default=list)
    """Why not simply allowed, worst first: {policy, outcome, reason, section, license, waived_until}."""
    nearest = models.JSONField(null=True)
    """The limit that is closest: evidence of that finding with `share` (of the limit)."""
    facets = models.JSONField(default=dict)
    """Facet -> digest of the facts that were judged last."""
    judged_at = models.DateTimeField(null=True)
    judge_again_at = models.DateTimeField(null=True, db_index=True)
    """First instant at which a standing verdict or a waiver ends."""
    changes = models.BigIntegerField(default=1)
    """Raised, in the same transaction, by every change of something that the subject depends on."""
    judged_changes = models.BigIntegerField(default=0)
    """`changes` as it was before the facts were read; a smaller number means that the decision is stale."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(deployment__isnull=False, model__isnull=True)
                | Q(deployment__isnull=True, model__isnull=False),
                name="one_kind_of_subject",
            )
        ]

    def fresh(self, now: datetime) -> bool:
        """Whether the standing decision may be relied on: judged since the last change, and not run out."""
        in_time = self.judge_again_at is None or now < self.judge_again_at
        return self.judged_at is not None and self.judged_changes == self.changes and in_time


class Standing(models.Model):
    """The verdict that counts now, of one assignment on one subject."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="standings")
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="standings")
    verdict = models.ForeignKey(Verdict, on_delete=models.PROTECT, related_name="standings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "assignment"], name="one_standing")]


class Evaluation(models.Model):
    """Append-only history: from `at` on, this verdict counted for the subject under the assignment."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="evaluations")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="evaluations")
    verdict = models.ForeignKey(Verdict, on_delete=models.PROTECT, related_name="evaluations")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject", "at"])]


class UsageRead(models.Model):
    """The verdicts of a subject read the figures of this metric and company: the way back from a figure."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="usage_reads")
    company = models.SlugField(max_length=80)
    metric = models.CharField(max_length=60)
    period = models.CharField(max_length=20, blank=True)
    """Empty: any period."""

    class Meta:
        indexes = [models.Index(fields=["company", "metric", "period"])]


class Check(models.Model):
    """One asked-for evaluation (API): of a deployment, or of one that is only described."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        FINISHED = "finished"
        FAILED = "failed"

    deployment = models.ForeignKey(Deployment, null=True, on_delete=models.CASCADE, related_name="checks")
    described = models.JSONField(null=True)
    """The body of a deployment that is not stored."""
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    as_of = models.DateTimeField(null=True)
    known_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=20, choices=DECISIONS, blank=True)
    findings = models.JSONField(default=list)
    facts_digest = models.CharField(max_length=64, blank=True)
    policies_digest = models.CharField(max_length=64, blank=True)
    failure = models.TextField(blank=True)
    requested_by = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class Violation(models.Model):
    """An open breach: one per subject and policy, findings inside. Episodes follow each other."""

    class Status(models.TextChoices):
        OPEN = "open"
        RESOLVED = "resolved"

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="violations")
    policy = models.CharField(max_length=100)
    episode = models.IntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN, db_index=True)
    mode = models.CharField(max_length=10, choices=Mode)
    outcome = models.CharField(max_length=20, choices=OUTCOMES)
    findings = models.JSONField()
    verdict = models.ForeignKey(Verdict, on_delete=models.PROTECT, related_name="violations")
    opened_at = models.DateTimeField()
    worsened_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "policy", "episode"], name="one_episode"),
            models.UniqueConstraint(
                fields=["subject", "policy"], condition=Q(status="open"), name="one_open_violation"
            ),
        ]


class Waiver(models.Model):
    """An accepted breach. It always ends, and never hides the finding."""

    class Status(models.TextChoices):
        REQUESTED = "requested"
        APPROVED = "approved"
        DECLINED = "declined"
        REVOKED = "revoked"

    violation = models.ForeignKey(Violation, on_delete=models.CASCADE, related_name="waivers")
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    outcome = models.CharField(max_length=20, choices=OUTCOMES)
    """What the approver saw: it covers nothing worse."""
    reason = models.TextField()
    until = models.DateTimeField()
    """First instant at which it no longer holds."""
    requested_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
