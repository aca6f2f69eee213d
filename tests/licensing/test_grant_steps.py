"""A grant moves by its steps only, each with who, when and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from governance.core.grant_steps import STEPS, GrantStatus, after, possible
from governance.licensing.models import Grant, GrantStep
from governance.licensing.services import (
    attach,
    change_grant,
    in_force,
    move_grant,
    record_grant,
    retire_grant,
)
from tests.registry.readings import LATER, MUCH_LATER, NOON

pytestmark = pytest.mark.django_db

LEGAL = {
    ("draft", "request"): "requested",
    ("denied", "request"): "requested",
    ("requested", "grant"): "granted",
    ("requested", "deny"): "denied",
    ("granted", "revoke"): "revoked",
}
WHY = {"reason": "Letter of 3 May."}


def recorded(status: str = "draft", **words: Any) -> Grant:
    data = {"company": "acme", "license": "llama3.1", "status": status, **words}
    return record_grant(data=data, actor="user:eve", now=NOON)


def moved(grant: Grant, step: str, now: datetime = LATER, **words: Any) -> Grant:
    return move_grant(grant=grant, step=step, data={**WHY, **words}, actor="user:eve", now=now)


@pytest.mark.parametrize("status", GrantStatus)
@pytest.mark.parametrize("step", STEPS)
def test_only_legal_steps_are_taken(status: GrantStatus, step: str) -> None:
    grant, legal = recorded(status), LEGAL.get((status, step))
    assert (step in possible(status)) is bool(legal)
    if legal:
        assert moved(grant, step).status == legal == after(step, status)
        taken = GrantStep.objects.get()
        assert (taken.before, taken.after, taken.by, taken.at) == (status, legal, "user:eve", LATER)
        assert taken.reason == WHY["reason"]
    else:
        with pytest.raises(ValidationError) as refused:
            moved(grant, step)
        assert f"is {status}" in refused.value.message_dict["grant"][0]
        assert not GrantStep.objects.exists()


def test_a_step_needs_a_reason() -> None:
    with pytest.raises(ValidationError) as refused:
        move_grant(grant=recorded(), step="request", data={}, actor="user:eve", now=NOON)
    assert list(refused.value.message_dict) == ["reason"]
    assert Grant.objects.get().status == "draft"


def test_what_is_granted_may_differ_from_what_was_asked() -> None:
    asked = recorded("requested", models=["meta-llama/Llama-3.1-8B"], territories=["EU"])
    told = {"territories": ["DE"], "until": "2027-01-01", "reference": "Contract 7"}
    grant = moved(asked, "grant", **told)
    assert (grant.territories, grant.models) == (["DE"], ["meta-llama/Llama-3.1-8B"])
    assert (grant.start, grant.end) == (LATER, datetime(2027, 1, 1, tzinfo=UTC))
    assert grant.reference == "Contract 7"


def test_a_beginning_that_is_named_stays() -> None:
    assert moved(recorded("requested", **{"from": "2026-01-01"}), "grant").start == datetime(
        2026, 1, 1, tzinfo=UTC
    )


def test_a_grant_never_ends_before_it_begins() -> None:
    for words in ({"until": "2020-01-01"}, {"from": "2027-01-01", "until": "2027-01-01"}):
        with pytest.raises(ValidationError) as refused:
            moved(recorded("requested"), "grant", **words)
        assert refused.value.message_dict == {"until": ["must be after from"]}
    assert not Grant.objects.exclude(status="requested").exists()


def test_only_a_wish_is_changed() -> None:
    wish = change_grant(grant=recorded("requested", reference="a"), data={"covers_affiliates": True})
    assert (wish.covers_affiliates, wish.reference) == (True, "a")
    assert change_grant(grant=wish, data={"reference": None}).reference == ""
    with pytest.raises(ValidationError, match="retired, not changed"):
        change_grant(grant=recorded("granted"), data={"reference": "b"})
    with pytest.raises(ValidationError, match="names nothing to change"):
        change_grant(grant=wish, data={})
    with pytest.raises(ValidationError, match="is no field"):
        change_grant(grant=wish, data={"company": "other"})


def test_a_retired_grant_takes_no_step() -> None:
    grant = retire_grant(grant=recorded(), now=NOON)
    with pytest.raises(ValidationError, match="is retired"):
        moved(grant, "request")


def test_it_is_in_force_as_far_as_was_known() -> None:
    grant = recorded("requested")
    second = timedelta(seconds=1)
    moved(grant, "grant", now=LATER)
    moved(grant, "revoke", now=MUCH_LATER)
    known = {
        NOON: (False, None),
        LATER - second: (False, None),
        LATER: (True, None),
        MUCH_LATER - second: (True, None),
        MUCH_LATER: (True, MUCH_LATER),
        None: (True, MUCH_LATER),
    }
    grant = Grant.objects.get()
    assert {at: in_force(grant, at) for at in known} == known


@pytest.mark.parametrize(
    ("status", "held"), [("draft", False), ("granted", True), ("denied", False), ("revoked", False)]
)
def test_a_grant_without_steps_is_as_it_was_recorded(status: str, held: bool) -> None:
    assert in_force(recorded(status), None) == (held, None)


def test_a_document_is_noted_once_by_its_digest() -> None:
    grant = recorded()
    attach(grant=grant, name="letter.pdf", sha256="a" * 64, actor="user:eve", now=NOON)
    held = Grant.objects.get().attachments
    assert held == [{"name": "letter.pdf", "sha256": "a" * 64, "by": "user:eve", "at": NOON.isoformat()}]
    with pytest.raises(ValidationError, match="attached already"):
        attach(grant=grant, name="copy.pdf", sha256="a" * 64, actor="user:eve", now=LATER)
