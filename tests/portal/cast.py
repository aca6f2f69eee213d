"""Who and what appears in the tests of the portal: four people, Llama under its license, and deployments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from governance.accounts.models import Role, User
from governance.alerts.models import Delivery, Event, Subscription
from governance.compliance.models import (
    Assignment,
    Case,
    Evaluation,
    Placement,
    Standing,
    Subject,
    Verdict,
    Violation,
    Waiver,
)
from governance.core.outcomes import Outcome, worst
from governance.deployments.models import Deployment
from governance.licensing.models import Conclusion, Grant
from governance.pipeline.models import Work
from governance.registry.models import Change, File, Model, Snapshot, State, StatedLicense
from governance.usage.models import Company, Control, Measurement, Product

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
LLAMA = "meta-llama/Llama-3.1-8B"
PASSWORD = "correct horse battery staple"
WEIGHT = 16_060_000_000
NEAREST = {
    "metric": "monthly_active_users",
    "period": "2024-06",
    "subject": "products_of_licensee_and_affiliates",
    "low": 683_000_000,
    "high": 683_000_000,
    "limit": 700_000_000,
    "comparator": ">",
    "currency": "",
    "standing": "approaching",
    "share": 0.9757,
    "license": "llama3.1",
    "section": "2",
    "outcome": "pass",
    "reason": "The group's monthly active users in June 2024 were 683,000,000.",
}
TOO_MANY = {
    "policy": "license.usage-threshold",
    "outcome": "fail",
    "reason": "The group's monthly active users in June 2024 were 720,000,000, more than 700,000,000.",
    "license": "llama3.1",
    "section": "2",
    "evidence": {**NEAREST, "low": 720_000_000, "high": 720_000_000, "standing": "exceeded"},
    "how_to_fix": "Ask Meta; a recorded grant clears it.",
    "missing": [],
}
DISPLAY = {
    "policy": "license.duties",
    "outcome": "duty",
    "reason": "Show “Built with Llama” on the website.",
    "license": "llama3.1",
    "section": "1.b.i(B)",
    "evidence": {"phrase": "Built with Llama", "places": ["website"], "shown": False},
    "how_to_fix": "",
    "missing": [],
}
FINE = {
    **DISPLAY,
    "policy": "model.file-formats",
    "outcome": "pass",
    "reason": "No file asks for a closer look.",
}


def person(name: str, role: str) -> User:
    user = User(username=name, role=role)
    user.set_unusable_password()
    user.save()
    return user


def people() -> dict[str, User]:
    """Vera may look, Ed may write, Ann approves, Adam administers."""
    names = {"vera": Role.VIEWER, "ed": Role.EDITOR, "ann": Role.APPROVER, "adam": Role.ADMIN}
    return {name: person(name, role) for name, role in names.items()}


def model(repo_id: str = LLAMA, license: str = "llama3.1", **fields: Any) -> Model:
    """A model that was read: one snapshot with a tag, a conclusion and two files."""
    made = Model.objects.create(
        **{
            "source": "huggingface",
            "endpoint": settings.SOURCE_OPTIONS["endpoint"],
            "repo_id": repo_id,
            "state": State.AVAILABLE,
            "state_since": NOW,
            **fields,
        }
    )
    revision = f"{made.pk:040x}"
    snapshot = Snapshot.objects.create(
        model=made, revision=revision, repo_id=repo_id, synced_at=NOW, files_count=2, total_size=WEIGHT,
        formats={"safetensors": 1, "pickle": 1},
    )  # fmt: skip
    File.objects.create(snapshot=snapshot, path="model.safetensors", size=WEIGHT, format="safetensors")
    File.objects.create(snapshot=snapshot, path="old.bin", size=12, format="pickle")
    StatedLicense.objects.create(snapshot=snapshot, kind="tag", value=license)
    Conclusion.objects.create(
        snapshot=snapshot, license=license, reason=f"The license tag says {license}.", concluded_at=NOW
    )
    Model.objects.filter(pk=made.pk).update(latest_snapshot=snapshot, synced_at=NOW)
    made.refresh_from_db()
    own = case(decision="allowed")
    Subject.objects.create(model=made, case=own, decision="allowed", settled=True, decided=True)
    return made


def group() -> Product:
    """Acme and its lab, which it holds whole, and the product of Acme."""
    acme = Company.objects.create(slug="acme", name="Acme", domicile="US", kind="commercial")
    lab = Company.objects.create(slug="lab", name="Acme Lab")
    Control.objects.create(parent=acme, child=lab, percent=100, recorded_at=NOW)
    return Product.objects.create(slug="chat", name="Acme Chat", company=acme)


def deployment(slug: str, of: Model, product: Product | None = None, **fields: Any) -> Deployment:
    return Deployment.objects.create(
        **{
            "slug": slug,
            "model": of,
            "revision": of.latest_snapshot.revision,
            "snapshot": of.latest_snapshot,
            "product": product,
            "company": product.company if product else None,
            "environment": "production",
            "regions": ["US"],
            "uses": {"commercial": True, "outputs_train": {"target": "none"}},
            "created_at": NOW,
            "changed_at": NOW,
            **fields,
        }
    )


def judged(one: Deployment, *findings: dict[str, Any], decision: str, mode: str = "enforce") -> Subject:
    """The deployment with a standing verdict for each policy among the findings."""
    reasons = [finding for finding in findings if finding["outcome"] != "pass"]
    own = case(decision=decision, reasons=reasons, nearest=NEAREST)
    subject = Subject.objects.create(deployment=one, case=own, decision=decision, settled=True, decided=True)
    Placement.objects.create(subject=subject, case=own, since=NOW)
    for finding in findings:
        verdict = verdict_of(finding)
        policy = finding["policy"]
        assignment = Assignment.objects.filter(policy=policy, mode=mode).first() or assigned(policy, mode)
        Standing.objects.create(case=own, assignment=assignment, verdict=verdict)
        Evaluation.objects.create(case=own, assignment=assignment, verdict=verdict, at=NOW)
    return subject


def case(**fields: Any) -> Case:
    """One that was judged just now."""
    return Case.objects.create(key=f"{Case.objects.count():064x}", judged_at=NOW, judged_changes=1, **fields)


def assigned(policy: str, mode: str = "enforce", **fields: Any) -> Assignment:
    return Assignment.objects.create(
        policy=policy, mode=mode, created_at=NOW, created_by="user:adam", **fields
    )


def verdict_of(*findings: dict[str, Any]) -> Verdict:
    number = Verdict.objects.count()
    return Verdict.objects.create(
        policy=findings[0]["policy"], policy_version=1, params_digest="p", facts_digest=f"{number:064x}",
        facets={}, as_of=NOW, outcome=str(worst(Outcome(f["outcome"]) for f in findings)),
        findings=list(findings), judged_at=NOW,
    )  # fmt: skip


def violation(subject: Subject, finding: dict[str, Any] = TOO_MANY, **fields: Any) -> Violation:
    return Violation.objects.create(
        **{
            "subject": subject,
            "policy": finding["policy"],
            "mode": "enforce",
            "outcome": finding["outcome"],
            "findings": [finding],
            "verdict": verdict_of(finding),
            "opened_at": NOW,
            **fields,
        }
    )


def waiver(of: Violation, by: User, **fields: Any) -> Waiver:
    """Asked for until a month from today, whatever day that is."""
    until = timezone.now() + timedelta(days=30)
    return Waiver.objects.create(
        **{
            "violation": of,
            "outcome": of.outcome,
            "reason": "The grant is being negotiated.",
            "until": until,
            "requested_by": by,
            "requested_at": NOW,
            **fields,
        }
    )


def blocked(slug: str = "chat-us", of: Model | None = None) -> Violation:
    """A deployment that is blocked, and its violation."""
    subject = judged(deployment(slug, of or model()), TOO_MANY, DISPLAY, FINE, decision="blocked")
    return violation(subject)


def grant(**fields: Any) -> Grant:
    given = {"company": "acme", "license": "llama3.1", "recorded_by": "user:ed", "recorded_at": NOW, **fields}
    return Grant.objects.create(**given)


def figure(period: str = "2024-06", value: int = 683_000_000, subject: str = "product:chat") -> Measurement:
    return Measurement.objects.create(
        subject=subject, company=Company.objects.get(slug="acme"), metric="monthly_active_users",
        period=period, low=value, high=value, source="analytics", attested_by="user:ed", recorded_at=NOW,
    )  # fmt: skip


def delivery(number: int = 1, **fields: Any) -> Delivery:
    event = Event.objects.create(
        key=f"event {number}", kind="violation_opened", context={"sentence": "It happened."}, created_at=NOW
    )
    told = {"channel": "email", "recipient": "counsel@example.com", "message_id": f"<{number}@example.com>"}
    told |= {"subject": "[Blocked] chat-us", **fields}
    return Delivery.objects.create(event=event, created_at=NOW, **told)


def subscription(number: int = 1, **fields: Any) -> Subscription:
    address = f"https://hooks.example.com/{'long' * 9}/{number}?token=swordfish"
    return Subscription.objects.create(**{"channel": "webhook", "address": address, **fields})


def dead(number: int = 1) -> Work:
    return Work.objects.create(
        kind="sync", key=f"model:{number}", state=Work.State.DEAD, due_at=NOW, attempts=3,
        last_error="The hub cannot be reached.", created_at=NOW, finished_at=NOW,
    )  # fmt: skip


def change(of: Model) -> Change:
    return Change.objects.create(
        model=of, kind="license_changed", before="mit", after="llama3.1", seen_at=NOW,
        sentence="The license changed from mit to llama3.1.",
    )  # fmt: skip


def everything() -> Violation:
    """Something of each kind, so that every page has something to show."""
    product, llama = group(), model()
    change(llama)
    long = f"https://example.org/{'terms' * 20}/LICENSE"
    StatedLicense.objects.create(snapshot=llama.latest_snapshot, kind="license_link", value=long)
    File.objects.create(snapshot=llama.latest_snapshot, path=f"weights/{'part' * 30}.bin", format="pickle")
    found = blocked(of=llama)
    deployment("never-judged", llama, product)
    figure()
    delivery()
    subscription()
    dead()
    waiver(found, person("erin", Role.EDITOR))
    return found
