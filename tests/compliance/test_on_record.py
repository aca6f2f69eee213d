"""A changed assignment alone is asked, of the facts on record; whatever else changed is looked up again."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from governance.compliance.models import Assignment, Case, FacetBody, Subject, UsageRead, Violation
from governance.compliance.running import Judging, judge_once
from governance.deployments.models import Deployment
from governance.pipeline import intake
from governance.pipeline.evaluating import evaluate
from tests.compliance import cast
from tests.compliance.cast import KNOWN, NOW, THRESHOLD, Counting, assign, deploy, judge, says, users

pytestmark = pytest.mark.django_db
FIGURES = "usage_measurement"


def later(**span):
    return NOW + timedelta(**span)


SOON = later(minutes=1)


def judged(*subjects, at=NOW, evaluate=None):
    """What was asked, and whether the facts were gathered for it."""
    counting = evaluate or Counting()
    with CaptureQueriesContext(connection) as queries:
        judge(*subjects, now=at, evaluate=counting)
    asked = sorted(one.question.policy for one in counting.asked)
    return asked, any(FIGURES in query["sql"] for query in queries)


def of_whole_judging(*subjects, at):
    """What a judging that takes nothing from the record would ask and write now."""
    counting = Counting()
    Case.objects.update(awaits_changes=None)
    run = Judging(sorted({one.case_id for one in subjects}), now=at, evaluate=counting)
    with CaptureQueriesContext(connection) as queries:
        told = run.write()
    reads = ("SELECT", "SAVEPOINT", "RELEASE", "DECLARE")
    writes = [query["sql"] for query in queries if not query["sql"].startswith(reads)]
    return counting.policies, writes, told


def acme(figure=800_000_000):
    cast.acme(figure)
    held = assign(), assign(policy=KNOWN), assign(policy="license.duties", mode="warn")
    subject = deploy()
    judge(subject)
    return subject, *held


def change(one, **more):
    intake.change_assignment(assignment=one, actor=cast.ACTOR, **more)


CHANGES = {
    "other parameters": lambda one: change(one, params={"warn_at": 0.5}),
    "only a warning": lambda one: change(one, mode="warn"),
    "only observed": lambda one: change(one, mode="observe"),
    "removed": lambda one: intake.remove_assignment(assignment=one, actor=cast.ACTOR),
    "a second one of the policy": lambda one: assign(params={"warn_at": 0.4}),
    "one of another policy": lambda one: assign(policy="license.commercial-use"),
    "one that is out of scope": lambda one: assign(policy="license.territory", environments=["staging"]),
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("figure", [600_000_000, 800_000_000, None], ids=["below", "exceeded", "missing"])
def test_it_comes_to_what_a_whole_judging_comes_to(changed, figure):
    subject, one, *_ = acme(figure)
    changed(one)
    subject.refresh_from_db()
    assert not subject.fresh(later(minutes=1))
    _, gathered = judged(subject, at=later(minutes=1))
    assert not gathered
    assert subject.fresh(later(minutes=1))
    assert of_whole_judging(subject, at=later(minutes=2)) == ([], [], [])


def test_only_the_assignment_that_changed_is_asked():
    subject, one, *_ = acme()
    change(one, params={"warn_at": 0.5})
    assert judged(subject, at=later(minutes=1)) == ([THRESHOLD], False)


def test_models_are_judged_so_as_well():
    cast.acme()
    one = assign(policy=KNOWN, mode="warn")
    subject = Subject.objects.get(model__isnull=False)
    judge(subject)
    change(one, mode="enforce")
    counting = Counting()
    judge(subject, now=later(minutes=1), evaluate=counting)
    assert (counting.asked, subject.decision) == ([], "allowed")
    assert of_whole_judging(subject, at=later(minutes=2)) == ([], [], [])


@pytest.mark.parametrize("order", ["figure first", "assignment first"])
def test_a_figure_that_changed_as_well_is_looked_up(order):
    subject, one, *_ = acme(600_000_000)
    steps = [lambda: users(800_000_000), lambda: change(one, params={"warn_at": 0.5})]
    for step in steps if order == "figure first" else reversed(steps):
        step()
    asked, gathered = judged(subject, at=later(minutes=1))
    assert (asked, gathered, subject.decision) == ([THRESHOLD], True, "blocked")


def test_of_two_assignments_that_changed_neither_is_left_out():
    subject, one, two, _ = acme()
    change(one, mode="warn"), change(two, mode="warn")
    judge(subject, now=later(minutes=1))
    assert subject.decision == "cannot_tell"  # nothing is enforced any more
    assert of_whole_judging(subject, at=later(minutes=2)) == ([], [], [])


def test_a_change_that_was_marked_by_an_older_version_is_not_passed_by():
    subject, one, *_ = acme(600_000_000)
    change(one, params={"warn_at": 0.5})
    Case.objects.update(changes=F("changes") + 1)
    assert judged(subject, at=later(minutes=1)) == ([THRESHOLD], True)


def test_an_older_worker_that_judged_meanwhile_leaves_nothing_to_wait_for():
    subject, one, *_ = acme()
    change(one, params={"warn_at": 0.5})
    Case.objects.update(judged_changes=F("changes"))
    assert judged(subject, at=later(minutes=1)) == ([THRESHOLD], True)


def test_what_ran_out_is_asked_again():
    cast.acme()
    one, _ = assign(), assign(policy=KNOWN)
    subject = deploy()
    judge(subject, evaluate=says("pass", until=later(hours=1)))
    change(one, params={"warn_at": 0.5})
    asked, gathered = judged(subject, at=later(hours=2))
    assert (asked, gathered) == ([KNOWN, THRESHOLD], True)


def test_in_another_month_the_figures_of_another_month_are_looked_up():
    cast.acme()
    cast.model("acme/qwen", license="tongyi-qianwen")
    one = assign()
    subject = deploy(model="acme/qwen")
    judge(subject, evaluate=says("pass"))
    change(one, params={"warn_at": 0.5})
    asked, gathered = judged(subject, at=later(days=30), evaluate=says("pass"))
    assert (asked, gathered) == ([THRESHOLD], True)
    assert UsageRead.objects.filter(period="2026-03").exists()


@pytest.mark.parametrize(("hours", "gathered"), [(11, False), (12, True)])
def test_where_days_are_looked_up_another_day_is_another(hours, gathered):
    subject, one, *_ = acme()
    row = UsageRead.objects.first()
    UsageRead.objects.filter(pk=row.pk).update(period="2026-03-09")
    change(one, params={"warn_at": 0.5})
    assert judged(subject, at=later(hours=hours))[1] == gathered


def test_an_assignment_that_was_not_asked_yet_is_asked_first():
    subject, one, *_ = acme()
    assign(policy="license.commercial-use", mode="warn")  # makes no decision stale
    change(one, params={"warn_at": 0.5})
    asked, gathered = judged(subject, at=later(minutes=1))
    assert (asked, gathered) == (["license.commercial-use", THRESHOLD], True)


def test_facts_that_nobody_read_before_are_gathered():
    cast.acme(800_000_000)
    assign(policy="model.pinned-revision", mode="warn")
    subject = deploy()
    judge(subject)
    assign()
    asked, gathered = judged(subject, at=later(minutes=1))
    assert (asked, gathered, subject.decision) == ([THRESHOLD], True, "blocked")


def test_a_deployment_that_came_to_the_case_meanwhile_follows_it():
    subject, one, *_ = acme()
    change(one, params={"warn_at": 0.5})
    other = deploy("chat-too")
    judge(subject, other, now=later(minutes=1))
    assert (other.case_id, other.decision) == (subject.case_id, "blocked")
    assert Violation.objects.filter(status="open", policy=THRESHOLD).count() == 2


def test_a_retired_deployment_is_left_as_it_was():
    subject, one, *_ = acme()
    intake.retire_deployment(deployment=subject.deployment, actor=cast.ACTOR)
    change(one, params={"warn_at": 0.5})
    standing = list(subject.case.standings.values_list("pk", "verdict").order_by("pk"))
    assert judged(subject, at=later(minutes=1)) == ([], False)
    assert list(subject.case.standings.values_list("pk", "verdict").order_by("pk")) == standing


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_in_whatever_order_it_comes_to_what_a_whole_judging_comes_to(seed):
    chance = random.Random(seed)
    subject, first, *_ = acme()
    subjects = [subject]

    def any_assignment():
        return chance.choice(list(Assignment.objects.filter(removed_at=None).order_by("id")))

    steps = [
        lambda: change(any_assignment(), mode=chance.choice(["observe", "warn", "enforce"])),
        lambda: change(first, params={"warn_at": chance.randint(1, 9) / 10}),
        lambda: assign(policy=chance.choice(["license.commercial-use", "license.territory"])),
        lambda: users(chance.choice([600_000_000, 800_000_000])),
        lambda: subjects.append(deploy(f"chat-{len(subjects)}", regions=chance.choice([["US"], ["DE"]]))),
        lambda: judge(*subjects, now=clock(), evaluate=Counting()),
    ]
    passed = iter(range(1, 1000))

    def clock():
        return later(minutes=next(passed))

    for _ in range(14):
        chance.choice(steps)()
    judge(*subjects, now=clock())
    assert of_whole_judging(*subjects, at=clock()) == ([], [], [])
    assert all(one.fresh(clock()) for one in subjects)


class TestChecks:
    """A check that is asked for now, of a deployment that nothing changed about since it was judged."""

    def check(self, subject, at=SOON, **asked):
        """The answer, and whether the facts were gathered for it."""
        one = Deployment.objects.get(pk=subject.deployment_id)
        when = {"as_of": None, "known_at": None, **asked}
        with CaptureQueriesContext(connection) as queries:
            answer = judge_once(one, now=at, evaluate=evaluate, **when)
        return answer, any(FIGURES in query["sql"] for query in queries)

    def same_as_gathered(self, subject, at=SOON):
        told, gathered = self.check(subject, at)
        assert (told, gathered) == (self.check(subject, at, as_of=at)[0], gathered)
        return gathered

    @pytest.mark.parametrize("figure", [600_000_000, 800_000_000, None], ids=["below", "exceeded", "missing"])
    def test_is_told_from_the_facts_on_record(self, figure):
        subject, *_ = acme(figure)
        assert not self.same_as_gathered(subject)

    def test_counts_waivers(self):
        subject, *_ = acme()
        at = cast.waive(Violation.objects.get(policy=THRESHOLD)).decided_at
        judge(subject, now=at)
        assert not self.same_as_gathered(subject, at)
        assert self.check(subject, at)[0]["decision"] == "allowed"

    @pytest.mark.parametrize("asked", [{"as_of": NOW}, {"known_at": NOW}], ids=str)
    def test_is_gathered_for_another_time(self, asked):
        subject, *_ = acme()
        assert self.check(subject, **asked)[1]

    @pytest.mark.parametrize(
        "changed",
        [
            lambda: users(5),
            lambda: cast.company(domicile="DE"),
            lambda: deploy(regions=["DE"]),
            lambda: assign(policy="license.territory"),
        ],
        ids=["a figure", "the company", "the deployment", "a policy"],
    )
    def test_is_gathered_once_anything_changed(self, changed):
        subject, *_ = acme()
        changed()
        assert self.same_as_gathered(subject)

    def test_a_policy_that_decides_nothing_is_asked_as_well(self):
        subject, *_ = acme()
        assign(policy="license.commercial-use", mode="warn")
        assert "license.commercial-use" in {one["policy"] for one in self.check(subject)[0]["findings"]}
        self.same_as_gathered(subject)

    def test_is_gathered_for_a_deployment_that_is_retired_as_nobody_keeps_up_with_it(self):
        subject, *_ = acme(600_000_000)
        intake.retire_deployment(deployment=subject.deployment, actor=cast.ACTOR)
        users(800_000_000)
        told, gathered = self.check(subject)
        assert (told["decision"], gathered) == ("blocked", True)

    def test_is_gathered_once_a_verdict_ran_out(self):
        cast.acme()
        assign()
        subject = deploy()
        judge(subject, evaluate=says("pass", until=later(hours=1)))
        assert not self.check(subject, later(minutes=59))[1]
        assert self.check(subject, later(hours=1))[1]

    def test_is_gathered_where_the_figures_of_another_month_count(self):
        cast.acme()
        cast.model("acme/qwen", license="tongyi-qianwen")
        assign()
        subject = deploy(model="acme/qwen")
        judge(subject, evaluate=says("pass"))
        assert not self.check(subject, later(days=20))[1]
        assert self.check(subject, later(days=30))[1]

    def test_is_gathered_where_not_all_of_the_facts_were_kept(self):
        subject, *_ = acme()
        FacetBody.objects.filter(facet="usage").update(digest="pruned")
        assert self.same_as_gathered(subject)
