"""The append-only log: each entry carries the hash of the one before it."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """`hash` is SHA-256 over the hash of the entry before and the canonical JSON of this one."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    """`user:name`, `token:name` or `worker`."""
    action = models.CharField(max_length=60)
    object = models.CharField(max_length=300)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)


class Head(models.Model):
    """The one row that writers lock in turn, so that the chain has no forks."""

    number = models.PositiveSmallIntegerField(primary_key=True, default=1)
    hash = models.CharField(max_length=64, default="")
