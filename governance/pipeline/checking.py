"""Work of kind check: one asked-for evaluation, answered on its row."""

from __future__ import annotations

from django.db import transaction

from governance.compliance.models import Check
from governance.compliance.running import UNREAD, judge_once
from governance.deployments.bodies import unsaved
from governance.pipeline import outbox
from governance.pipeline.chaos import maybe_die
from governance.pipeline.evaluating import evaluate
from governance.pipeline.models import Work

CASE = "deployment__subject__case"
_UNREAD = [f"{CASE}__{name}" for name in UNREAD]


def check(work: Work) -> None:
    unanswered = Check.objects.exclude(status=Check.Status.FINISHED)  # a failed one may be tried again
    known = unanswered.select_related("deployment__product", CASE).defer(
        *[f"{CASE}__{one}" for one in UNREAD]
    )
    row = known.filter(pk=work.payload["check"]).first()
    if row is None:
        outbox.finish(work)
        return
    now = outbox.database_now()
    one = row.deployment or unsaved(row.described)
    answer = judge_once(one, now=now, as_of=row.as_of, known_at=row.known_at, evaluate=evaluate)
    with transaction.atomic():
        row.as_of, row.finished_at, row.status = row.as_of or now, now, Check.Status.FINISHED
        row.failure = ""
        for name, value in answer.items():
            setattr(row, name, value)
        row.save()
        outbox.finish(work)
        maybe_die("check_before_commit")
    maybe_die("check_committed")
