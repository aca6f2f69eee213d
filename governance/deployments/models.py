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
