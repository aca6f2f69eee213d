"""The cast of judging, with work rows in between; mails go to whom the settings name."""

from __future__ import annotations

from governance.alerts.models import Event
from governance.compliance.models import Subject
from governance.pipeline.execution import drain
from governance.pipeline.models import Kind, Work


def settle() -> None:
    """Do all that is due."""
    drain()
    assert not Work.objects.filter(state="dead").exists(), Work.objects.filter(state="dead").values()


def events(kind: str) -> list[Event]:
    return list(Event.objects.filter(kind=kind).order_by("id"))


def queued() -> list[int]:
    """Ids of the cases whose judging is due."""
    rows = Work.objects.filter(kind=Kind.JUDGE, state="due").values_list("payload", flat=True)
    return sorted(pk for payload in rows for pk in payload["cases"])


def stale() -> set[str]:
    """Slugs of the deployments whose decision may not be relied on."""
    rows = Subject.objects.filter(deployment__isnull=False).select_related("deployment", "case")
    return {one.deployment.slug for one in rows if one.case.judged_changes != one.case.changes}
