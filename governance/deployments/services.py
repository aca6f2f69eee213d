"""Save, change, retire and follow deployments. Bad input changes nothing.

Every service raises ValidationError({field: [cause]}) in the words of the API before anything is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from governance.body import Body
from governance.deployments.bodies import ENTITY_FIELDS, FIELDS, read_body
from governance.deployments.models import Deployment
from governance.registry.models import Model
from governance.registry.services import resolve_revision

__all__ = ["FIELDS", "change_deployment", "follow", "repoint", "retire_deployment", "save_deployment"]


@transaction.atomic
def save_deployment(*, data: Any, actor: str, now: datetime) -> tuple[Deployment, bool]:
    """Create the deployment of that slug or replace all that is said of it; absent or null: not known.

    `model` is a repository id, a former one, or the id under which we track it. `revision` is a branch, tag
    or commit that we know; left out it is the one that the model is tracked at. The company of a product
    may be left out. A retired deployment that is saved again is in use again.
    """
    values = _settled(read_body(data))
    slug = values.pop("slug")
    held = Deployment.objects.select_for_update(no_key=True).filter(slug=slug).first()
    if held is None:
        values |= {"created_by": actor, "created_at": now, "changed_at": now}
        return Deployment.objects.create(slug=slug, **values), True
    _apply(held, {**values, "retired_at": None}, now)
    return held, False


@transaction.atomic
def change_deployment(*, deployment: Deployment, data: Any, actor: str, now: datetime) -> Deployment:
    """Change only the fields that are given; null makes a field unknown. `uses` is changed field by field."""
    _held(deployment.model_id)  # before its deployments, as a sync locks them
    deployment = Deployment.objects.select_for_update(no_key=True).get(pk=deployment.pk)
    body = Body(data, *FIELDS)
    if body.data.get("slug", deployment.slug) != deployment.slug:
        body.refuse("slug", "a deployment keeps its slug: save another one")
    if deployment.retired_at:
        body.refuse("slug", f"{deployment.slug} is retired: save it whole to bring it back")
    body.check()
    values = _settled(read_body(_merged(body_of(deployment), body.data)))
    values.pop("slug")
    _apply(deployment, values, now)
    return deployment


def _held(model_id: int) -> Model:
    """Until the commit no sync moves what the revisions of the model mean."""
    return Model.objects.select_for_update(no_key=True).get(pk=model_id)


def _settled(values: dict[str, Any]) -> dict[str, Any]:
    """What was read of a body, with the snapshot that its revision means when this commits."""
    model = _held(values["model"].pk)
    return {**values, "model": model, "snapshot": resolve_revision(model, values["revision"])}


def retire_deployment(*, deployment: Deployment, now: datetime) -> None:
    """It is no longer in use. Doing it twice changes nothing."""
    Deployment.objects.filter(pk=deployment.pk, retired_at=None).update(retired_at=now, changed_at=now)
    deployment.refresh_from_db(fields=["retired_at", "changed_at"])


@transaction.atomic
def follow(*, model: Model, now: datetime) -> list[Deployment]:
    """Move the deployments in use whose revision means another snapshot than before; returns those."""
    rows = Deployment.objects.select_for_update(no_key=True, of=("self",)).filter(
        model=model, retired_at=None
    )
    rows = list(rows.select_related("snapshot").order_by("id"))
    meant = {revision: resolve_revision(model, revision) for revision in {row.revision for row in rows}}
    moved = [row for row in rows if meant[row.revision] and meant[row.revision] != row.snapshot]
    for row in moved:
        row.snapshot, row.changed_at = meant[row.revision], now
    Deployment.objects.bulk_update(moved, ["snapshot", "changed_at"], batch_size=500)
    return moved


def repoint(*, duplicates: Sequence[Model], model: Model, now: datetime) -> int:
    """One repository was tracked under two names: what ran the duplicates runs `model`; answers how many."""
    rows = Deployment.objects.filter(model__in=duplicates)
    return rows.update(model=model, snapshot=None, changed_at=now)


def body_of(deployment: Deployment) -> dict[str, Any]:
    """The deployment in the words of the API, fit to be saved again."""
    body = {name: getattr(deployment, name) for name in FIELDS if name not in ENTITY_FIELDS}
    for name in ("company", "product"):
        entity = getattr(deployment, name)
        body[name] = entity.slug if entity else None
    return body | {"model": deployment.model_id}


def _merged(body: dict[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**body, **data}
    if "product" in data and "company" not in data:
        merged["company"] = None  # follows from the new product
    if "model" in data and "revision" not in data:
        merged["revision"] = None  # the old one means nothing there
    if isinstance(data.get("uses"), Mapping):
        merged["uses"] = {**body["uses"], **data["uses"]}
    return merged


def _apply(deployment: Deployment, values: dict[str, Any], now: datetime) -> None:
    """Write what differs; saving the same again leaves `changed_at` alone."""
    changed = [name for name, value in values.items() if getattr(deployment, name) != value]
    for name in changed:
        setattr(deployment, name, values[name])
    if changed:
        deployment.changed_at = now
        deployment.save(update_fields=[*changed, "changed_at"])
