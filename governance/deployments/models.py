"""Snapshots in use: where, by whom, for what."""

from __future__ import annotations

from django.db import models

from governance.registry.models import Model, Snapshot
from governance.usage.models import Company, Product


class Deployment(models.Model):
    """A snapshot in use. None in a field means not known."""

    slug = models.SlugField(max_length=100, unique=True)
    model = models.ForeignKey(Model, on_delete=models.PROTECT, related_name="deployments")
    revision = models.CharField(max_length=200)
    """As named by people: a branch, a tag or a commit id."""
    snapshot = models.ForeignKey(Snapshot, null=True, on_delete=models.PROTECT, related_name="deployments")
    """What the revision means now; None until the model was read."""
    company = models.ForeignKey(Company, null=True, on_delete=models.PROTECT, related_name="deployments")
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="deployments")
    environment = models.CharField(max_length=60, blank=True, db_index=True)
    """Empty: not known."""
    regions = models.JSONField(null=True)
    output_regions = models.JSONField(null=True)
    published_name = models.CharField(max_length=200, null=True)
    shown_phrases = models.JSONField(null=True)
    uses = models.JSONField(default=dict)
    created_by = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.slug


class Evidence(models.Model):
    """What shows that a duty of a deployment is met. Never changed by people: another is given instead."""

    class Kind(models.TextChoices):
        FILE = "file"
        TEXT = "text"
        URL = "url"
        STATEMENT = "statement"

    class State(models.TextChoices):
        PENDING = "pending", "Not looked at yet"
        HELD = "held", "Seen"
        FAILED = "failed", "Does not show it"

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="evidence")
    duty = models.CharField(max_length=12)
    """`core.duty_items.DutyItem.key`."""
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.TextField()
    """The path in the snapshot, the text, the address, or what the person states."""
    snapshot = models.ForeignKey(Snapshot, null=True, on_delete=models.PROTECT, related_name="+")
    """Of a file: the revision that it was seen in. It says nothing of another."""
    sha256 = models.CharField(max_length=64, blank=True)
    """Of what was seen."""
    state = models.CharField(max_length=10, choices=State, default=State.HELD)
    fault = models.TextField(blank=True)
    """Why it does not show the duty, or why the last look failed."""
    on = models.DateField()
    """The day for which it was given, or on which a page was seen last."""
    recheck_on = models.DateField(null=True)
    """From this day on somebody has to look again."""
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField()
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["recheck_on"],
                condition=models.Q(kind="url", withdrawn_at=None),
                name="page_to_recheck",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for duty {self.duty} of {self.deployment_id}"
