"""Turns what happened into events and queues their deliveries: one event for one cause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from governance.alerts.context import MOST_AFFECTED
from governance.alerts.models import Delivery, Event, Kind
from governance.alerts.services import announce
from governance.compliance.models import Subject, Waiver
from governance.compliance.transitions import Transition, Turn
from governance.core.outcomes import Outcome
from governance.deployments.models import Deployment
from governance.discovery import catalog
from governance.pipeline import outbox
from governance.pipeline.components import Condition
from governance.pipeline.models import Kind as WorkKind
from governance.pipeline.models import Work
from governance.registry.models import Change, ChangeKind, Model

STORM, STORM_WINDOW = 20, timedelta(minutes=10)
TOLD = frozenset(ChangeKind.values) - {ChangeKind.BRANCH_MOVED}
"""A branch that moves is daily life; what it changed in license or access is told by itself."""


def announce_transitions(transitions: Sequence[Transition], cause: str, now: datetime) -> None:
    """One event for each thing that people must hear of: one subject's findings together, or else one
    policy's subjects together."""
    for turn in Turn:
        turned = [one for one in transitions if one.turn == turn]
        alone = len({pk for one in turned for pk in one.subjects}) == 1
        groups: dict[str, list[Transition]] = {}
        for one in turned:
            groups.setdefault("" if alone else one.policy, []).append(one)
        for name, group in groups.items():
            _queue(announce(kind=turn, key=f"{turn}:{cause}:{name}", context=_context(turn, group), now=now))


def _context(turn: Turn, group: Sequence[Transition]) -> dict[str, Any]:
    findings = sorted(
        (finding for one in group for finding in one.findings),
        key=lambda finding: Outcome(finding["outcome"]),
        reverse=True,
    )
    distinct = list({finding["reason"]: finding for finding in findings}.values())
    first = group[0]
    touched = dict.fromkeys(pk for one in group for pk in one.subjects)
    subjects = _first_of(list(touched))
    told = {
        **_where(subjects[0]),
        "sentence": _sentence(turn, first, distinct),
        "decision": subjects[0].decision,
        "policy": distinct[0]["policy"] if distinct else first.policy,
        "findings": [_shown(finding) for finding in distinct[:20]],
        "previous": first.previous,
        "resolution": first.resolution,
        "violations": [pk for one in group for pk in one.violations],
    }
    if len(touched) > 1:
        told |= {
            "object": f"{len(touched)} deployments",
            "url": "/inbox/",
            "affected": [_affected(subject) for subject in subjects],
            "affected_count": len(touched),
        }
    return told


def _first_of(ids: Sequence[int]) -> list[Subject]:
    """Those that are named; of more than these only the number is told."""
    related = ("deployment__model", "deployment__snapshot", "deployment__product", "deployment__company")
    rows = Subject.objects.filter(pk__in=sorted(ids)[:MOST_AFFECTED])
    return list(rows.select_related(*related, "model__latest_snapshot").order_by("pk"))


def _sentence(turn: Turn, first: Transition, findings: Sequence[Mapping[str, Any]]) -> str:
    if turn is Turn.RESOLVED:
        return f"{first.policy} is breached no more: {first.resolution}."
    return str(findings[0]["reason"]) if findings else f"{first.policy} changed."


def _shown(finding: Mapping[str, Any]) -> dict[str, Any]:
    known = catalog().licenses.get(finding["license"])
    return {**finding, "license_name": known.name if known else ""}


def _where(subject: Subject) -> dict[str, Any]:
    one = subject.deployment
    if one is None:
        model = subject.model
        assert model is not None  # noqa: S101 (a subject is one or the other)
        snapshot = model.latest_snapshot
        named = f"{model.repo_id}@{snapshot.revision[:12]}" if snapshot else model.repo_id
        return {"object": model.repo_id, "url": model_path(model), "model": named}
    revision = one.snapshot.revision[:12] if one.snapshot else one.revision
    return {
        **_place(one),
        "object": one.slug,
        "url": deployment_path(one),
        "model": f"{one.model.repo_id}@{revision}",
    }


def _place(one: Deployment) -> dict[str, Any]:
    return {
        "deployment": one.slug,
        "environment": one.environment,
        "regions": one.regions,
        "product": one.product.name if one.product else "",
        "company": one.company.name if one.company else "",
    }


def _affected(subject: Subject) -> dict[str, Any]:
    one = subject.deployment
    if one is None:
        return {"deployment": str(subject.model), "decision": subject.decision}
    return {**_place(one), "decision": subject.decision, "url": deployment_path(one)}


def deployment_path(one: Deployment) -> str:
    return f"/deployments/{one.slug}/"


def model_path(model: Model) -> str:
    return f"/models/{model.source}/{model.repo_id}/"


def announce_changes(model: Model, changes: Iterable[Change], now: datetime) -> None:
    """What changed upstream in one look at a model is one event."""
    told = [change for change in changes if change.kind in TOLD]
    if not told:
        return
    running = Subject.objects.filter(deployment__model=model, deployment__retired_at=None)
    subjects = list(running.select_related("deployment__product", "deployment__company")[:MOST_AFFECTED])
    context = {
        "sentence": " ".join(change.sentence for change in told),
        "object": model.repo_id,
        "url": model_path(model),
        "model": str(model.latest_snapshot or model.repo_id),
        "affected": [_affected(subject) for subject in subjects],
        "affected_count": running.count(),
    }
    _queue(announce(kind=Kind.UPSTREAM_CHANGED, key=f"upstream:{told[0].pk}", context=context, now=now))


def announce_expiring(waiver: Waiver, days: int, now: datetime) -> None:
    """Once for each waiver and distance."""
    violation = waiver.violation
    where = _where(violation.subject)
    context = {
        **where,
        "sentence": f"The waiver of {violation.policy} for {where['object']} ends in less than {days} days.",
        "policy": violation.policy,
        "decision": violation.subject.decision,
        "findings": [_shown(finding) for finding in violation.findings],
        "until": waiver.until,
    }
    key = f"waiver:{waiver.pk}:{days}"
    _queue(announce(kind=Kind.WAIVER_EXPIRING, key=key, context=context, now=now))


def announce_dead(work: Work, sentence: str) -> None:
    """Work that failed for good. A mail that cannot be sent is shown with the deliveries, not mailed.

    When very many fail, each hour has one message for the rest: a thousand mails would hide the cause.
    """
    if work.kind == WorkKind.DELIVER:
        return
    context = {
        "sentence": f"Work of kind {work.kind} failed {work.attempts} times and was given up: {sentence}",
        "object": f"{work.kind} {work.key}",
        "url": "/jobs/",
    }
    key, now = f"dead:{work.pk}:{work.fence}", timezone.now()
    if _told_of_dead_since(now - STORM_WINDOW) >= STORM:
        told = f"More than {STORM} jobs failed for good within {_minutes(STORM_WINDOW)}, and more may follow."
        context |= {"sentence": f"{told} The last: {sentence}", "object": "many jobs"}
        key = f"dead:many:{now:%Y-%m-%dT%H}"
    _queue(announce(kind=Kind.WORK_DEAD, key=key, context=context, now=now))


def _told_of_dead_since(begin: datetime) -> int:
    return Event.objects.filter(kind=Kind.WORK_DEAD, created_at__gte=begin).count()


def announce_stuck(found: Sequence[Condition], key: str) -> None:
    """Components that fail for a while now, together."""
    names = ", ".join(one.component for one in found)
    findings = [
        {
            "outcome": Outcome.ERROR,
            "reason": f"{one.component.capitalize()}: {one.detail}",
            "how_to_fix": one.remedy,
        }
        for one in found
    ]
    context = {"sentence": found[0].detail, "object": names, "url": "/jobs/", "findings": findings}
    _queue(announce(kind=Kind.WORK_STUCK, key=f"stuck:{key}", context=context, now=timezone.now()))


def announce_resumed(after: Mapping[str, timedelta], key: str) -> None:
    """Components that are well again, and for how long each was not."""
    told = "; ".join(f"{name} after {_minutes(pause)}" for name, pause in after.items())
    context = {"sentence": f"Well again: {told}.", "object": ", ".join(after), "url": "/jobs/"}
    _queue(announce(kind=Kind.WORK_RESUMED, key=f"resumed:{key}", context=context, now=timezone.now()))


def _minutes(pause: timedelta) -> str:
    minutes = max(1, round(pause.total_seconds() / 60))
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def _queue(deliveries: Sequence[Delivery]) -> None:
    outbox.put_all((WorkKind.DELIVER, str(one.pk), {"delivery": one.pk}) for one in deliveries)
