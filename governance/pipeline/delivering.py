"""Work of kind deliver: one telling of one event to one recipient.

Marked only after it was sent: nothing is lost, and a repeat is possible only if the process dies between
the other side's acceptance and our commit. The Message-ID stays the same, so that a repeat is recognised.
"""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone

from governance.alerts.channels import notifier
from governance.alerts.models import Delivery
from governance.alerts.services import begin_send, mark_delivered, mark_refused, render
from governance.core.notifier import NotifierError
from governance.pipeline import counting, outbox
from governance.pipeline.chaos import maybe_die
from governance.pipeline.models import Work

LEAST_PAUSE, MOST_PAUSE = 5.0, 3600.0
"""Seconds."""
log = logging.getLogger(__name__)


def deliver(work: Work) -> None:
    delivery = Delivery.objects.select_related("event").get(pk=work.payload["delivery"])
    if delivery.status not in (Delivery.Status.WAITING, Delivery.Status.FAILED):
        outbox.finish(work)
        return
    begin_send(delivery)
    maybe_die("deliver_begun")
    try:
        message = render(delivery)
        notifier(delivery.channel).send(delivery.recipient, message)
    except NotifierError as fault:
        _note(delivery, "refused" if fault.permanent else "delayed")
        _refused(work, delivery, fault)
        return
    _note(delivery, "taken")
    maybe_die("deliver_sent")
    with transaction.atomic():
        mark_delivered(delivery, message.subject, timezone.now())
        outbox.finish(work)
    maybe_die("deliver_committed")


def _note(delivery: Delivery, ended: str) -> None:
    """Whose address it is, and what was answered, stand in the row and not in the log."""
    log.info("delivery %s by %s was %s", delivery.pk, delivery.channel, ended)
    counting.add("deliveries_tried", delivery.channel, ended)


def _refused(work: Work, delivery: Delivery, fault: NotifierError) -> None:
    """A permanent refusal is final and visible; anything else is tried again for as long as it takes."""
    with transaction.atomic():
        mark_refused(delivery, str(fault), permanent=fault.permanent)
        if fault.permanent:
            outbox.finish(work)
        else:
            outbox.again(work, str(fault), _pause(fault.after))


def _pause(after: float | None) -> float | None:
    """As the other side asks, within reason: it must not have us call all the time, nor never again."""
    return None if after is None else min(max(after, LEAST_PAUSE), MOST_PAUSE)
