"""Companies and who controls whom, products, and usage figures. Rows are retired, never changed."""

from __future__ import annotations

from django.db import models


class Company(models.Model):
    """A legal entity. None means not known."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    domicile = models.CharField(max_length=2, null=True)
    kind = models.CharField(max_length=20, null=True)
    competes_with = models.JSONField(null=True)
    business_models = models.JSONField(null=True)

    def __str__(self) -> str:
        return self.name


class Control(models.Model):
    """`end` is the first day on which it no longer holds."""

    parent = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="holdings")
    child = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="holders")
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    start = models.DateField(null=True)
    end = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)


class Product(models.Model):
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="products")

    def __str__(self) -> str:
        return self.name


class Measurement(models.Model):
    """One usage figure as it was recorded. A later one for the same period restates it.

    `subject` is `company:slug` or `product:slug`; `company` is the one that it counts for.
    """

    subject = models.CharField(max_length=100)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="measurements")
    metric = models.CharField(max_length=60)
    period = models.CharField(max_length=20)
    low = models.DecimalField(max_digits=40, decimal_places=4)
    high = models.DecimalField(max_digits=40, decimal_places=4)
    currency = models.CharField(max_length=3, blank=True)
    deduplicated = models.BooleanField(default=False)
    source = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    attested_by = models.CharField(max_length=150, blank=True)
    recorded_at = models.DateTimeField()
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["company", "metric", "period", "recorded_at"]),
            models.Index(fields=["subject", "metric", "period", "deduplicated", "recorded_at"]),
        ]


class ExchangeRate(models.Model):
    """One unit of `base` is worth `rate` of `quote` on that day."""

    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    on = models.DateField()
    rate = models.DecimalField(max_digits=24, decimal_places=10)
    source = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
