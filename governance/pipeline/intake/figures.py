"""Figures of models that people record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from governance.audit.services import append
from governance.locking import change_rules
from governance.pipeline.queueing import judge_again
from governance.pipeline.syncing import of_kin
from governance.registry import services as registry
from governance.registry.models import Model, ModelFigure


def record_model_figure(*, model: Model, data: Any, actor: str) -> ModelFigure:
    """What reads it is judged again: the model, and those that were made from it."""
    now = timezone.now()
    with transaction.atomic():
        change_rules()
        figure = registry.record_figure(model=model, data=data, author=actor, now=now)
        _changed(figure, "figure.recorded", actor, now)
    return figure


def retract_model_figure(*, figure: ModelFigure, actor: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        change_rules()
        registry.retract_figure(figure=figure, author=actor, now=now)
        _changed(figure, "figure.retracted", actor, now)


def _changed(figure: ModelFigure, action: str, actor: str, now: datetime) -> None:
    judge_again(of_kin([figure.model]), f"figure:{figure.pk}:{action}")
    detail = {"metric": figure.metric, "low": f"{figure.low:f}", "high": f"{figure.high:f}"}
    named = {"source": figure.source, "on": figure.on.isoformat() if figure.on else None}
    append(at=now, actor=actor, action=action, object=figure.model.repo_id, detail={**detail, **named})
