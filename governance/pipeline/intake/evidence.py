"""What shows that duties of deployments are met."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from governance.body import Body, unknown
from governance.compliance.duties import RELATED, asked_of
from governance.core import fields
from governance.deployments import evidence as services
from governance.deployments.models import Deployment, Evidence
from governance.licensing.texts import license_of
from governance.locking import rely_on_rules
from governance.pipeline import outbox
from governance.pipeline.models import Kind
from governance.pipeline.queueing import deployment_changed


def give_evidence(*, data: Mapping[str, Any], actor: str) -> Evidence:
    """A page is opened by a worker, and counts from then on; anything else counts at once."""
    now = timezone.now()
    with transaction.atomic():
        rely_on_rules()
        deployment = _deployment(data)
        given = services.give(
            deployment=deployment,
            items=[item for item, _ in asked_of([deployment], now)[0].duties],
            data=data,
            license_of=license_of,
            actor=actor,
            now=now,
        )
        if given.state == Evidence.State.PENDING:
            outbox.put(Kind.LOOK, str(given.pk), {"evidence": given.pk})
        detail = {"duty": given.duty, "kind": given.kind, "value": given.value[:500], "evidence": given.pk}
        deployment_changed(deployment, "evidence.given", detail, actor, now)
    return given


def withdraw_evidence(*, evidence: Evidence, actor: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        rely_on_rules()
        services.withdraw(evidence=evidence, actor=actor, now=now)
        deployment = Deployment.objects.select_related(*RELATED).get(pk=evidence.deployment_id)
        deployment_changed(deployment, "evidence.withdrawn", {"evidence": evidence.pk}, actor, now)


def _deployment(data: Mapping[str, Any]) -> Deployment:
    body = Body({"deployment": data.get("deployment")}, "deployment")
    slug = body.required("deployment", fields.slug(100))
    rows = Deployment.objects.select_for_update(no_key=True, of=("self",)).select_related(*RELATED)
    found = rows.filter(slug=slug, retired_at=None).first()
    if slug and found is None:
        body.refuse("deployment", unknown("deployment in use", slug))
    body.check()
    assert found is not None  # noqa: S101  checked above
    return found
