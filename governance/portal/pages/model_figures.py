"""What is on record of a model's training: each figure with who recorded it, and which of them count."""

from __future__ import annotations

from dataclasses import dataclass

from governance.core.compute import MODIFICATION, TRAINING, Compute
from governance.registry.models import Model, ModelFigure

METRICS = ((TRAINING, "Training compute"), (MODIFICATION, "Compute of the modification"))
_NAMES = dict(METRICS)


@dataclass(frozen=True)
class Row:
    """`counts`: whether policies go by it; a later one of its metric takes its place."""

    figure: ModelFigure
    name: str
    amount: str
    counts: bool


def rows(model: Model) -> list[Row]:
    """Newest first."""
    figures = list(model.figures.order_by("-id")[:50])
    latest = {one.metric: one for one in reversed(figures) if one.retracted_at is None}
    return [_row(one, latest.get(one.metric) == one) for one in figures]


def _row(one: ModelFigure, counts: bool) -> Row:
    amount = Compute(one.low, one.high, one.source).words
    return Row(one, _NAMES.get(one.metric, one.metric), f"{amount} FLOP", counts)
