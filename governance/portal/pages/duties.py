"""The duties of a deployment with what shows them, and the report to paste from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from governance.compliance.duties import asked_of
from governance.core.duties import demand
from governance.core.duty_items import DutyItem, Shown, Standing
from governance.core.duty_report import GROUPS, Line, Report, report
from governance.core.spoken import spoken
from governance.deployments.models import Deployment, Evidence
from governance.portal.wording import Badge

STANDINGS = {
    Standing.MISSING: Badge("Nothing shows it", tone="amber", shape="diamond", icon="question-mark"),
    Standing.EXPIRED: Badge("No longer shown", tone="amber", shape="diamond", icon="alert-triangle"),
    Standing.SHOWN: Badge("Shown", tone="green", shape="circle", icon="check"),
    Standing.NOT_APPLICABLE: Badge("Does not arise", tone="muted", shape="circle", icon="circle-off"),
}
RULE = Badge("To be kept to", tone="blue", shape="square", icon="list-check")
WORST_FIRST = (Standing.EXPIRED, Standing.MISSING, Standing.SHOWN, Standing.NOT_APPLICABLE)
KINDS = {
    Evidence.Kind.TEXT: "A text in which it is shown",
    Evidence.Kind.URL: "A public page; it is opened and looked at again",
    Evidence.Kind.FILE: "A file of the snapshot",
    Evidence.Kind.STATEMENT: "What I state, until a day",
}


@dataclass(frozen=True)
class Row:
    """One duty as it is shown."""

    item: DutyItem
    seen: Shown
    evidence: list[Evidence]

    @property
    def badge(self) -> Badge:
        return STANDINGS[self.seen.standing]

    @property
    def demand(self) -> str:
        return demand(self.item.duty)

    @property
    def trigger(self) -> str:
        return spoken(self.item.duty.trigger)

    @property
    def takes_evidence(self) -> bool:
        return self.item.applies is not False and self.item.duty.kind != "name_prefix"

    @property
    def brought_by(self) -> list[dict[str, Any]]:
        return [
            {"key": one.terms.key, "name": one.terms.name, "section": asked.section, "license": one.license}
            for one, asked in self.item.sources
        ]


def duties(deployment: Deployment, now: datetime) -> dict[str, Any]:
    """Everything on the page of duties, those that need somebody first."""
    (asked,) = asked_of([deployment], now)
    given: dict[str, list[Evidence]] = {}
    for one in deployment.evidence.select_related("snapshot").order_by("-id"):
        given.setdefault(one.duty, []).append(one)
    rows = [Row(item, seen, given.get(item.key, [])) for item, seen in asked.duties]
    rows.sort(key=lambda row: (WORST_FIRST.index(row.seen.standing), row.item.low))
    arising = [row for row in rows if row.seen.standing != Standing.NOT_APPLICABLE]
    return {
        "deployment": deployment,
        "rows": arising,
        "others": [row for row in rows if row not in arising],
        "open": sum(row.seen.standing in (Standing.MISSING, Standing.EXPIRED) for row in arising),
        "gaps": asked.gaps,
        "kinds": KINDS,
    }


def report_of(title: str, deployments: Iterable[Deployment], now: datetime) -> dict[str, Any]:
    found = report(title, asked_of(list(deployments), now))
    return {"report": found, "groups": _groups(found), "several": _several(found)}


def _several(found: Report) -> bool:
    return len({slug for line in found.lines for slug in line.deployments}) > 1


def _groups(found: Report) -> list[tuple[str, str, list[tuple[Line, Badge]]]]:
    groups = ((key, title, [(line, _badge(line)) for line in found.of(key)]) for key, title in GROUPS.items())
    return [group for group in groups if group[2]]


def _badge(line: Line) -> Badge:
    return STANDINGS[line.standing] if line.standing else RULE
