"""What follows when work is dead: whoever waits for it is told, and so are the people who look after us.

A piece with many cases does not die as a whole: the one that cannot be judged is found by halving.
"""

from __future__ import annotations

from django.utils import timezone

from governance.alerts.models import Delivery
from governance.compliance.models import Check
from governance.pipeline import outbox
from governance.pipeline.announcing import announce_dead
from governance.pipeline.models import Kind, Work


def given_up(work: Work, sentence: str) -> None:
    """Call it in the transaction in which the work dies, wherever that is: in a worker or in the sweep."""
    if work.kind == Kind.JUDGE and len(work.payload["cases"]) > 1:
        _divide(work)
        return
    if work.kind == Kind.CHECK:
        waiting = Check.objects.filter(pk=work.payload["check"], status=Check.Status.WAITING)
        waiting.update(status=Check.Status.FAILED, failure=sentence, finished_at=timezone.now())
    elif work.kind == Kind.DELIVER:
        untold = Delivery.objects.filter(pk=work.payload["delivery"], status=Delivery.Status.WAITING)
        untold.update(status=Delivery.Status.FAILED, error=sentence[:2000])
    announce_dead(work, sentence)


def _divide(work: Work) -> None:
    Work.objects.filter(pk=work.pk, state=Work.State.DEAD).update(state=Work.State.DONE)
    cases, cause = work.payload["cases"], work.payload["cause"]
    middle = len(cases) // 2
    outbox.put_all(
        (Kind.JUDGE, f"half:{work.pk}:{number}", {"cases": half, "cause": f"{cause}:{number}"})
        for number, half in enumerate((cases[:middle], cases[middle:]))
    )
