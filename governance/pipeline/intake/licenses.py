"""What people decide about the license of a model, and the license files as they are loaded."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from governance.audit.services import append
from governance.body import unknown
from governance.compliance.models import Case
from governance.deployments.models import Deployment
from governance.licensing import services as licensing
from governance.licensing.models import Conclusion
from governance.locking import change_rules
from governance.pipeline.queueing import judge_again
from governance.pipeline.syncing import of_kin, queue_sync
from governance.registry import services as registry
from governance.registry.models import Model, Snapshot
from governance.registry.recognized import outdated


def override_license(
    *, model: Model, license: str, reason: str, actor: str, revision: str = ""
) -> Conclusion:
    """A person concludes the license of one revision (the current one); shown as such.

    It holds for what descends from the model too, and goes along to later revisions that state the same.
    """
    now = timezone.now()
    snapshot = _snapshot(model, revision)
    with transaction.atomic():
        change_rules()
        made = licensing.override(snapshot=snapshot, license=license, reason=reason, author=actor, now=now)
        detail = {"license": made.license, "reason": made.reason, "revision": snapshot.revision}
        append(at=now, actor=actor, action="license.overridden", object=model.repo_id, detail=detail)
        _judge_again(model, made)
    return made


def withdraw_license_override(*, model: Model, actor: str, revision: str = "") -> Conclusion:
    """Back to what the platform concludes from the statements."""
    now = timezone.now()
    snapshot = _snapshot(model, revision)
    with transaction.atomic():
        change_rules()
        found = licensing.withdraw_override(snapshot=snapshot, now=now)
        detail = {"license": found.license, "reason": found.reason, "revision": snapshot.revision}
        append(at=now, actor=actor, action="license.override_withdrawn", object=model.repo_id, detail=detail)
        _judge_again(model, found)
    return found


def _judge_again(model: Model, concluded: Conclusion) -> None:
    judge_again(of_kin([model]), f"override:{concluded.pk}")
    queue_sync(model, model.ref)


def _snapshot(model: Model, revision: str) -> Snapshot:
    found = registry.resolve_revision(model, revision) if revision else model.latest_snapshot
    if found is None and revision:
        what = f"revision of {model.repo_id} that was read,"
        raise ValidationError({"revision": [unknown(what, revision)]})
    if found is None:
        raise ValidationError({"model": [f"{model.repo_id} was not read yet"]})
    return found


def load_licenses(*, actor: str) -> list[str]:
    """Take in the license files; what hangs on changed terms is judged again."""
    now = timezone.now()
    with transaction.atomic():
        change_rules()
        changed = licensing.load_terms(now=now)
        used = Q(pk__in=Model.objects.values("latest_snapshot")) | Q(
            pk__in=Deployment.objects.values("snapshot")
        )
        if changed or outdated(Snapshot.objects.filter(used)).exists():
            licensing.reconclude(snapshots=Snapshot.objects.filter(used), now=now)
            judge_again(Case.objects.all(), "licenses")
            append(
                at=now,
                actor=actor,
                action="licenses.loaded",
                object=f"{len(changed)} licenses",
                detail={"keys": changed},
            )
    return changed
