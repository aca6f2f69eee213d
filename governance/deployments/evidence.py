"""Give, withdraw and look at what shows that a duty is met. Bad input changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from governance.body import Body, refuse_all
from governance.core import fields
from governance.core.duty_items import DutyItem
from governance.core.facts import DutyEvidence
from governance.core.periods import day_of, midnight
from governance.core.sentences import shown
from governance.core.terms import DutyKind
from governance.core.web_address import web_address
from governance.core.words import first_of, listed, quoted
from governance.deployments.models import Deployment, Evidence
from governance.registry.models import Text

FIELDS = ("deployment", "duty", *Evidence.Kind.values, "on", "recheck_on")
PAGE_DAYS = 90
"""A page is looked at again after as many days, if nothing else was said."""
_PARSE: dict[str, Callable[[Any], str]] = {
    Evidence.Kind.FILE: fields.named(1024),
    Evidence.Kind.TEXT: fields.named(100_000),
    Evidence.Kind.URL: web_address,
    Evidence.Kind.STATEMENT: fields.named(2000),
}

LicenseOfText = Callable[[Text], str]
"""The key of the license that a stored text is, or empty."""


def give(
    *,
    deployment: Deployment,
    items: Sequence[DutyItem],
    data: Any,
    license_of: LicenseOfText,
    actor: str,
    now: datetime,
) -> Evidence:
    """Evidence of one kind for one of the `items` of the deployment.

    A text must hold the phrase, a file must lie in the snapshot, a page is looked at by a worker later, and
    a statement needs the day from which somebody looks again. Raises ValidationError by field.
    """
    body = Body(data, *FIELDS)
    item = body.required("duty", _one_of(items))
    kind = _kind(body)
    value = body.required(kind, _PARSE[kind]) if kind else None
    today = day_of(now)
    on = body.optional("on", fields.day) or today
    recheck_on = body.optional("recheck_on", fields.day) or _default_recheck(kind, on)
    if on > today:
        body.refuse("on", f"lies in the future; today is {today}")
    if recheck_on and recheck_on <= today:
        body.refuse("recheck_on", f"must lie after today, {today}")
    if kind == Evidence.Kind.STATEMENT and recheck_on is None:
        body.refuse("recheck_on", "is needed: a statement counts until somebody has to look again")
    body.check()
    assert item is not None  # noqa: S101  checked above
    evidence = Evidence(
        deployment=deployment,
        duty=item.key,
        kind=kind,
        value=value,
        on=on,
        recheck_on=recheck_on,
        given_by=actor,
        given_at=now,
    )
    _look(evidence, item, license_of)
    evidence.save()
    return evidence


def _one_of(items: Sequence[DutyItem]) -> Callable[[Any], DutyItem]:
    by_key = {item.key: item for item in items}

    def parse(value: Any) -> DutyItem:
        item = by_key.get(value) if isinstance(value, str) else None
        if item is None:
            raise ValueError(f"{shown(value)} is no duty of this deployment: see the list of its duties")
        if item.duty.kind is DutyKind.NAME_PREFIX:
            raise ValueError("is met by the published_name of the deployment, which is recorded there")
        return item

    return parse


def _kind(body: Body) -> str:
    given = [kind for kind in Evidence.Kind.values if body.data.get(kind) is not None]
    if len(given) != 1:
        names = listed(Evidence.Kind.values, "or")
        body.refuse("evidence", f"is needed as {names}, exactly one; given are {listed(given) or 'none'}")
        return ""
    return given[0]


def _default_recheck(kind: str, on: date) -> date | None:
    return on + timedelta(days=PAGE_DAYS) if kind == Evidence.Kind.URL else None


def _look(evidence: Evidence, item: DutyItem, license_of: LicenseOfText) -> None:
    """See that it shows the duty, as far as that can be seen here."""
    if evidence.kind == Evidence.Kind.TEXT:
        _refuse("text", _fault(evidence.value, item))
        evidence.sha256 = _sha256(evidence.value)
    elif evidence.kind == Evidence.Kind.FILE:
        _look_at_file(evidence, item, license_of)
    elif evidence.kind == Evidence.Kind.URL:
        evidence.state = Evidence.State.PENDING


def _look_at_file(evidence: Evidence, item: DutyItem, license_of: LicenseOfText) -> None:
    snapshot = evidence.deployment.snapshot
    if snapshot is None:
        _refuse("file", "cannot be looked for: the model was not read yet")
        return
    file = snapshot.files.filter(path=evidence.value).first()
    if file is None:
        named = first_of(snapshot.files.order_by("path").values_list("path", flat=True)[:100], most=8)
        _refuse("file", f"{shown(evidence.value)} is not in {snapshot}; there are {named or 'none'}")
        return
    text = snapshot.texts.filter(path=file.path).first()
    if (item.duty.accepted or item.low) and text is None:
        _refuse("file", "was not read, so that nobody knows what it says: give its text instead")
    if text is not None:
        wrong = item.low and license_of(text) not in item.licenses
        asked = f"is not the whole text of {listed(sorted(item.licenses), 'or')}"
        _refuse("file", asked if wrong else _fault(text.text, item))
    evidence.snapshot, evidence.sha256 = snapshot, text.sha256 if text else file.sha256


def _refuse(field: str, fault: str) -> None:
    refuse_all({field: [fault]} if fault else {})


def _fault(text: str, item: DutyItem) -> str:
    if shows(text, item.duty.accepted):
        return ""
    return f"does not hold {listed(map(quoted, item.duty.accepted), 'or')}, letter for letter"


def shows(text: str, phrases: Iterable[str]) -> bool:
    """Whether a text holds one of the phrases exactly, however its lines are broken; none asked: any does."""
    flat = _flat(text)
    phrases = list(phrases)
    return any(_flat(phrase) in flat for phrase in phrases) if phrases else bool(flat)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def saw_page(*, evidence: Evidence, text: str, phrases: Sequence[str], now: datetime) -> bool:
    """Write down what a page said; answers whether it shows the duty. It counts for as long again."""
    today = day_of(now)
    evidence.sha256 = _sha256(text)
    if not shows(text, phrases):
        asked = f"does not hold {listed(map(quoted, phrases), 'or')}" if phrases else "is empty"
        return _failed(evidence, f"The page {asked}.", today)
    lasts = (evidence.recheck_on or evidence.on) - evidence.on
    evidence.on, evidence.recheck_on = today, today + max(lasts, timedelta(days=1))
    evidence.state, evidence.fault = Evidence.State.HELD, ""
    evidence.save()
    return True


def saw_nothing(*, evidence: Evidence, fault: str, now: datetime) -> None:
    """The page could not be opened. What was seen before counts until its day."""
    today = day_of(now)
    if evidence.state == Evidence.State.HELD and evidence.recheck_on and today < evidence.recheck_on:
        evidence.fault = fault
        evidence.save(update_fields=["fault"])
    else:
        _failed(evidence, fault, today)


def _failed(evidence: Evidence, fault: str, today: date) -> bool:
    evidence.state, evidence.fault = Evidence.State.FAILED, fault
    evidence.save()
    return False


def withdraw(*, evidence: Evidence, actor: str, now: datetime) -> None:
    """It counts no longer, and stays on record. Doing it twice changes nothing."""
    rows = Evidence.objects.filter(pk=evidence.pk, withdrawn_at=None)
    rows.update(withdrawn_at=now, withdrawn_by=actor)
    evidence.refresh_from_db()


def evidence_facts(deployments: Iterable[Deployment]) -> dict[int, tuple[DutyEvidence, ...]]:
    """Deployment id -> what counts for its duties; those without any are left out."""
    by_id = {one.pk: one for one in deployments if one.pk}
    rows = Evidence.objects.filter(deployment__in=by_id, withdrawn_at=None, state=Evidence.State.HELD)
    found: dict[int, list[DutyEvidence]] = {}
    for row in rows.order_by("duty", "id"):
        of = by_id[row.deployment_id]
        outdated = row.snapshot_id is not None and row.snapshot_id != of.snapshot_id
        until = midnight(row.recheck_on) if row.recheck_on else None
        fact = DutyEvidence(duty=row.duty, told=told(row), until=until, outdated=outdated)
        found.setdefault(of.pk, []).append(fact)
    return {pk: tuple(facts) for pk, facts in found.items()}


def told(row: Evidence) -> str:
    """What it is, within a sentence."""
    if row.kind == Evidence.Kind.TEXT:
        return f"a text that {row.given_by} gave on {row.on}"
    if row.kind == Evidence.Kind.STATEMENT:
        return f"a statement by {row.given_by} of {row.on}"
    return f"the file {row.value}" if row.kind == Evidence.Kind.FILE else f"the page {row.value}"
