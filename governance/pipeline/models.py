"""The queue is this table. Messages only say that there may be something in it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Kind(models.TextChoices):
    SYNC = "sync"
    JUDGE = "judge"
    CHECK = "check"
    DELIVER = "deliver"
    TICK = "tick"
    LOOK = "look"


class Work(models.Model):
    """One piece of work. Whoever raises `fence` holds it until `lease_until`."""

    class State(models.TextChoices):
        DUE = "due"
        LEASED = "leased"
        DONE = "done"
        DEAD = "dead"

    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=200)
    """What it is about; of one kind and key only one piece waits at a time."""
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    due_at = models.DateTimeField()
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    attempts = models.IntegerField(default=0)
    last_error = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    """Of the request that asked for it, for the logs."""
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], condition=Q(state="due"), name="one_waiting_work")
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="due"), name="work_due"),
            models.Index(fields=["lease_until"], condition=Q(state="leased"), name="work_leased"),
            models.Index(fields=["kind", "id"], condition=Q(state="dead"), name="work_dead"),
        ]


class Tick(models.Model):
    """One run of periodic work: unique per job and slot, so that two tickers cannot double it."""

    job = models.CharField(max_length=40)
    slot = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "slot"], name="one_tick")]


class Heartbeat(models.Model):
    """When a component last showed that it lives and when it last claimed work."""

    component = models.CharField(max_length=100, primary_key=True)
    beat_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    version = models.CharField(max_length=40, blank=True, default="", db_default="")


class Episode(models.Model):
    """A time during which a component of the platform failed: told when it begins, and when it is over."""

    component = models.CharField(max_length=40)
    detail = models.TextField()
    """What was wrong when it began."""
    began_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    """What passes within moments is told to nobody."""
    well_since = models.DateTimeField(null=True)
    """Since when the component is well again; the episode ends when that lasts."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["component"], condition=Q(ended_at=None), name="one_open_episode")
        ]


class Counted(models.Model):
    """One time series that only grows: what all processes of all hosts counted together."""

    name = models.CharField(max_length=60)
    labels = models.CharField(max_length=300)
    """JSON list of the label values."""
    value = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "labels"], name="one_series")]


class SourceBudget(models.Model):
    """How many more calls a source said that it allows."""

    source = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    """The source's own word for what it counts."""
    remaining = models.BigIntegerField()
    quota = models.BigIntegerField(null=True)
    resets_at = models.DateTimeField(null=True)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "name"], name="one_source_budget")]


class IdempotencyRecord(models.Model):
    """The answer to a POST with an Idempotency-Key, written in the same transaction as its effect."""

    token = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.IntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="one_idempotency_record")]
