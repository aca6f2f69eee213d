"""Figures and exchange rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from governance.audit.services import append
from governance.compliance import services as compliance
from governance.compliance.models import Subject
from governance.pipeline.queueing import judge_again
from governance.usage import services as usage
from governance.usage.models import ExchangeRate, Measurement


def record_measurements(*, rows: Sequence[Mapping[str, Any]], actor: str) -> list[Measurement]:
    """All or nothing. Only subjects whose verdicts read one of the figures are judged again."""
    now = timezone.now()
    with transaction.atomic():
        measurements = usage.record_measurements(rows=list(rows), actor=actor, now=now)
        _measured(measurements, actor, now)
    return measurements


def import_measurements(*, text: str | bytes, actor: str) -> usage.Report:
    """A CSV file; with a single error in it nothing is imported."""
    now = timezone.now()
    with transaction.atomic():
        report = usage.import_csv(text=text, actor=actor, now=now)
        _measured(report.measurements, actor, now)
    return report


def _measured(measurements: Sequence[Measurement], actor: str, now: datetime) -> None:
    new = [one for one in measurements if one.recorded_at >= now]
    if not new:
        return
    told = [
        f"{m.subject} {m.metric} {m.period}: {m.low:f} to {m.high:f} {m.currency}".strip() for m in new[:100]
    ]
    append(
        at=now,
        actor=actor,
        action="measurements.recorded",
        object=f"{len(new)} figures",
        detail={"figures": told},
    )
    changed = {(one.company.slug, one.metric, one.period if _known_before(one) else None) for one in new}
    judge_again(compliance.reading_usage(changed), f"measurement:{new[0].pk}")


def _known_before(one: Measurement) -> bool:
    """The first figure of a subject, whatever its period, tells that it has users at all."""
    earlier = Measurement.objects.filter(
        subject=one.subject, metric=one.metric, recorded_at__lt=one.recorded_at
    )
    return earlier.exists()


def record_exchange_rate(*, data: Mapping[str, Any], actor: str) -> ExchangeRate:
    now = timezone.now()
    with transaction.atomic():
        rate = usage.record_exchange_rate(data=data, now=now)
        append(
            at=now, actor=actor, action="rate.recorded", object=f"{rate.base}/{rate.quote}", detail=dict(data)
        )
        money = Subject.objects.filter(usage_reads__metric__contains="revenue").distinct()
        judge_again(money, f"rate:{rate.pk}")
    return rate
