"""What becomes of work that failed for good: those who wait for it are told, and its neighbors live on."""

from __future__ import annotations

from governance.pipeline import checking, delivering, outbox
from governance.pipeline.announcing import announce_dead
from governance.pipeline.models import Kind, Work


def mourn(work: Work, sentence: str) -> None:
    """Call it in the transaction that made the work dead."""
    if work.kind == Kind.JUDGE and len(work.payload["subjects"]) > 1:
        _divide(work)
        return
    checking.give_up(work, sentence)
    delivering.give_up(work, sentence)
    announce_dead(work, sentence)


def _divide(work: Work) -> None:
    """One subject that cannot be judged must not keep others from it: each half is tried by itself."""
    Work.objects.filter(pk=work.pk, state=Work.State.DEAD).update(state=Work.State.DONE)
    subjects, cause = work.payload["subjects"], work.payload["cause"]
    middle = len(subjects) // 2
    outbox.put_all(
        (Kind.JUDGE, f"half:{work.pk}:{number}", {"subjects": half, "cause": f"{cause}:{number}"})
        for number, half in enumerate((subjects[:middle], subjects[middle:]))
    )
