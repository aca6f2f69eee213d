"""What was concluded of a snapshot's license, which terms were loaded when, and grants."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from governance.registry.models import Snapshot


class Conclusion(models.Model):
    """Append-only: the latest one of a snapshot counts. An empty license could not be concluded."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="conclusions")
    license = models.CharField(max_length=300, blank=True, db_index=True)
    """A key of the catalog, or several that govern together (governance.core.joined)."""
    reason = models.TextField()
    disagreements = models.JSONField(default=list)
    concluded_at = models.DateTimeField()
    author = models.CharField(max_length=150, blank=True)
    """A person, for a local override; empty when the platform concluded it."""
    current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot"], condition=models.Q(current=True), name="one_current_conclusion"
            )
        ]


class TermsVersion(models.Model):
    """The terms of a license as they were loaded; another digest under the key is another version."""

    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    terms = models.JSONField()
    loaded_at = models.DateTimeField()
    current = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "digest"], name="one_terms_version")]


class Grant(models.Model):
    """A license negotiated with the licensor. Once granted it is never changed: it is revoked, or retired."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        REQUESTED = "requested"
        GRANTED = "granted"
        DENIED = "denied"
        REVOKED = "revoked"

    company = models.SlugField(max_length=80)
    covers_affiliates = models.BooleanField(default=False)
    license = models.CharField(max_length=100)
    start = models.DateTimeField(null=True)
    end = models.DateTimeField(null=True)
    cap_metric = models.CharField(max_length=60, blank=True)
    cap_limit = models.DecimalField(max_digits=30, decimal_places=4, null=True)
    territories = models.JSONField(default=list)
    reference = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.GRANTED)
    recorded_by = models.CharField(max_length=150, blank=True)
    recorded_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    attachments = models.JSONField(null=True)
    """`{name, sha256, at, by}` of each document: what it holds is kept elsewhere."""
    models = models.JSONField(default=list)  # last: the name hides the module from here on

    @property
    def expired(self) -> bool:
        """By its end, which is excluded; `at` another instant than now is for those who judge."""
        return self.status == self.Status.GRANTED and self.end is not None and self.end <= timezone.now()


class GrantStep(models.Model):
    """Append-only: who moved a grant from one status to another, when and why."""

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="steps")
    before = models.CharField(max_length=10)
    after = models.CharField(max_length=10)
    reason = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()


class Reading(models.Model):
    """Which reading of an ambiguous clause was adopted: by whom, when and why. It ends, and never changes."""

    license = models.CharField(max_length=100)
    ambiguity = models.CharField(max_length=100)
    alternative = models.CharField(max_length=100)
    reason = models.TextField()
    decided_by = models.CharField(max_length=150)
    decided_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    """When it was withdrawn, or another one was adopted."""
    ended_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["license", "ambiguity"],
                condition=models.Q(ended_at=None),
                name="one_reading_of_an_ambiguity",
            )
        ]
