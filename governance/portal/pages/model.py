"""One model: what is decided, stated and concluded of it, its terms, lineage, files and history."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from governance.compliance.model_facts import model_facts
from governance.core import plain_terms as terms
from governance.core.outcomes import Decision
from governance.deployments.models import Deployment
from governance.discovery import catalog
from governance.licensing.history import texts_of_model
from governance.licensing.services import current_licenses
from governance.portal.pages import model_figures
from governance.portal.pages.evidence import Finding, finding, worst_first
from governance.portal.pages.models import decision_of, nearest_limits
from governance.registry.formats import is_unsafe
from governance.registry.models import Change, File, Model, Snapshot, State, StatedLicense

TABS = (("overview", "Overview"), ("files", "Files"), ("lineage", "Lineage"), ("history", "History"))
_STATED = {
    "tag": "Tag of the repository",
    "license_name": "Name in the card",
    "license_link": "Link in the card",
    "license_file": "License file",
    "gguf": "Field of a GGUF file",
    "manual": "Declared by hand",
}


def head(model: Model) -> dict[str, Any]:
    """What stands above every tab."""
    snapshot = model.latest_snapshot
    return {
        "model": model,
        "snapshot": snapshot,
        "decision": decision_of(model),
        "conclusion": current_licenses([snapshot]).get(snapshot.pk) if snapshot else None,
        "nearest": nearest_limits([model]).get(model.pk),
        "in_trouble": model.state not in (State.AVAILABLE, State.PENDING),
    }


def overview(model: Model) -> dict[str, Any]:
    snapshot = model.latest_snapshot
    facts = model_facts([(model, snapshot)])[(model.pk, snapshot.pk if snapshot else None)].terms
    subject = getattr(model, "subject", None)
    findings = _findings(subject)
    return {
        "judged_at": subject.judged_at if subject else None,
        "findings": [one for one in findings if one.outcome not in ("pass", "not_applicable")],
        "passed": [one for one in findings if one.outcome in ("pass", "not_applicable")],
        "stated": [(_STATED.get(one.kind, one.kind), one.value) for one in _stated(snapshot)],
        "groups": terms.grouped(terms.effective(facts)),
        "unknown": facts.unknown,
        "license_keys": [(key, one.name) for key, one in sorted(catalog().licenses.items())],
        "deployments": in_use(model),
        "figures": model_figures.rows(model),
        "figure_metrics": model_figures.METRICS,
    }


def _findings(subject: Any) -> list[Finding]:
    standings = subject.case.standings.select_related("assignment", "verdict") if subject else ()
    return worst_first(
        finding(stored, mode=one.assignment.mode) for one in standings for stored in one.verdict.findings
    )


def _stated(snapshot: Snapshot | None) -> QuerySet[StatedLicense]:
    return StatedLicense.objects.filter(snapshot=snapshot).order_by("id")


def in_use(model: Model) -> list[tuple[Deployment, str]]:
    """The deployments of a model with their decisions."""
    rows = Deployment.objects.filter(model=model, retired_at=None).select_related("subject", "product")
    return [(row, _decision(row)) for row in rows.order_by("slug")[:50]]


def _decision(row: Deployment) -> str:
    subject = getattr(row, "subject", None)
    return subject.decision if subject else str(Decision.CANNOT_TELL)


def files(model: Model) -> QuerySet[File]:
    return File.objects.filter(snapshot=model.latest_snapshot_id).order_by("path")


def unsafe(rows: list[File]) -> set[int]:
    """Ids of the files that can run code when they are loaded."""
    return {row.pk for row in rows if is_unsafe(row.format)}


def history(model: Model) -> dict[str, Any]:
    snapshots = (
        model.snapshots.defer("raw").prefetch_related("deployments").order_by("-synced_at", "-id")[:50]
    )
    return {
        "snapshots": snapshots,
        "refs": {ref.snapshot_id: ref.name for ref in model.refs.all()},
        "texts": texts_of_model(model),
        "changes": Change.objects.filter(model=model).order_by("-seen_at", "-id")[:50],
        "aliases": [alias.repo_id for alias in model.aliases.all()],
    }
