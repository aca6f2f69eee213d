"""Figures and exchange rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from governance.audit.services import append
from governance.compliance.cases import reading_money, reading_usage
from governance.locking import hold
from governance.pipeline.queueing import judge_again
from governance.usage import services as usage
from governance.usage.models import Company, ExchangeRate, Measurement


def record_measurements(*, rows: Sequence[Mapping[str, Any]], actor: str) -> list[Measurement]:
    """All or nothing. Only cases whose facts look up one of the figures are judged again."""
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
    judge_again(reading_usage(_changed(new)), f"measurement:{new[0].pk}")
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


def _changed(new: Sequence[Measurement]) -> set[tuple[str, str, str | None]]:
    """Company, metric and period of each figure. The first of a subject's own figures, whatever its
    period, tells that it has users at all, which concerns every period (None)."""
    earlier = Measurement.objects.filter(
        subject__in={one.subject for one in new}, deduplicated=False, pk__lt=min(one.pk for one in new)
    )
    known = set(earlier.values_list("subject", "metric").distinct())
    return {(one.company.slug, one.metric, _period(one, (one.subject, one.metric) in known)) for one in new}


def _period(one: Measurement, known_before: bool) -> str | None:
    return one.period if known_before or one.deduplicated else None


def record_exchange_rate(*, data: Mapping[str, Any], actor: str) -> ExchangeRate:
    """Every case that looks up money is judged again."""
    now = timezone.now()
    with transaction.atomic():
        # Rates belong to nobody: whoever is about to look up money waits, and so is found or sees the rate.
        hold(Company.objects.all())
        rate = usage.record_exchange_rate(data=data, now=now)
        judge_again(reading_money(), f"rate:{rate.pk}")
        append(
            at=now, actor=actor, action="rate.recorded", object=f"{rate.base}/{rate.quote}", detail=dict(data)
        )
    return rate
