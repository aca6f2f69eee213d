"""Work of kind look: open a page that is said to show a duty, and see whether it does."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from governance.compliance.duties import RELATED, asked_of
from governance.core.duty_items import DutyItem
from governance.core.periods import day_of
from governance.deployments import evidence as services
from governance.deployments.models import Deployment, Evidence
from governance.locking import rely_on_rules
from governance.pipeline import outbox
from governance.pipeline.models import Kind, Work
from governance.pipeline.opening import PageError, open_page
from governance.pipeline.queueing import deployment_changed

AHEAD = timedelta(days=1)
"""A page is looked at again so long before it would count no longer."""


def look(work: Work) -> None:
    evidence = Evidence.objects.filter(pk=work.payload["evidence"], withdrawn_at=None).first()
    deployment = _deployment(evidence) if evidence else None
    item = _item(deployment, evidence.duty) if deployment and evidence else None
    if evidence is None or deployment is None or item is None:  # withdrawn, retired, or no longer asked
        outbox.finish(work)
        return
    try:
        page, fault = open_page(evidence.value), ""
    except PageError as refused:
        page, fault = "", str(refused)
    with transaction.atomic():
        rely_on_rules()
        _write(evidence, deployment, item, page, fault)
        outbox.finish(work)


def _deployment(evidence: Evidence) -> Deployment | None:
    rows = Deployment.objects.select_related(*RELATED)
    return rows.filter(pk=evidence.deployment_id, retired_at=None).first()


def _item(deployment: Deployment, duty: str) -> DutyItem | None:
    duties = asked_of([deployment], timezone.now())[0].duties
    return next((item for item, _ in duties if item.key == duty), None)


def _write(evidence: Evidence, deployment: Deployment, item: DutyItem, page: str, fault: str) -> None:
    now = timezone.now()
    if fault:
        services.saw_nothing(evidence=evidence, fault=fault, now=now)
    else:
        services.saw_page(evidence=evidence, text=page, phrases=item.duty.accepted, now=now)
    detail = {"evidence": evidence.pk, "state": evidence.state, "fault": evidence.fault}
    deployment_changed(deployment, "evidence.looked-at", detail, "worker", now)


def look_again(now: datetime) -> None:
    """Pages that would soon count no longer."""
    soon = day_of(now) + AHEAD
    rows = Evidence.objects.filter(
        kind=Evidence.Kind.URL, withdrawn_at=None, state=Evidence.State.HELD, recheck_on__lte=soon
    )
    rows = rows.filter(deployment__retired_at=None)
    outbox.put_all((Kind.LOOK, str(pk), {"evidence": pk}) for pk in rows.values_list("pk", flat=True))
