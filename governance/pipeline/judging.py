"""Work of kind judge: some cases, their verdicts, violations and deliveries in one transaction."""

from __future__ import annotations

from django.db import transaction

from governance.audit.services import append
from governance.compliance.recording import OutrunError
from governance.compliance.running import Judging
from governance.pipeline import outbox
from governance.pipeline.announcing import announce_transitions
from governance.pipeline.chaos import maybe_die
from governance.pipeline.evaluating import evaluate
from governance.pipeline.models import Work


def judge(work: Work) -> None:
    now = outbox.database_now()  # hosts need not agree on the date that is judged
    judging = Judging(work.payload["cases"], now=now, evaluate=evaluate)
    maybe_die("judged")
    try:
        with transaction.atomic():
            transitions = judging.write()
            announce_transitions(transitions, work.payload["cause"], now)
            if transitions:
                told = [f"{t.turn}: {t.policy}, {len(t.subjects)} times" for t in transitions]
                append(
                    at=now,
                    actor="worker",
                    action="judged",
                    object=work.payload["cause"],
                    detail={"told": told},
                )
            outbox.finish(work)
            maybe_die("judge_before_commit")
    except OutrunError as outrun:
        raise outbox.AgainError(str(outrun), after=0) from outrun
    maybe_die("judge_committed")
