"""Deployments: the list, worst first, and all that is known of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When

from governance.compliance.gate import gate
from governance.compliance.models import Evaluation, Placement, Subject, Violation, Waiver
from governance.core.outcomes import Outcome
from governance.core.spoken import sentence_case, spoken
from governance.deployments.models import Deployment
from governance.portal.pages.evidence import Finding, finding, worst_first
from governance.portal.pages.search import containing
from governance.portal.wording import WORST_FIRST

HISTORY = 20


@dataclass(frozen=True)
class Findings:
    """The findings of a deployment by what they ask of people."""

    attention: list[Finding]
    duties: list[Finding]
    fine: list[Finding]


def found(*, q: str = "", decision: str = "", environment: str = "") -> QuerySet[Deployment]:
    """Deployments in use, worst first."""
    rank = Case(
        *(When(subject__decision=str(one), then=Value(n)) for n, one in enumerate(WORST_FIRST)),
        default=Value(1),
        output_field=IntegerField(),
    )
    rows = Deployment.objects.filter(retired_at=None).annotate(rank=rank)
    if q:
        rows = rows.filter(containing(q, "slug", "model__repo_id", "product__name"))
    rows = rows.filter(subject__decision=decision) if decision else rows
    rows = rows.filter(environment=environment) if environment else rows
    return rows.select_related("model", "snapshot", "product", "company", "subject__case").order_by(
        "rank", "slug"
    )


def environments() -> list[str]:
    names = Deployment.objects.filter(retired_at=None).values_list("environment", flat=True)
    return sorted(names.distinct())


def one(deployment: Deployment, now: datetime) -> dict[str, Any]:
    """Everything on the page of a deployment. The decision is what the gate answers."""
    subject: Subject | None = getattr(deployment, "subject", None)
    answer = gate(deployment.slug, now)
    findings = _findings(subject, now)
    return {
        "deployment": deployment,
        "subject": subject,
        "answer": answer,
        "stale": [reason for reason in answer["reasons"] if "policy" not in reason],
        "findings": findings,
        "sentence": _sentence(answer["reasons"], findings),
        "steps": _steps(findings),
        "violations": _violations(subject),
        "waivers": _waivers(subject),
        "history": _history(subject),
        "facts": _described(deployment),
    }


def accepted(subject: Subject | None, now: datetime) -> dict[str, Waiver]:
    """Policy -> the approved waiver that ends last and holds now."""
    waivers = Waiver.objects.filter(violation__subject=subject, status=Waiver.Status.APPROVED, until__gt=now)
    return {one.violation.policy: one for one in waivers.select_related("violation").order_by("until")}


def _findings(subject: Subject | None, now: datetime) -> Findings:
    standings = subject.case.standings.select_related("assignment", "verdict") if subject else ()
    waived = accepted(subject, now) if subject else {}
    told = worst_first(
        finding(stored, mode=one.assignment.mode, waived_until=_until(waived.get(one.assignment.policy)))
        for one in standings
        for stored in one.verdict.findings
    )
    return Findings(
        attention=[one for one in told if Outcome(one.outcome).breaches],
        duties=[one for one in told if one.outcome == Outcome.DUTY],
        fine=[one for one in told if one.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE)],
    )


def _until(waiver: Waiver | None) -> datetime | None:
    return waiver.until if waiver else None


def _sentence(reasons: list[dict[str, Any]], findings: Findings) -> str:
    """The one sentence that decides."""
    deciding = [reason for reason in reasons if not reason.get("waived_until")]
    if deciding:
        return str(deciding[0]["reason"])
    if reasons:
        return f"Waived: {reasons[0]['reason']}"
    return "Every enforced policy passes." if findings.fine else "Nothing has judged it yet."


def _steps(findings: Findings) -> list[str]:
    """Up to three things to do for what needs attention; duties are listed by themselves."""
    asking = [one for one in findings.attention if not one.waived_until]
    return list(dict.fromkeys(one.how_to_fix for one in asking if one.how_to_fix))[:3]


def _violations(subject: Subject | None) -> QuerySet[Violation]:
    return Violation.objects.filter(subject=subject, status=Violation.Status.OPEN).order_by("-opened_at")


def _waivers(subject: Subject | None) -> QuerySet[Waiver]:
    waivers = Waiver.objects.filter(violation__subject=subject).order_by("-requested_at")
    return waivers.select_related("violation", "requested_by", "decided_by")[:HISTORY]


def _history(subject: Subject | None) -> QuerySet[Evaluation]:
    placed = Placement.objects.filter(subject=subject)
    rows = Evaluation.objects.filter(case__in=placed.values("case")).select_related("assignment", "verdict")
    return rows.defer("verdict__findings", "verdict__facets").order_by("-at", "-id")[:HISTORY]


def _described(one: Deployment) -> list[tuple[str, Any]]:
    """What was said of it, in words; None and empty are shown as not known."""
    uses = {name: _use(value) for name, value in one.uses.items()}
    return [
        ("Environment", one.environment),
        ("Company", one.company.name if one.company else ""),
        ("Product", one.product.name if one.product else ""),
        ("Regions", ", ".join(one.regions or ())),
        ("Regions of outputs", ", ".join(one.output_regions or ())),
        ("Published name", one.published_name),
        ("Phrases shown", "; ".join(one.shown_phrases or ())),
        *((sentence_case(name), value) for name, value in uses.items()),
    ]


def _use(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        told = {name: _use(part) for name, part in value.items() if part is not None}
        return (
            told.get("target", "")
            if len(told) == 1
            else ", ".join(f"{spoken(k)}: {v}" for k, v in told.items())
        )
    return spoken(value)
