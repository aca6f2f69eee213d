"""What a pipeline is told, and that nothing but a fresh and clear decision opens the gate."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.compliance.gate import gate
from governance.compliance.models import Case
from governance.core.periods import instant_text
from governance.pipeline import intake
from tests.compliance import cast
from tests.compliance.cast import NOW, assign, deploy, judge, says

pytestmark = pytest.mark.django_db


def code(answer):
    return answer["reasons"][0]["code"]


@pytest.fixture
def allowed():
    cast.acme()
    assign()
    subject = deploy()
    judge(subject)
    return subject


def test_a_fresh_clear_decision_opens_the_gate_in_one_query(allowed, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = gate("chat-eu", NOW)
    assert answer["allow"] is True
    assert answer["decision"] == "allowed"
    assert answer["evaluated_at"] == instant_text(NOW)


def test_an_unknown_deployment_is_denied(allowed):
    answer = gate("chat-us", NOW)
    assert (answer["allow"], code(answer), answer["decision"]) == (False, "unknown_deployment", "cannot_tell")


def test_what_was_never_judged_is_denied_as_missing(allowed):
    deploy("new")
    answer = gate("new", NOW)
    assert (answer["allow"], code(answer)) == (False, "missing")


def test_a_change_that_was_not_judged_yet_is_denied_as_stale(allowed, django_assert_num_queries):
    cast.users(1)
    with django_assert_num_queries(1):
        answer = gate("chat-eu", NOW)
    assert (answer["allow"], code(answer), answer["decision"]) == (False, "stale", "cannot_tell")


def test_a_verdict_that_has_run_out_is_denied_as_expired(allowed):
    cast.users(1)
    judge(allowed, evaluate=says("pass", until=NOW + timedelta(hours=1)))
    assert gate("chat-eu", NOW + timedelta(minutes=59, seconds=59))["allow"]
    answer = gate("chat-eu", NOW + timedelta(hours=1))
    assert (answer["allow"], code(answer)) == (False, "expired")


def test_a_host_that_lags_behind_goes_by_the_clock_of_the_database(allowed, monkeypatch):
    until = timezone.now() - timedelta(seconds=1)
    Case.objects.update(judge_again_at=until)
    monkeypatch.setattr(timezone, "now", lambda: until - timedelta(hours=1))
    assert code(gate("chat-eu")) == "expired"


def test_a_retired_deployment_is_denied(allowed):
    intake.retire_deployment(deployment=allowed.deployment, actor=cast.ACTOR)
    assert code(gate("chat-eu", NOW)) == "retired"


@pytest.mark.parametrize(
    ("outcome", "decision"),
    [("review", "needs_review"), ("unknown", "cannot_tell"), ("error", "cannot_tell"), ("fail", "blocked")],
)
def test_a_breach_is_denied_with_its_finding(allowed, outcome, decision):
    cast.users(1)
    judge(allowed, evaluate=says(outcome, "Too many users."))
    answer = gate("chat-eu", NOW)
    assert (answer["allow"], code(answer), answer["decision"]) == (False, "violation", decision)
    assert answer["reasons"][0]["reason"] == "Too many users."


def test_a_duty_is_shown_and_allowed(allowed):
    cast.users(1)
    judge(allowed, evaluate=says("duty", "Show the phrase."))
    answer = gate("chat-eu", NOW)
    assert (answer["allow"], code(answer), answer["decision"]) == (True, "duty", "allowed_with_duties")


def test_without_an_enforced_policy_nothing_is_known():
    cast.acme()
    assign(mode="warn")
    judge(deploy())
    answer = gate("chat-eu", NOW)
    assert (answer["allow"], code(answer), answer["decision"]) == (False, "missing", "cannot_tell")


@pytest.mark.parametrize("field", ["judged_at", "changes", "judged_changes"])
def test_a_decision_without_its_account_is_not_relied_on(allowed, field):
    odd = {"judged_at": None, "changes": 99, "judged_changes": 99}[field]
    Case.objects.update(**{field: odd})
    assert not gate("chat-eu", NOW)["allow"]
    allowed.refresh_from_db()
    assert not allowed.fresh(NOW)
