"""After a database was put back from a backup: what it cannot know, said before anything is sent again."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from governance.alerts.models import Delivery
from governance.audit.models import Entry
from governance.audit.services import append
from governance.pipeline import outbox

ACTOR = "restored"


@dataclass(frozen=True)
class Restored:
    """`last_entry` is where the log of the backup ends: what others logged later is another history."""

    last_entry: int
    doubtful: int
    """Messages that wait and may have been sent after the backup was taken."""


def restored() -> Restored:
    """Log it, and count every message that waits as begun once: what is sent says that it may be a repeat.

    Run it before any worker starts. Running it again changes no message, but is logged again.
    """
    now = outbox.database_now()
    with transaction.atomic():
        waiting = Delivery.objects.filter(
            status__in=(Delivery.Status.WAITING, Delivery.Status.FAILED), sends=0
        )
        doubtful = waiting.update(sends=1)
        last = Entry.objects.order_by("-id").values_list("pk", flat=True).first() or 0
        detail = {"last_entry": last, "doubtful": doubtful}
        append(at=now, actor=ACTOR, action="database.restored", object=f"entry {last}", detail=detail)
    return Restored(last, doubtful)
