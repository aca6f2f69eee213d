"""What happened, who wants to know, and each telling of one event to one recipient."""

from __future__ import annotations

from django.db import models

from governance.alerts.channels import shown_address

MOST_CHARACTERS = 1000
"""Of an address, whatever its channel."""


class Kind(models.TextChoices):
    VIOLATION_OPENED = "violation_opened", "Violation opened"
    VIOLATION_WORSENED = "violation_worsened", "Violation worsened"
    VIOLATION_RESOLVED = "violation_resolved", "Violation resolved"
    LIMIT_APPROACHING = "limit_approaching", "A limit is approaching"
    UPSTREAM_CHANGED = "upstream_changed", "License or access changed upstream"
    WAIVER_EXPIRING = "waiver_expiring", "A waiver is about to expire"
    WORK_DEAD = "work_dead", "Work failed for good"
    WORK_STUCK = "work_stuck", "The platform is stuck"
    WORK_RESUMED = "work_resumed", "The platform works again"


class Subscription(models.Model):
    """Who gets which kinds of events. No kinds means all."""

    channel = models.CharField(max_length=40, default="email")
    address = models.CharField(max_length=MOST_CHARACTERS)
    kinds = models.JSONField(default=list)
    environments = models.JSONField(default=list)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="one_subscription")]

    @property
    def shown_address(self) -> str:
        return shown_address(self.channel, self.address)


class Event(models.Model):
    """One cause that people are told of. `key` makes announcing it twice the same event."""

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    context = models.JSONField()
    """All that the templates of this kind show."""
    created_at = models.DateTimeField()

    @property
    def untold(self) -> str:
        """A sentence where nobody was told, because nobody wants such events; else empty."""
        return "" if self.deliveries.exists() else "Nobody was told: no address is subscribed to this."


class Delivery(models.Model):
    """One event told to one recipient through one channel."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        REFUSED = "refused"
        FAILED = "failed"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=40)
    recipient = models.CharField(max_length=MOST_CHARACTERS)
    message_id = models.CharField(max_length=120, unique=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING, db_index=True)
    subject = models.CharField(max_length=300, blank=True)
    sends = models.IntegerField(default=0)
    """How many times sending was begun; above one, a repeat is possible."""
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "channel", "recipient"], name="one_delivery")]

    @property
    def shown_recipient(self) -> str:
        return shown_address(self.channel, self.recipient)
