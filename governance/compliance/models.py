"""What was judged, by which policy, on which facts, and what is open because of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from governance.core.outcomes import Decision, Outcome
from governance.core.verdicts import soonest
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


class Case(models.Model):
    """Everything that is judged alike: deployments that differ in nothing but their names, or one model.

    What holds of a case holds of each of its subjects, so it is judged once and kept once.
    """

    key = models.CharField(max_length=64, unique=True)
    """Digest of what the facts are gathered from."""
    decision = models.CharField(max_length=20, choices=DECISIONS, default=str(Decision.CANNOT_TELL))
    reasons = models.JSONField(default=list)
    """Why not simply allowed, worst first: findings without their evidence."""
    nearest = models.JSONField(null=True)
    """The limit that is closest: evidence of that finding with `share` (of the limit)."""
    facets = models.JSONField(default=dict)
    """Facet -> digest of the facts that were judged last."""
    breaches = models.JSONField(default=dict)
    """Policy -> [mode, verdict id] of what its violations were last held against."""
    ruled_from = models.CharField(max_length=64, default="", db_default="")
    """Digest of the verdicts, modes and facts that the fields above were made from; empty: not known."""
    judged_at = models.DateTimeField(null=True)
    judge_again_at = models.DateTimeField(null=True, db_index=True)
    """First instant at which a standing verdict ends."""
    changes = models.BigIntegerField(default=1)
    """Raised, in the same transaction, by every change of something that the case depends on."""
    judged_changes = models.BigIntegerField(default=0)
    """`changes` as it was before the facts were read; a smaller number means that the decision is stale."""
    awaits = models.ForeignKey(
        Assignment, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    """The assignment that changed, of a case whose decision was not stale when it did."""
    awaits_changes = models.BigIntegerField(null=True)
    """`changes` as that raised it; once it is another number, something else has changed too."""

    @property
    def awaited(self) -> int | None:
        """The assignment (its id) that is all that changed since the case was judged; None: perhaps more."""
        alone = self.changes == self.awaits_changes == self.judged_changes + 1
        return self.awaits_id if alone else None


class Subject(models.Model):
    """What is decided on: a deployment, or a model's current snapshot. Its case says what holds of it."""

    deployment = models.OneToOneField(Deployment, null=True, on_delete=models.CASCADE, related_name="subject")
    model = models.OneToOneField(Model, null=True, on_delete=models.CASCADE, related_name="subject")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="subjects")
    settled = models.BooleanField(default=False)
    """Whether its violations and its decision follow its case; not when it was put there just now."""
    decided = models.BooleanField(default=False)
    """Whether it ever was."""
    decision = models.CharField(
        max_length=20, choices=DECISIONS, default=str(Decision.CANNOT_TELL), db_index=True
    )
    """That of the case, unless waivers make it better."""
    waived = models.JSONField(default=dict)
    """Policy -> the instant, as text, at which the waiver ends that was counted in."""
    waived_until = models.DateTimeField(null=True, db_index=True)
    """The earliest of them."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(deployment__isnull=False, model__isnull=True)
                | Q(deployment__isnull=True, model__isnull=False),
                name="one_kind_of_subject",
            )
        ]
        indexes = [
            models.Index(
                fields=["decision", "model"], condition=Q(model__isnull=False), name="model_by_decision"
            ),
            models.Index(fields=["case"], condition=Q(settled=False), name="subject_unsettled"),
        ]

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """Those of the case, each with the end of the waiver that accepts it (`waived_until`, or None)."""
        return with_waivers(self.case.reasons, self.waived)

    @property
    def nearest(self) -> dict[str, Any] | None:
        nearest: dict[str, Any] | None = self.case.nearest
        return nearest

    @property
    def judged_at(self) -> datetime | None:
        return self.case.judged_at if self.settled else None

    @property
    def judge_again_at(self) -> datetime | None:
        """First instant at which a standing verdict or a waiver ends."""
        return soonest(self.case.judge_again_at, self.waived_until)

    def fresh(self, now: datetime) -> bool:
        """Whether the standing decision may be relied on: judged since the last change, and not run out."""
        in_time = self.judge_again_at is None or now < self.judge_again_at
        return self.judged_at is not None and self.case.judged_changes == self.case.changes and in_time


def with_waivers(reasons: list[dict[str, Any]], waived: dict[str, str]) -> list[dict[str, Any]]:
    """Reasons never hide what was waived: they say until when."""
    return [{**reason, "waived_until": waived.get(reason.get("policy", ""))} for reason in reasons]


class Placement(models.Model):
    """Append-only: from `since` on, the subject belonged to the case. The way back to its older verdicts."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="placements")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="placements")
    since = models.DateTimeField()


class Standing(models.Model):
    """The verdict that counts now, of one assignment on one case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="standings")
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="standings")
    verdict = models.ForeignKey(Verdict, on_delete=models.PROTECT, related_name="standings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "assignment"], name="one_standing")]


class Evaluation(models.Model):
    """Append-only history: from `at` on, this verdict counted for the case under the assignment."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="evaluations")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="evaluations")
    verdict = models.ForeignKey(Verdict, on_delete=models.PROTECT, related_name="evaluations")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "at"])]


class UsageRead(models.Model):
    """The facts of a case look up the figures of this metric and company: the way back from a figure."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="usage_reads")
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
