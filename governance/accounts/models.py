"""Who may do what: people with a role, and API tokens with scopes."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    """From least to most. An approver decides waivers; an administrator also assigns policies."""

    VIEWER = "viewer", "Viewer"
    EDITOR = "editor", "Editor"
    APPROVER = "approver", "Approver"
    ADMIN = "admin", "Administrator"


class User(AbstractUser):
    role = models.CharField(max_length=10, choices=Role, default=Role.VIEWER)
    theme = models.CharField(max_length=6, default="system")


class ApiToken(models.Model):
    """Only the SHA-256 of the secret is kept; the prefix lets a leak be traced to its row."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def live(self, now: datetime) -> bool:
        """Neither revoked nor expired, and its user may still come in."""
        in_time = self.expires_at is None or now < self.expires_at
        return self.revoked_at is None and in_time and self.user.is_active
