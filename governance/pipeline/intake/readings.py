"""Readings of ambiguous clauses, as counsel adopts them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from governance.audit.services import append
from governance.licensing import services as licensing
from governance.licensing.models import Conclusion, Reading
from governance.locking import change_rules
from governance.pipeline.queueing import judge_again
from governance.pipeline.syncing import of_kin
from governance.registry.models import Model


def adopt_reading(*, data: Mapping[str, Any], actor: str) -> Reading:
    """What any license of that key governs is judged again."""
    now = timezone.now()
    with transaction.atomic():
        change_rules()
        taken = licensing.adopt_reading(data=data, actor=actor, now=now)
        _judge_again(taken, f"reading:{taken.pk}")
        append(at=now, actor=actor, action="reading.adopted", object=taken.license, detail=dict(data))
    return taken


def withdraw_reading(*, reading: Reading, actor: str) -> Reading:
    now = timezone.now()
    with transaction.atomic():
        change_rules()
        ended = licensing.withdraw_reading(reading=reading, actor=actor, now=now)
        _judge_again(ended, f"reading:{ended.pk}:ended")
        detail = {"ambiguity": ended.ambiguity, "reading": ended.alternative}
        append(at=now, actor=actor, action="reading.withdrawn", object=ended.license, detail=detail)
    return ended


def _judge_again(reading: Reading, cause: str) -> None:
    """What is judged of models under the license, and of every model that descends from one."""
    concluded = Conclusion.objects.filter(licensing.under(reading.license), current=True)
    models = Model.objects.filter(pk__in=concluded.values("snapshot__model"))
    judge_again(of_kin(list(models)), cause)
