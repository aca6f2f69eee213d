"""Acme runs a chat on models registered by hand; what judging needs is a call each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from governance.compliance.judging import Asked
from governance.compliance.models import Assignment, Subject, Violation, Waiver
from governance.compliance.running import Judging
from governance.compliance.transitions import Transition
from governance.core.outcomes import Outcome
from governance.core.verdicts import Finding, Verdict
from governance.pipeline import intake
from governance.pipeline.evaluating import evaluate
from governance.pipeline.execution import drain
from governance.registry.models import Model
from tests.cast import person

ACTOR = "user:alice"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LLAMA = "acme/llama"
THRESHOLD = "license.usage-threshold"
KNOWN = "license.known"
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


def model(repo_id: str = LLAMA, license: str = "llama3.1", version: str = "1") -> Model:
    """A model that a person declared, read by the worker."""
    declared = {"provider": "Acme", "version": version, "license": license}
    made, _ = intake.add_model(source="manual", repo_id=repo_id, declaration=declared, actor=ACTOR)
    drain()
    made.refresh_from_db()
    return made


def company(slug: str = "acme", **more: Any) -> None:
    known = {"domicile": "US", "kind": "commercial", "business_models": [], "competes_with": []}
    intake.save_company(data={"slug": slug, "name": slug.title(), **known, **more}, actor=ACTOR)


def product(slug: str = "chat", company: str = "acme") -> None:
    intake.save_product(data={"slug": slug, "name": slug.title(), "company": company}, actor=ACTOR)


def users(
    value: int | tuple[int, int], subject: str = "product:chat", period: str = "2024-06", **more: Any
) -> None:
    """Monthly active users; June 2024 is the month that Llama 3.1 asks about."""
    figure = {"value": value} if isinstance(value, int) else {"low": value[0], "high": value[1]}
    row = {"metric": "monthly_active_users", "period": period, "source": "analytics"}
    intake.record_measurements(rows=[{"subject": subject, **row, **figure, **more}], actor=ACTOR)


def deploy(slug: str = "chat-eu", model: str = LLAMA, **more: Any) -> Subject:
    """A deployment of Acme's chat; answers its subject, not judged yet."""
    body = {"slug": slug, "model": model, "product": "chat", "environment": "production", "uses": USES}
    where = {"regions": ["US"], "output_regions": ["US"]}
    saved, _ = intake.save_deployment(data={**body, **where, **more}, actor=ACTOR)
    return saved.subject


def assign(policy: str = THRESHOLD, mode: str = "enforce", **more: Any) -> Assignment:
    return intake.assign_policy(policy=policy, mode=mode, actor=ACTOR, **more)


def acme(users_in_june: int | None = 600_000_000, license: str = "llama3.1") -> None:
    """The company, its product, its model, and how many used the product."""
    company()
    product()
    model(license=license)
    if users_in_june is not None:
        users(users_in_june)


class Counting:
    """The real policy runner, which remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []

    def __call__(self, asked: Sequence[Asked]) -> list[Verdict]:
        self.asked += asked
        return evaluate(asked)

    @property
    def policies(self) -> list[str]:
        return sorted(one.question.policy for one in self.asked)


def judge(*subjects: Subject, now: datetime = NOW, evaluate: Any = evaluate) -> list[Transition]:
    """Judge the cases that they are in, at an instant; answers what people must hear of."""
    for one in subjects:
        one.refresh_from_db()
    judging = Judging(sorted({one.case_id for one in subjects}), now=now, evaluate=evaluate)
    with transaction.atomic():
        told = judging.write()
    for one in subjects:
        one.refresh_from_db()
    return told


class Saying:
    """A runner that answers everything with one verdict."""

    def __init__(self, *findings: Finding, until: datetime | None = None) -> None:
        self.verdict = Verdict(findings, until)
        self.asked: list[Asked] = []

    def __call__(self, asked: Sequence[Asked]) -> list[Verdict]:
        self.asked += asked
        return [self.verdict for _ in asked]


def says(outcome: str, reason: str = "So it is.", until: datetime | None = None, **evidence: Any) -> Saying:
    return Saying(Finding(Outcome(outcome), reason, license="mit", evidence=evidence), until=until)


def waive(violation: Violation, *, until: datetime | None = None, approve: bool = True) -> Waiver:
    """Eve asks and Ada approves."""
    until = until or timezone.now() + timedelta(days=30)
    asked = intake.request_waiver(violation=violation, reason="Agreed.", until=until, user=person("eve"))
    return intake.decide_waiver(waiver=asked, approve=approve, user=person("ada"))
