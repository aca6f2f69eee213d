"""Figures of models, such as what their training took: recorded with a source, restated, retracted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from governance.body import Body
from governance.core import fields
from governance.core.compute import METRICS
from governance.core.sentences import shown
from governance.registry.models import Model, ModelFigure

FIELDS = ("metric", "value", "low", "high", "source", "on", "note")


@transaction.atomic
def record_figure(*, model: Model, data: Any, author: str, now: datetime) -> ModelFigure:
    """The latest figure of a metric counts. Raises ValidationError before anything is written."""
    body = Body(data, *FIELDS)
    metric, (low, high) = body.required("metric", _metric), _range(body)
    made = ModelFigure(
        model=model,
        metric=metric or "",
        low=low,
        high=high,
        source=body.required("source", fields.named(500)) or "",
        on=body.optional("on", fields.day),
        note=body.optional("note", fields.text(2000)) or "",
        author=author,
        recorded_at=now,
    )
    body.check()
    made.save()
    return made


def retract_figure(*, figure: ModelFigure, author: str, now: datetime) -> None:
    """From now on it counts for nothing; the one before it counts again. Raises ValidationError."""
    held = ModelFigure.objects.filter(pk=figure.pk, retracted_at=None)
    if not held.update(retracted_at=now, retracted_by=author):
        raise ValidationError({"figure": ["It was retracted already."]})


def figures_of(models: Collection[int]) -> dict[int, list[ModelFigure]]:
    """Model id -> the figures that count, one of each metric."""
    rows = ModelFigure.objects.filter(model__in=models, retracted_at=None).order_by("id")
    latest = {(row.model_id, row.metric): row for row in rows}
    found: dict[int, list[ModelFigure]] = {}
    for (model, _), row in sorted(latest.items()):
        found.setdefault(model, []).append(row)
    return found


def _metric(value: Any) -> str:
    if value not in METRICS:
        raise ValueError(f"{shown(value)} is no figure of a model: there are {', '.join(METRICS)}")
    return str(value)


def _range(body: Body) -> tuple[Decimal | None, Decimal | None]:
    """`value`, or `low` and `high`."""
    value, low, high = (body.optional(name, fields.number()) for name in ("value", "low", "high"))
    given = [name for name in ("value", "low", "high") if body.data.get(name) is not None]
    if given not in (["value"], ["low", "high"]):
        body.refuse("value", "give either value, or low and high")
    if low is not None and high is not None and low > high:
        body.refuse("low", f"{low:f} is above high, {high:f}")
    return (value, value) if given == ["value"] else (low, high)
