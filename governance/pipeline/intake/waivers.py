"""Breaches that people accept for a time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from governance.accounts.models import User
from governance.audit.services import append
from governance.compliance import services as compliance
from governance.compliance.cases import of_subjects
from governance.compliance.models import Subject, Violation, Waiver
from governance.pipeline.queueing import judge_again


def request_waiver(*, violation: Violation, reason: str, until: datetime, user: User) -> Waiver:
    now = timezone.now()
    with transaction.atomic():
        waiver = compliance.request_waiver(
            violation=violation, reason=reason, until=until, user=user, now=now
        )
        _waived(waiver, "waiver.requested", user, now)
    return waiver


def decide_waiver(*, waiver: Waiver, approve: bool, reason: str = "", user: User) -> Waiver:
    now = timezone.now()
    with transaction.atomic():
        waiver = compliance.decide_waiver(waiver=waiver, approve=approve, reason=reason, user=user, now=now)
        _waived(waiver, f"waiver.{waiver.status}", user, now)
    return waiver


def revoke_waiver(*, waiver: Waiver, reason: str = "", user: User) -> Waiver:
    now = timezone.now()
    with transaction.atomic():
        waiver = compliance.revoke_waiver(waiver=waiver, reason=reason, user=user, now=now)
        _waived(waiver, "waiver.revoked", user, now)
    return waiver


def _waived(waiver: Waiver, action: str, user: User, now: datetime) -> None:
    violation = waiver.violation
    detail = {"policy": violation.policy, "until": waiver.until.isoformat(), "reason": waiver.reason}
    cause = f"waiver:{waiver.pk}:{waiver.status}"
    subject = Subject.objects.filter(pk=violation.subject_id)
    subject.update(settled=False)  # it must follow its case anew, with another decision perhaps
    judge_again(of_subjects(subject), cause)
    append(at=now, actor=f"user:{user.username}", action=action, object=f"waiver {waiver.pk}", detail=detail)
