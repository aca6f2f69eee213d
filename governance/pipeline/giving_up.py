"""What follows when work is dead: whoever waits for it is told, and so are the people who look after us."""

from __future__ import annotations

from django.utils import timezone

from governance.alerts.models import Delivery
from governance.compliance.models import Check
from governance.pipeline.announcing import announce_dead
from governance.pipeline.models import Kind, Work


def given_up(work: Work, sentence: str) -> None:
    """Call it in the transaction in which the work dies, wherever that is: in a worker or in the sweep."""
    if work.kind == Kind.CHECK:
        waiting = Check.objects.filter(pk=work.payload["check"], status=Check.Status.WAITING)
        waiting.update(status=Check.Status.FAILED, failure=sentence, finished_at=timezone.now())
    elif work.kind == Kind.DELIVER:
        untold = Delivery.objects.filter(pk=work.payload["delivery"], status=Delivery.Status.WAITING)
        untold.update(status=Delivery.Status.FAILED, error=sentence)
    announce_dead(work, sentence)
