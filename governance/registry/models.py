"""Tracked models and what each revision is and says. Snapshots are immutable."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import JSONField, Q, Value
from django.db.models.functions import Lower


class State(models.TextChoices):
    """How the last look at a model went. The last good snapshot is kept in every state."""

    PENDING = "pending", "Not read yet"
    AVAILABLE = "available", "Available"
    NOT_FOUND = "not_found", "Gone, private or never there"
    GATED = "gated", "Access is restricted"
    DISABLED = "disabled", "Disabled by the hub"
    REVISION_NOT_FOUND = "revision_not_found", "The revision is gone"
    BAD_TOKEN = "bad_token", "The token is refused"
    RATE_LIMITED = "rate_limited", "The hub asks to wait"
    UNREACHABLE = "unreachable", "The hub cannot be reached"
    INVALID = "invalid", "The answer could not be understood"
    REPLACED = "replaced", "Another repository took its name"


class Model(models.Model):
    """A repository that we track. The Hub's own id identifies it; its name may change."""

    source = models.CharField(max_length=40)
    endpoint = models.CharField(max_length=200, blank=True)
    repo_id = models.CharField(max_length=200)
    hub_id = models.CharField(max_length=200, blank=True)
    ref = models.CharField(max_length=200, default="main")
    declaration = models.JSONField(default=dict, blank=True)
    """What a person declared, for sources that read no network."""
    state = models.CharField(max_length=20, choices=State, default=State.PENDING)
    state_reason = models.TextField(blank=True)
    state_since = models.DateTimeField()
    lasting_state = models.CharField(max_length=20, choices=State, default=State.PENDING)
    """The state without rate limits and outages, which say nothing of the model: what rules may read."""
    gated = models.CharField(max_length=10, blank=True)
    """As the hub said last (empty: open). It changes without a commit, so it is no part of a snapshot."""
    has_access = models.BooleanField(null=True)
    """Whether the files of a gated model may be read with our token."""
    latest_snapshot = models.ForeignKey("Snapshot", null=True, on_delete=models.SET_NULL, related_name="+")
    synced_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    owner_shape = models.CharField(max_length=200, blank=True, default="", db_default="", db_index=True)
    name_shape = models.CharField(max_length=200, blank=True, default="", db_default="", db_index=True)
    """`core.look_alikes.skeleton` of both parts of the name."""
    resembles = models.JSONField(default=list, db_default=Value([], JSONField()))
    """Models that we tracked before, and known publishers, that its name is easily taken for."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "endpoint", "repo_id"],
                condition=~Q(state=State.REPLACED),
                name="one_model_by_name",
            ),
            models.UniqueConstraint(
                fields=["source", "endpoint", "hub_id"], condition=~Q(hub_id=""), name="one_model_by_hub_id"
            ),
        ]
        indexes = [
            models.Index(Lower("repo_id"), name="model_by_name_in_any_case"),
            models.Index(fields=["source", "id"], name="model_by_source"),
            models.Index(fields=["state", "id"], name="model_by_state"),
            models.Index(fields=["repo_id"], name="model_by_name"),
        ]

    def __str__(self) -> str:
        return self.repo_id


class Alias(models.Model):
    """A name under which the model was known or asked for before."""

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="aliases")
    repo_id = models.CharField(max_length=200)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "repo_id"], name="one_alias")]
        indexes = [models.Index(Lower("repo_id"), name="alias_in_any_case")]


class Snapshot(models.Model):
    """What one revision of a model is and says. Only what could not be read at first may be added later."""

    model = models.ForeignKey(Model, on_delete=models.PROTECT, related_name="snapshots")
    revision = models.CharField(max_length=64)
    repo_id = models.CharField(max_length=200)
    synced_at = models.DateTimeField()
    gated = models.CharField(max_length=10, blank=True)
    private = models.BooleanField(default=False)
    files_count = models.IntegerField(null=True)
    total_size = models.BigIntegerField(null=True)
    formats = models.JSONField(default=dict)
    """Format -> number of files."""
    modalities = models.JSONField(default=list)
    custom_code = models.BooleanField(null=True)
    problems = models.JSONField(default=list)
    raw = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "revision"], name="one_snapshot")]

    def __str__(self) -> str:
        return f"{self.repo_id}@{self.revision[:12]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("A snapshot is never changed: take another one.")
        super().save(*args, **kwargs)


class Ref(models.Model):
    """Where a branch or tag pointed when last seen."""

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="refs")
    name = models.CharField(max_length=200)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "name"], name="one_ref")]


class File(models.Model):
    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=1024)
    size = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    oid = models.CharField(max_length=64, blank=True)
    format = models.CharField(max_length=20, blank=True)


class StatedLicense(models.Model):
    """One statement, exactly as stated; several may disagree and all are kept."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="stated_licenses")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=1024)
    sha256 = models.CharField(max_length=64, blank=True)


class Text(models.Model):
    """A text of the repository (LICENSE, use policy) as it was read."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="texts")
    path = models.CharField(max_length=1024)
    sha256 = models.CharField(max_length=64)
    oid = models.CharField(max_length=64, blank=True)
    identity = models.CharField(max_length=64)
    """Of the text without its layout (governance.core.license_text)."""
    text = models.TextField()
    recognition = models.JSONField(null=True)
    """What was recognized in it (`governance.core.recognition`); None for cards and configurations."""
    recognized_by = models.CharField(max_length=20, blank=True, default="", db_default="")
    """Digest of the index that it was recognized by: by another one, it must be recognized again."""


class Edge(models.Model):
    """The snapshot's model was made from `parent_repo_id`, as stated."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="edges")
    parent_repo_id = models.CharField(max_length=200)
    parent = models.ForeignKey(Model, null=True, on_delete=models.SET_NULL, related_name="children")
    relation = models.CharField(max_length=10)
    stated_in = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "parent_repo_id", "relation"], name="one_edge")
        ]
        indexes = [models.Index(Lower("parent_repo_id"), name="edge_in_any_case")]


class CuratedEdge(models.Model):
    """What a person says of where a model comes from, beside what the repository states. Never changed:
    a retracted row stays as history."""

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="curated_edges")
    parent_repo_id = models.CharField(max_length=200)
    parent = models.ForeignKey(Model, null=True, on_delete=models.SET_NULL, related_name="curated_children")
    relation = models.CharField(max_length=10, blank=True)
    wrong = models.BooleanField(default=False)
    """Whether it says that the repository names this parent in error."""
    source = models.CharField(max_length=500)
    """Where it is known from: an address, a paper, a letter."""
    author = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    retracted_at = models.DateTimeField(null=True)
    retracted_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "model",
                Lower("parent_repo_id"),
                "wrong",
                condition=Q(retracted_at=None),
                name="one_curated_edge",
            )
        ]

    def __str__(self) -> str:
        return f"{self.model_id} {'not from' if self.wrong else 'from'} {self.parent_repo_id}"


class ModelFigure(models.Model):
    """A figure of a model that a person records with its source, as what its training took. Never changed:
    a later one of its metric takes its place, and a retracted one stays as history."""

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="figures")
    metric = models.CharField(max_length=60)
    low = models.DecimalField(max_digits=40, decimal_places=4)
    high = models.DecimalField(max_digits=40, decimal_places=4)
    source = models.CharField(max_length=500)
    on = models.DateField(null=True)
    """Date of the source."""
    note = models.TextField(blank=True)
    author = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    retracted_at = models.DateTimeField(null=True)
    retracted_by = models.CharField(max_length=150, blank=True)

    class Meta:
        indexes = [models.Index(fields=["model", "metric"], name="figure_of_model")]


class ChangeKind(models.TextChoices):
    BRANCH_MOVED = "branch_moved", "The branch moved"
    HISTORY_REWRITTEN = "history_rewritten", "The history was rewritten"
    RENAMED = "renamed", "The repository was renamed"
    REPLACED = "replaced", "Another repository took its name"
    LICENSE_CHANGED = "license_changed", "The license changed"
    GATED_CHANGED = "gated_changed", "The gate changed"
    STATE_CHANGED = "state_changed", "Access changed"


class Change(models.Model):
    """Something changed upstream, as it was noticed."""

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=20, choices=ChangeKind)
    before = models.CharField(max_length=300, blank=True)
    after = models.CharField(max_length=300, blank=True)
    sentence = models.TextField()
    seen_at = models.DateTimeField()
