"""The rows of the list of models, read as they are shown: making objects of them costs twice as much."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import NullIf

from governance.api.model_filters import CURRENT
from governance.registry.models import Model

_OWN = ("id", "repo_id", "source", "state", "state_reason", "gated", "synced_at")
_LICENSE = CURRENT.filter(snapshot=OuterRef("latest_snapshot")).values("license")[:1]
_JUDGED = When(subject__settled=True, subject__case__judged_at__isnull=False, then="subject__decision")


def model_rows() -> QuerySet[Model, dict[str, Any]]:
    """Dictionaries with the fields of `registry_shapes.ModelRow`."""
    return Model.objects.values(
        *_OWN,
        revision=F("latest_snapshot__revision"),
        license=NullIf(Subquery(_LICENSE), Value("")),
        decision=Case(_JUDGED),
    )
