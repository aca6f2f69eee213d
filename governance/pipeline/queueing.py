"""What a change leaves to be judged, cut into pieces of work."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Min, QuerySet
from django.db.models.functions import Coalesce

from governance.audit.services import append
from governance.compliance.cases import (
    BATCH,
    mark_changed,
    of_deployment,
    place_deployments,
    place_models,
    unsettle,
)
from governance.compliance.models import Assignment, Case, Subject
from governance.deployments.models import Deployment
from governance.locking import hold
from governance.pipeline import outbox
from governance.pipeline.models import Kind
from governance.usage.models import Company


def queue_judging(case_ids: Sequence[int], cause: str, key: str = "") -> None:
    """One piece of work for each chunk. `cause` names what changed: people get one mail for it.

    No two causes are the same, so that none is taken for one that was told of already. With a `key`,
    what waits under that key already will do.
    """
    cause = f"{cause}:{secrets.token_hex(4)}"
    ids = case_ids if len(case_ids) <= settings.CHUNK else _neighbors(case_ids)
    chunks = [ids[n : n + settings.CHUNK] for n in range(0, len(ids), settings.CHUNK)]
    outbox.put_all(
        (Kind.JUDGE, f"{key or cause}:{number}", {"cases": list(chunk), "cause": f"{cause}:{number}"})
        for number, chunk in enumerate(chunks)
    )


def _neighbors(case_ids: Sequence[int]) -> list[int]:
    """Those of one model beside each other: what they share is gathered, sent and parsed once for all."""
    models: dict[int, int] = {}
    for begin in range(0, len(case_ids), BATCH):
        rows = Subject.objects.filter(case__in=case_ids[begin : begin + BATCH])
        of_case = rows.values_list("case").annotate(shared=Min(Coalesce("model_id", "deployment__model_id")))
        models |= of_case.order_by()
    return sorted(case_ids, key=lambda pk: (models.get(pk, 0), pk))


def judge_again(cases: QuerySet[Case], cause: str, assignment: Assignment | None = None) -> None:
    """Inside the transaction of the change: their decisions are stale from its commit on.

    `assignment`: nothing but it changed.
    """
    queue_judging(mark_changed(cases, assignment), cause)


def deployment_changed(
    one: Deployment, action: str, detail: Mapping[str, Any], actor: str, now: datetime
) -> None:
    """It belongs to another case perhaps, and is judged anew. `model`, `company` and `product` are loaded."""
    # Who changes the company or its group finds this deployment, or was committed before it: `locked_group`.
    hold(Company.objects.filter(pk=one.company_id))
    place_deployments([one], now)
    place_models([one.model], now)
    unsettle(one)
    judge_again(of_deployment(one), f"deployment:{one.slug}")
    append(at=now, actor=actor, action=action, object=one.slug, detail=dict(detail))
