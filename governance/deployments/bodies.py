"""The body of a deployment: each field checked, and every name in it found or refused."""

from __future__ import annotations

import json
from typing import Any

import pydantic
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from governance.body import Body, unknown
from governance.core import fields
from governance.core.facts import Uses
from governance.core.sentences import shown
from governance.core.words import first_of
from governance.deployments.models import Deployment
from governance.registry.models import Model, Snapshot, State
from governance.registry.names import check_ref
from governance.registry.services import resolve_revision
from governance.usage.models import Company, Product

ENTITY_FIELDS = ("model", "company", "product")
USES_BESIDE = ("modification", "distributed", "outputs_train")
"""Fields of `uses` that may stand beside it as well."""
FIELDS = (
    *("slug", "model", "revision", "company", "product", "environment", "regions", "output_regions"),
    *("published_name", "shown_phrases", "uses"),
)


def read_body(data: Any) -> dict[str, Any]:
    """The fields of a Deployment row. Raises ValidationError with every fault."""
    body = Body(data, *FIELDS, *USES_BESIDE)
    values: dict[str, Any] = {
        "slug": body.required("slug", fields.slug(100)),
        "environment": body.optional("environment", fields.slug(60)) or "",
        "regions": body.optional("regions", fields.regions),
        "output_regions": body.optional("output_regions", fields.regions),
        "published_name": body.optional("published_name", fields.named(200)),
        "shown_phrases": body.optional("shown_phrases", fields.texts(500)),
        "uses": _uses(body),
    }
    values |= _what_runs(body) | _who_runs(body)
    body.check()
    return values


def unsaved(data: Any) -> Deployment:
    """A deployment that is only described, not in use; its slug may be left out.

    Raises ValidationError as `read_body`.
    """
    named = {"slug": "described", **data} if isinstance(data, dict) else data
    return Deployment(**read_body(named))


def _uses(body: Body) -> dict[str, Any]:
    given = dict(body.optional("uses", fields.an_object) or {})
    for name in USES_BESIDE:
        if body.data.get(name) is not None and given.setdefault(name, body.data[name]) != body.data[name]:
            body.refuse(name, "says something else than the same field of uses")
    if given.get("outputs_train") == "none":
        given["outputs_train"] = {"target": "none"}
    try:
        uses = Uses.model_validate_json(json.dumps(given, allow_nan=False), strict=True)
    except pydantic.ValidationError as refused:
        for fault in refused.errors(include_url=False):
            body.refuse(".".join(["uses", *map(str, fault["loc"])]), fault["msg"])
        return {}
    except (TypeError, ValueError) as fault:
        body.refuse("uses", f"is no JSON: {fault}")
        return {}
    return uses.model_dump(mode="json", exclude_none=True)


def _what_runs(body: Body) -> dict[str, Any]:
    """The model, the revision as named, and its snapshot (None until the model was read)."""
    model = body.required("model", find_model)
    revision = body.optional("revision", _revision)
    if model is None or "revision" in body.faults:
        return {}
    revision = revision or model.ref
    snapshot = resolve_revision(model, revision)
    if snapshot is None and (model.latest_snapshot_id or revision != model.ref):
        body.refuse("revision", _not_known(model, revision))
    return {"model": model, "revision": revision, "snapshot": snapshot}


def find_model(value: Any) -> Model:
    """By our id, the repository id, or a former one, in any case. Raises ValueError."""
    live = Model.objects.exclude(state=State.REPLACED)
    if isinstance(value, int) and not isinstance(value, bool):
        return _only(live.filter(pk=value) if 0 < value < 2**63 else live.none(), value)
    name = fields.named(200)(value)
    bearers = live.filter(repo_id__iexact=name)
    return _only(bearers if bearers.exists() else live.filter(aliases__repo_id__iexact=name).distinct(), name)


def _only(found: QuerySet[Model], name: int | str) -> Model:
    models = list(found.order_by("id")[:10])
    if not models:
        raise ValueError(f"there is no model {shown(name)}: register it first")
    if len(models) > 1:
        listed = ", ".join(f"{model.pk} ({model.source} {model.endpoint})" for model in models)
        raise ValueError(f"{shown(name)} is the name of several models; give one of their ids: {listed}")
    return models[0]


def _revision(value: Any) -> str:
    try:
        return check_ref(value)
    except ValidationError as fault:
        raise ValueError(" ".join(fault.messages)) from None


def _not_known(model: Model, revision: str) -> str:
    if not model.latest_snapshot_id:
        return f"{model} was not read yet, so only {model.ref} is known, not {shown(revision)}"
    refs = model.refs.order_by("name").values_list("name", flat=True)
    commits = Snapshot.objects.filter(model=model).order_by("-id").values_list("revision", flat=True)
    known = first_of([*refs, *(commit[:12] for commit in commits[:100])], most=8)
    return f"{model} has no revision {shown(revision)} that we know; known are {known}"


def _who_runs(body: Body) -> dict[str, Any]:
    """Company and product; a product brings its company, and contradicts any other."""
    slugs = {name: body.optional(name, fields.slug()) for name in ("company", "product")}
    company = Company.objects.filter(slug=slugs["company"]).first()
    product = Product.objects.select_related("company").filter(slug=slugs["product"]).first()
    for name, entity in (("company", company), ("product", product)):
        if slugs[name] and entity is None:
            body.refuse(name, unknown(name, slugs[name]))
    if product and company and product.company != company:
        body.refuse("company", f"{product.slug} belongs to {product.company.slug}, not to {company.slug}")
    return {"company": company or (product and product.company), "product": product}
