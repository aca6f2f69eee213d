"""Work that died and that a person wants tried again."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from governance.audit.services import append
from governance.pipeline import outbox
from governance.pipeline.models import Work


def retry_work(*, work: Work, actor: str) -> None:
    """Try dead work again."""
    with transaction.atomic():
        outbox.revive(work)
        append(at=timezone.now(), actor=actor, action="work.retried", object=f"{work.kind} {work.key}")
