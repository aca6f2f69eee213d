"""The whole path: bodies through the intake into the database, judged by the runner, read from the check."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from governance.compliance.models import Check
from governance.core.outcomes import Outcome, worst
from governance.core.periods import midnight
from governance.discovery import catalog
from governance.pipeline import intake
from governance.pipeline.execution import drain

ACTOR = "examiner"
USES = {
    "commercial": True,
    "internal_only": False,
    "integrated_end_user_product": False,
    "hosted_for_third_parties": False,
    "model_as_a_service": False,
    "modification": "none",
    "distributed": False,
    "outputs_train": "none",
}
KNOWN = {"domicile": "US", "kind": "commercial", "business_models": [], "competes_with": []}
LIMIT = "license.usage-threshold"


class Answer:
    """The check as it was answered."""

    def __init__(self, check: Check) -> None:
        self.decision = check.decision
        self.findings = check.findings

    def of(self, policy: str, license: str | None = None) -> str:
        """The worst outcome of one policy, of one license where that is named."""
        found = [one for one in self.findings if one["policy"] == policy]
        return str(worst(Outcome(one["outcome"]) for one in found if license in (None, one["license"])))

    def licenses(self, policy: str = LIMIT) -> set[str]:
        return {one["license"] for one in self.findings if one["policy"] == policy} - {""}


class Platform:
    def __init__(self) -> None:
        intake.load_licenses(actor=ACTOR)
        for policy in sorted(catalog().policies):
            intake.assign_policy(policy=policy, mode="enforce", actor=ACTOR)

    def company(self, slug: str, **said: Any) -> None:
        intake.save_company(data={"slug": slug, "name": slug.title(), **KNOWN, **said}, actor=ACTOR)

    def product(self, slug: str, company: str = "acme") -> None:
        intake.save_product(data={"slug": slug, "name": slug.title(), "company": company}, actor=ACTOR)

    def control(self, parent: str, child: str, percent: Any = 100, **dates: str) -> None:
        data = {"parent": parent, "child": child, "percent": percent, **dates}
        intake.record_control(data=data, actor=ACTOR)

    def measured(self, *rows: dict[str, Any]) -> datetime:
        """When all of it was known."""
        filled = [{"source": "books", **row} for row in rows]
        for row in filled:
            row.pop("currency") if not row.get("currency") else None
        return intake.record_measurements(rows=filled, actor=ACTOR)[-1].recorded_at

    def rate(self, base: str, quote: str, on: str, rate: Any) -> None:
        data = {"from": base, "to": quote, "on": on, "rate": rate, "source": "bank"}
        intake.record_exchange_rate(data=data, actor=ACTOR)

    def grant(self, license: str, company: str = "acme", **said: Any) -> Any:
        return intake.record_grant(data={"company": company, "license": license, **said}, actor=ACTOR)

    def model(self, license: str, **declared: Any) -> str:
        """A model registered by hand under that license."""
        name = f"by-hand/{license}"
        declaration = {"provider": "Somebody", "version": "1", "license": license, **declared}
        intake.add_model(source="manual", repo_id=name, declaration=declaration, actor=ACTOR)
        drain()
        return name

    def tracked(self, repo_id: str) -> str:
        intake.add_model(source="huggingface", repo_id=repo_id, actor=ACTOR)
        drain()
        return repo_id

    def ask(
        self,
        model: str,
        as_of: date | datetime = date(2026, 11, 1),
        known_at: datetime | None = None,
        uses: Any = None,
        **said: Any,
    ) -> Answer:
        described = {
            "model": model,
            "company": "acme",
            "product": "chat",
            "environment": "production",
            "regions": ["US"],
            "output_regions": ["US"],
            "uses": {**USES, **(uses or {})},
            **said,
        }
        when = as_of.astimezone(UTC) if isinstance(as_of, datetime) else midnight(as_of)
        check = intake.request_check(described=described, as_of=when, known_at=known_at, actor=ACTOR)
        drain()
        check.refresh_from_db()
        assert check.status == Check.Status.FINISHED, check.failure
        return Answer(check)
