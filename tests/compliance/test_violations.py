"""Violations and waivers: what opens, keeps, worsens and resolves them, and what an acceptance covers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from governance.compliance.models import Violation, Waiver
from governance.core.periods import instant_text
from governance.pipeline import intake
from tests.cast import person
from tests.compliance import cast
from tests.compliance.cast import NOW, THRESHOLD, assign, deploy, judge, says, waive

pytestmark = pytest.mark.django_db


@pytest.fixture
def subject():
    cast.acme()
    assign()
    return deploy()


def later(**span):
    return NOW + timedelta(**span)


def outcomes(subject, *said):
    """Judge once an hour; every answer holds for an hour. Tells what people heard each time."""
    told = []
    for hour, outcome in enumerate(said):
        say = says(outcome, until=later(hours=hour + 1))
        told.append([str(one.turn) for one in judge(subject, now=later(hours=hour), evaluate=say)])
    return told


def violation():
    return Violation.objects.get(status="open")


@pytest.mark.parametrize("outcome", ["review", "unknown", "error", "fail"])
def test_a_breach_opens_a_violation(subject, outcome):
    assert outcomes(subject, outcome) == [["violation_opened"]]
    assert (violation().outcome, violation().episode) == (outcome, 1)


@pytest.mark.parametrize("outcome", ["not_applicable", "pass", "duty"])
def test_what_is_no_breach_opens_none(subject, outcome):
    assert outcomes(subject, outcome) == [[]]
    assert not Violation.objects.exists()


@pytest.mark.parametrize("unclear", ["unknown", "error"])
def test_losing_sight_of_a_breach_neither_resolves_nor_softens_it(subject, unclear):
    assert outcomes(subject, "fail", unclear) == [["violation_opened"], []]
    assert violation().outcome == "fail"
    assert subject.decision == "cannot_tell"


@pytest.mark.parametrize("harmless", ["not_applicable", "pass", "duty"])
def test_a_clear_answer_resolves(subject, harmless):
    assert outcomes(subject, "fail", harmless) == [["violation_opened"], ["violation_resolved"]]
    assert Violation.objects.get().resolution == "the policy passes"


def test_a_worse_answer_worsens_once(subject):
    told = outcomes(subject, "review", "fail", "fail", "review")
    assert told == [["violation_opened"], ["violation_worsened"], [], []]
    assert violation().outcome == "review"
    assert violation().worsened_at == later(hours=1)


def test_episodes_count_on(subject):
    outcomes(subject, "fail", "pass", "fail", "pass", "review")
    assert list(Violation.objects.order_by("id").values_list("episode", "status")) == [
        (1, "resolved"),
        (2, "resolved"),
        (3, "open"),
    ]


def test_of_two_assignments_of_one_policy_the_worst_verdict_is_the_violation(subject):
    assign(mode="warn", params={"warn_at": 0.5})
    judge(subject, evaluate=says("fail"))
    assert violation().mode == "enforce"


def test_removing_an_assignment_resolves_with_that_reason():
    cast.acme(800_000_000)
    one = assign()
    subject = deploy()
    judge(subject)
    intake.remove_assignment(assignment=one, actor=cast.ACTOR)
    assert [t.turn for t in judge(subject, now=later(hours=1))] == ["violation_resolved"]
    row = Violation.objects.get()
    assert (row.status, row.resolution) == ("resolved", "the policy is no longer assigned here")
    assert subject.decision == "cannot_tell"
    assert not subject.case.standings.exists()


def test_an_assignment_that_only_observes_from_now_on_resolves_with_that_reason():
    cast.acme(800_000_000)
    one = assign()
    subject = deploy()
    judge(subject)
    intake.change_assignment(assignment=one, mode="observe", actor=cast.ACTOR)
    judge(subject, now=later(hours=1))
    assert Violation.objects.get().resolution == "the policy is only observed here"


class TestApproaching:
    NEAR = {"standing": "approaching", "threshold": "users", "anchor": "each_period"}

    def told(self, subject, *standings):
        heard = []
        for hour, standing in enumerate(standings):
            evidence = {**self.NEAR, "standing": standing}
            outcome = {"unknown": "unknown", "exceeded": "fail"}.get(standing, "pass")
            say = says(outcome, until=later(hours=hour + 1), **evidence)
            turns = judge(subject, now=later(hours=hour), evaluate=say)
            heard.append(sum(t.turn == "limit_approaching" for t in turns))
        return heard

    def test_a_limit_is_told_of_once(self, subject):
        assert self.told(subject, "below", "approaching", "approaching", "approaching") == [0, 1, 0, 0]

    def test_a_month_without_figures_in_between_tells_nothing_new(self, subject):
        assert self.told(subject, "approaching", "unknown", "approaching") == [1, 0, 0]

    def test_a_limit_that_was_below_again_is_told_of_again(self, subject):
        assert self.told(subject, "approaching", "below", "approaching") == [1, 0, 1]

    def test_coming_back_from_beyond_the_limit_is_not_approaching_it(self, subject):
        assert self.told(subject, "approaching", "exceeded", "approaching") == [1, 0, 0]

    def test_what_is_only_observed_tells_nothing(self):
        cast.acme()
        assign(mode="observe")
        assert self.told(deploy(), "approaching") == [0]

    def test_a_limit_that_was_measured_once_cannot_be_approached(self, subject):
        say = says("pass", **{**self.NEAR, "anchor": "before_version_release"})
        assert judge(subject, evaluate=say) == []


class TestWaivers:
    def test_an_approved_waiver_allows_until_its_second(self):
        cast.acme(800_000_000)
        assign()
        subject = deploy()
        judge(subject)
        until = waive(violation()).until
        judge(subject, now=until - timedelta(seconds=1))
        assert subject.decision == "allowed"
        assert subject.judge_again_at == until
        assert subject.reasons[0]["waived_until"] == instant_text(until)
        assert not subject.fresh(until)
        judge(subject, now=until)
        assert subject.decision == "blocked"

    def test_a_waiver_never_hides_the_violation(self):
        cast.acme(800_000_000)
        assign()
        subject = deploy()
        judge(subject)
        waive(violation())
        judge(subject, now=later(hours=1))
        assert violation().outcome == "fail"

    def test_a_waiver_does_not_cover_what_is_worse(self, subject):
        outcomes(subject, "review")
        waive(violation())
        judge(subject, now=later(hours=1), evaluate=says("review", until=later(hours=2)))
        assert subject.decision == "allowed"
        judge(subject, now=later(hours=2), evaluate=says("fail"))
        assert subject.decision == "blocked"

    def test_a_waiver_covers_no_later_episode(self, subject):
        outcomes(subject, "fail")
        waive(violation())
        judge(subject, now=later(hours=1), evaluate=says("pass", until=later(hours=2)))
        judge(subject, now=later(hours=2), evaluate=says("fail"))
        assert subject.decision == "blocked"

    def test_a_waiver_covers_its_policy_alone(self, subject):
        assign(policy=cast.KNOWN)
        outcomes(subject, "fail")
        waive(Violation.objects.get(policy=THRESHOLD))
        judge(subject, now=later(minutes=1), evaluate=says("fail"))
        assert subject.decision == "blocked"

    @pytest.mark.parametrize("status", ["requested", "declined", "revoked"])
    def test_only_an_approved_waiver_counts(self, subject, status):
        outcomes(subject, "fail")
        if status == "requested":
            until = later(days=900)
            intake.request_waiver(violation=violation(), reason="x", until=until, user=person("eve"))
        else:
            one = waive(violation(), approve=status != "declined")
        if status == "revoked":
            intake.revoke_waiver(waiver=one, user=person("ada"))
        judge(subject, now=later(minutes=1))
        assert subject.decision != "allowed" or subject.reasons == []
        assert Waiver.objects.get().status == status

    def test_the_requester_never_approves_whatever_the_role(self, subject):
        outcomes(subject, "fail")
        asked = intake.request_waiver(
            violation=violation(), reason="x", until=later(days=900), user=person("alice")
        )
        for approve in (True, False):
            with pytest.raises(ValidationError, match="who asked for a waiver may not decide on it"):
                intake.decide_waiver(waiver=asked, approve=approve, user=person("alice"))
        assert Waiver.objects.get().status == "requested"

    @pytest.mark.parametrize("name", ["vic", "eve"])
    def test_who_is_no_approver_decides_nothing(self, subject, name):
        outcomes(subject, "fail")
        asked = intake.request_waiver(
            violation=violation(), reason="x", until=later(days=900), user=person("alice")
        )
        with pytest.raises(ValidationError, match="role of an approver"):
            intake.decide_waiver(waiver=asked, approve=True, user=person(name))
        assert Waiver.objects.get().status == "requested"

    def test_a_waiver_is_decided_once(self, subject):
        outcomes(subject, "fail")
        one = waive(violation())
        with pytest.raises(ValidationError, match="decided already"):
            intake.decide_waiver(waiver=one, approve=False, user=person("alice"))
        assert Waiver.objects.get().status == "approved"

    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            ({"reason": "  "}, "reason"),
            ({"until": NOW - timedelta(days=900)}, "until"),
            ({"until": (NOW + timedelta(days=900)).replace(tzinfo=None)}, "until"),
        ],
    )
    def test_a_bad_request_names_its_field_and_changes_nothing(self, subject, asked, field):
        outcomes(subject, "fail")
        good = {"reason": "x", "until": later(days=900)}
        with pytest.raises(ValidationError) as refused:
            intake.request_waiver(violation=violation(), user=person("eve"), **{**good, **asked})
        assert list(refused.value.message_dict) == [field]
        assert not Waiver.objects.exists()

    def test_what_is_resolved_cannot_be_accepted(self, subject):
        outcomes(subject, "fail", "pass")
        with pytest.raises(ValidationError, match="nothing to accept"):
            intake.request_waiver(
                violation=Violation.objects.get(), reason="x", until=later(days=900), user=person("eve")
            )
