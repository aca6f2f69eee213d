"""Judging: each question once, only what changed, and never more than was known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from governance.compliance.facts import FactsBuilder
from governance.compliance.models import Case, Evaluation, Standing, Subject, UsageRead, Verdict, Violation
from governance.compliance.recording import OutrunError
from governance.compliance.running import Judging, judge_once
from governance.pipeline import intake
from tests.compliance import cast
from tests.compliance.cast import NOW, THRESHOLD, Counting, assign, deploy, judge, says, users

pytestmark = pytest.mark.django_db
READS = ("SELECT", "SAVEPOINT", "RELEASE", "DECLARE")


def writes(queries):
    return [query["sql"] for query in queries if not query["sql"].startswith(READS)]


def later(**span):
    return NOW + timedelta(**span)


def test_equal_deployments_are_judged_once():
    cast.acme()
    assign()
    subjects = [deploy(f"chat-{n}") for n in range(5)]
    counting = Counting()
    judge(*subjects, evaluate=counting)
    assert counting.policies == [THRESHOLD]
    assert {one.decision for one in subjects} == {"allowed"}
    assert Verdict.objects.count() == 1
    assert Standing.objects.count() == Evaluation.objects.count() == 1


@pytest.mark.parametrize("figure", [600_000_000, 800_000_000, None], ids=["below", "exceeded", "missing"])
def test_a_second_run_writes_nothing_and_evaluates_nothing(figure):
    cast.acme(figure)
    assign()
    subject = deploy()
    judge(subject)
    before = Case.objects.values().get(pk=subject.case_id), Subject.objects.values().get(pk=subject.pk)
    counting = Counting()
    again = Judging([subject.case_id], now=later(hours=1), evaluate=counting)
    with CaptureQueriesContext(connection) as queries:
        assert again.write() == []
    assert writes(queries) == []
    assert counting.asked == []
    assert (
        Case.objects.values().get(pk=subject.case_id),
        Subject.objects.values().get(pk=subject.pk),
    ) == before


def test_a_policy_is_asked_only_for_deployments_in_its_scope():
    cast.acme()
    cast.product("search")
    assign(environments=["production"])
    assign(policy=cast.KNOWN, products=["search"])
    chat = deploy("chat", product="chat")
    search = deploy("search", product="search", environment="staging")
    both = deploy("both", product="search")
    neither = deploy("neither", environment="staging")
    judge(chat, search, both, neither)
    asked = {
        one.deployment.slug: sorted(one.case.standings.values_list("assignment__policy", flat=True))
        for one in (chat, search, both, neither)
    }
    assert asked == {
        "chat": [THRESHOLD],
        "search": [cast.KNOWN],
        "both": [cast.KNOWN, THRESHOLD],
        "neither": [],
    }
    assert neither.decision == "cannot_tell"


@pytest.mark.parametrize(
    ("mode", "decision", "opens"),
    [("observe", "cannot_tell", 0), ("warn", "cannot_tell", 1), ("enforce", "blocked", 1)],
)
def test_a_mode_opens_and_decides_what_it_may(mode, decision, opens):
    cast.acme(800_000_000)
    assign(mode=mode)
    subject = deploy()
    told = judge(subject)
    assert subject.decision == decision
    assert Violation.objects.filter(status="open").count() == len(told) == opens
    assert subject.case.standings.get().verdict.outcome == "fail"


def test_what_only_warns_leaves_the_decision_of_what_is_enforced():
    cast.acme(800_000_000)
    assign(mode="warn")
    assign(policy=cast.KNOWN)
    subject = deploy()
    judge(subject)
    assert subject.decision == "allowed"
    assert Violation.objects.get().mode == "warn"


def test_a_restated_figure_counts_and_the_old_one_stays_known():
    cast.acme(600_000_000)
    assign()
    subject = deploy()
    judge(subject)
    users(700_000_001)
    assert [one.turn for one in judge(subject, now=later(hours=1))] == ["violation_opened"]
    assert subject.decision == "blocked"
    users(700_000_000)
    assert [one.turn for one in judge(subject, now=later(hours=2))] == ["violation_resolved"]
    assert subject.decision == "allowed"


def test_a_figure_that_comes_back_needs_no_new_evaluation():
    cast.acme(600_000_000)
    assign()
    subject = deploy()
    judge(subject)
    users(800_000_000)
    judge(subject, now=later(hours=1))
    users(600_000_000)
    counting = Counting()
    judge(subject, now=later(hours=2), evaluate=counting)
    assert counting.asked == []
    assert subject.decision == "allowed"


def test_the_first_figure_of_an_affiliate_without_products_is_noticed_whatever_its_month():
    cast.acme()
    cast.company("sister")
    control = {"parent": "acme", "child": "sister", "percent": 100}
    intake.record_control(data=control, actor=cast.ACTOR)
    users(1, "company:sister", "2024-05", deduplicated=True)
    assign()
    subject = deploy()
    judge(subject)
    assert subject.decision == "allowed"
    users(1, "company:sister", "2024-05")
    subject.refresh_from_db()
    assert not subject.fresh(NOW)
    judge(subject, now=later(hours=1))
    assert subject.decision == "cannot_tell"


def test_a_figure_that_comes_while_the_first_judging_reads_is_not_lost():
    """Between the look at the figures and the writing, another worker's figure is committed."""
    cast.acme(600_000_000)
    assign()
    subject = deploy()

    def meanwhile(asked):
        users(800_000_000)
        return cast.evaluate(asked)

    judge(subject, evaluate=meanwhile)
    assert not subject.fresh(NOW)
    judge(subject, now=later(seconds=1))
    assert subject.fresh(later(seconds=1))
    assert subject.decision == "blocked"


def test_who_reads_which_figure_is_on_record_before_anything_is_evaluated():
    cast.acme()
    assign()
    subject = deploy()
    seen = []

    def looking(asked):
        seen.extend(UsageRead.objects.values_list("company", "metric", "period"))
        return cast.evaluate(asked)

    judge(subject, evaluate=looking)
    assert seen == [("acme", "monthly_active_users", "2024-06")]
    assert list(UsageRead.objects.values_list("company", "metric", "period")) == seen


def test_reads_follow_the_terms():
    cast.acme()
    assign()
    subject = deploy()
    judge(subject)
    cast.model("acme/qwen", license="tongyi-qianwen")
    deploy(model="acme/qwen", revision="main")
    judge(subject, now=later(hours=1))
    read = set(UsageRead.objects.filter(case=subject.case).values_list("metric", "period"))
    assert ("monthly_active_users", "2026-02") in read
    assert ("monthly_active_users", "2024-06") not in read


def test_a_newer_judging_wins():
    cast.acme()
    assign()
    subject = deploy()
    slow = Judging([subject.case_id], now=NOW, evaluate=Counting())
    users(800_000_000)
    judge(subject, now=later(seconds=1))
    with pytest.raises(OutrunError):
        slow.write()
    subject.refresh_from_db()
    assert subject.decision == "blocked"


def test_a_judging_from_before_an_assignment_is_outrun_even_if_the_decision_is_the_same():
    cast.acme(800_000_000)
    assign(policy=cast.KNOWN)
    subject = deploy()
    judge(subject)
    slow = Judging([subject.case_id], now=later(seconds=1), evaluate=Counting())
    assign(mode="warn")
    judge(subject, now=later(seconds=2))
    assert subject.decision == "allowed"
    with pytest.raises(OutrunError):
        slow.write()
    assert Violation.objects.get().status == "open"


def test_a_deployment_that_is_retired_while_it_is_judged_opens_nothing():
    cast.acme(800_000_000)
    assign()
    subject = deploy()
    slow = Judging([subject.case_id], now=NOW, evaluate=Counting())
    intake.retire_deployment(deployment=subject.deployment, actor=cast.ACTOR)
    assert slow.write() == []
    assert not Violation.objects.exists()


def test_a_retired_deployment_is_not_judged_and_breaches_nothing():
    cast.acme(800_000_000)
    assign()
    subject = deploy()
    judge(subject)
    intake.retire_deployment(deployment=subject.deployment, actor=cast.ACTOR)
    row = Violation.objects.get()
    assert (row.status, row.resolution) == ("resolved", "the deployment was retired")
    counting = Counting()
    judge(subject, now=later(hours=1), evaluate=counting)
    assert counting.asked == []
    deploy()
    judge(subject, now=later(hours=2))
    assert Violation.objects.get(status="open").episode == 2


def test_a_policy_that_is_not_installed_is_an_error_for_all_that_it_may_have_judged():
    cast.acme()
    one = assign()
    type(one).objects.filter(pk=one.pk).update(policy="gone.policy")
    subject = deploy()
    of_model = Subject.objects.get(model__isnull=False)
    judge(subject, of_model)
    for one in (subject, of_model):
        assert one.decision == "cannot_tell"
        assert one.case.standings.get().verdict.outcome == "error"


def test_a_change_that_changes_no_answer_moves_only_the_marks_of_the_case():
    cast.acme(800_000_000)
    assign()
    subject = deploy()
    judge(subject)
    Case.objects.filter(pk=subject.case_id).update(changes=F("changes") + 1)
    again = Judging([subject.case_id], now=later(hours=1), evaluate=Counting())
    with CaptureQueriesContext(connection) as queries:
        assert again.write() == []
    [write] = writes(queries)
    assert "judged_changes" in write
    assert "reasons" not in write
    subject.refresh_from_db()
    assert subject.fresh(later(hours=1))


@pytest.mark.parametrize("policy", [THRESHOLD, cast.KNOWN])
def test_a_mode_that_changes_decides_anew_though_every_verdict_stays(policy):
    cast.acme(800_000_000)
    one, _ = assign(policy=policy, mode="warn"), assign(policy="license.duties")
    subject = deploy()
    judge(subject)
    assert subject.decision == "allowed_with_duties"
    intake.change_assignment(assignment=one, mode="enforce", actor=cast.ACTOR)
    counting = Counting()
    judge(subject, now=later(hours=1), evaluate=counting)
    assert counting.asked == []
    assert subject.decision == ("blocked" if policy == THRESHOLD else "allowed_with_duties")
    assert (subject.reasons[0]["policy"] == THRESHOLD) == (policy == THRESHOLD)


def test_what_a_decision_follows_from_is_not_taken_for_known_where_an_older_worker_left_it_out():
    cast.acme(800_000_000)
    assign()
    subject = deploy()
    judge(subject)
    Case.objects.filter(pk=subject.case_id).update(ruled_from="", decision="allowed", reasons=[])
    judge(subject, now=later(hours=1), evaluate=Counting())
    assert (subject.decision, subject.reasons[0]["policy"]) == ("blocked", THRESHOLD)


@pytest.mark.parametrize("count", [3, 60])
def test_the_number_of_queries_does_not_grow_with_the_limits_that_come_near(
    count, django_assert_max_num_queries
):
    cast.acme()
    cast.model("acme/qwen", license="tongyi-qianwen")
    users(90_000_000, period="2026-02")
    assign()
    subjects = [deploy(f"chat-{n}", "acme/qwen", published_name=f"Chat {n}") for n in range(count)]
    ids = sorted({one.case_id for one in subjects})
    with django_assert_max_num_queries(65):
        told = Judging(ids, now=NOW, evaluate=Counting()).write()
    assert [one.turn for one in told] == ["limit_approaching"] * count
    assert sorted(pk for one in told for pk in one.subjects) == sorted(one.pk for one in subjects)


@pytest.mark.parametrize("count", [10, 200])
def test_the_number_of_queries_does_not_grow_with_the_deployments(count, django_assert_max_num_queries):
    cast.acme(800_000_000)
    assign(), assign(policy=cast.KNOWN)
    subjects = [deploy(f"chat-{n}", regions=[("US", "DE", "FR")[n % 3]]) for n in range(count)]
    ids = sorted({one.case_id for one in subjects})
    with django_assert_max_num_queries(75):
        Judging(ids, now=NOW, evaluate=Counting()).write()
    assert Violation.objects.filter(status="open").count() == count


class TestChecks:
    def check(self, subject, as_of=NOW, known_at=None):
        counting = Counting()
        with CaptureQueriesContext(connection) as queries:
            answer = judge_once(
                subject.deployment, now=NOW, as_of=as_of, known_at=known_at, evaluate=counting
            )
        assert writes(queries) == []
        return answer

    def test_a_check_answers_as_of_any_date(self):
        cast.acme()
        cast.model("acme/qwen", license="tongyi-qianwen")
        assign()
        users(90_000_000, period="2026-01"), users(120_000_000, period="2026-02")
        subject = deploy(model="acme/qwen")
        in_february = self.check(subject, datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC))
        in_march = self.check(subject, datetime(2026, 3, 1, tzinfo=UTC))
        in_april = self.check(subject, datetime(2026, 4, 1, tzinfo=UTC))
        decisions = [one["decision"] for one in (in_february, in_march, in_april)]
        assert decisions == ["allowed", "blocked", "cannot_tell"]
        assert in_april["findings"][0]["missing"]

    def test_a_check_answers_as_it_was_known(self):
        cast.acme(600_000_000)
        assign()
        subject = deploy()
        [first] = subject.deployment.company.measurements.all()
        users(800_000_000)
        assert self.check(subject)["decision"] == "blocked"
        assert self.check(subject, known_at=first.recorded_at)["decision"] == "allowed"
        before = first.recorded_at - timedelta(microseconds=1)
        assert self.check(subject, known_at=before)["decision"] == "cannot_tell"

    def test_a_waiver_counts_in_checks_from_the_day_on_which_it_was_approved(self):
        cast.acme(800_000_000)
        assign()
        subject = deploy()
        judge(subject)
        waiver = cast.waive(Violation.objects.get())
        approved = waiver.decided_at
        assert self.check(subject, approved)["decision"] == "allowed"
        assert self.check(subject, approved - timedelta(days=1))["decision"] == "blocked"
        assert self.check(subject, waiver.until)["decision"] == "blocked"

    def test_the_same_question_has_the_same_digests(self):
        cast.acme()
        assign()
        subject = deploy()
        one, two = self.check(subject), self.check(subject, later(hours=3))
        assert one["facts_digest"] == two["facts_digest"]
        assert one["policies_digest"] == two["policies_digest"]
        users(1)
        assert self.check(subject)["facts_digest"] != one["facts_digest"]


class TestTurns:
    def test_a_verdict_begins_with_the_day_so_that_racing_workers_store_one(self):
        cast.acme()
        assign()
        one, two = deploy("one"), deploy("two")
        first = Judging([one.case_id], now=NOW, evaluate=Counting())
        second = Judging([two.pk], now=later(minutes=7), evaluate=Counting())
        first.write(), second.write()
        assert Verdict.objects.get().as_of == NOW.replace(hour=0)

    def test_the_next_verdict_begins_where_the_last_one_ended(self):
        cast.acme()
        assign()
        subject = deploy()
        judge(subject, evaluate=says("pass", until=later(hours=1)))
        assert subject.judge_again_at == later(hours=1)
        assert subject.fresh(later(minutes=59))
        assert not subject.fresh(later(hours=1))
        judge(subject, now=later(hours=2), evaluate=says("fail"))
        assert list(Verdict.objects.order_by("id").values_list("as_of", "outcome")) == [
            (NOW.replace(hour=0), "pass"),
            (later(hours=1), "fail"),
        ]
        assert subject.decision == "blocked"

    def test_answers_that_ended_within_the_day_are_asked_again_until_one_holds_now(self):
        cast.acme()
        assign()
        subject = deploy()
        asked = []

        def turning(questions):
            asked.extend(one.as_of for one in questions)
            hours = [one.as_of + timedelta(hours=5) for one in questions]
            return [says("pass", until=until).verdict for until in hours]

        judge(subject, evaluate=turning)
        assert [at.hour for at in asked] == [0, 5, 10]
        assert subject.judge_again_at == NOW.replace(hour=15)

    def test_an_error_is_asked_again_after_a_while_and_is_never_final(self):
        cast.acme()
        assign()
        subject = deploy()
        judge(subject, evaluate=says("error"))
        assert subject.decision == "cannot_tell"
        soon, after = later(minutes=9), later(minutes=10)
        counting = Counting()
        judge(subject, now=soon, evaluate=counting)
        assert counting.asked == []
        assert subject.decision == "cannot_tell"
        assert not subject.fresh(after)
        judge(subject, now=after, evaluate=counting)
        assert subject.decision == "allowed"
        assert Verdict.objects.count() == 2

    def test_a_history_of_errors_is_not_read_again_and_again(self, django_assert_num_queries):
        cast.acme()
        assign()
        subject = deploy()
        for n in range(5):
            judge(subject, now=later(minutes=10 * n), evaluate=says("error"))
        assert Verdict.objects.count() == 5
        starts = sorted(Verdict.objects.values_list("as_of", flat=True))
        assert starts == [NOW.replace(hour=0), *(later(minutes=10 * n) for n in range(1, 5))]

    @pytest.mark.parametrize("hour", [0, 5, 18])
    def test_a_grant_that_ends_today_holds_until_its_second_and_no_longer(self, hour):
        until = NOW.replace(hour=hour, minute=30, second=17)
        cast.acme(800_000_000)
        assign()
        grant = {"company": "acme", "license": "llama3.1", "until": until.isoformat()}
        intake.record_grant(data=grant, actor=cast.ACTOR)
        subject = deploy()
        judge(subject, now=until - timedelta(seconds=1))
        assert subject.decision == "allowed"
        assert subject.judge_again_at == until
        judge(subject, now=until)
        assert subject.decision == "blocked"

    def test_a_grant_that_starts_today_clears_from_its_second_on(self):
        start = NOW.replace(hour=9, minute=30)
        cast.acme(800_000_000)
        assign()
        grant = {"company": "acme", "license": "llama3.1", "from": start.isoformat()}
        intake.record_grant(data=grant, actor=cast.ACTOR)
        subject = deploy()
        judge(subject, now=start - timedelta(seconds=1))
        assert subject.decision == "blocked"
        judge(subject, now=NOW)
        assert subject.decision == "allowed"
        assert subject.case.standings.get().verdict.as_of == start

    def test_a_new_month_asks_for_its_own_figure(self):
        cast.acme()
        cast.model("acme/qwen", license="tongyi-qianwen")
        assign()
        users(90_000_000, period="2026-02")
        subject = deploy(model="acme/qwen")
        judge(subject)
        turn = datetime(2026, 4, 1, tzinfo=UTC)
        assert (subject.decision, subject.judge_again_at) == ("allowed", turn)
        judge(subject, now=turn)
        assert subject.decision == "cannot_tell"
        assert ("acme", "monthly_active_users", "2026-03") in UsageRead.objects.values_list(
            "company", "metric", "period"
        )


class TestFacts:
    def digests(self, subject, now=NOW):
        row = Subject.objects.select_related(
            "deployment__model", "deployment__snapshot", "deployment__company", "deployment__product"
        ).get(pk=subject.pk)
        [facts] = FactsBuilder(now).of_deployments([row.deployment])
        return facts.digests

    def test_facts_do_not_change_by_the_clock(self):
        cast.acme()
        subject = deploy()
        assert self.digests(subject) == self.digests(subject, later(days=400))

    def test_facts_do_not_change_by_the_order_in_which_things_were_recorded(self):
        cast.acme()
        for slug in ("b-sister", "a-sister"):
            cast.company(slug)
            intake.record_control(data={"parent": "acme", "child": slug, "percent": 60}, actor=cast.ACTOR)
        grants = [{"company": "acme", "license": "llama3.1", "reference": name} for name in ("one", "two")]
        held = [intake.record_grant(data=one, actor=cast.ACTOR) for one in grants]
        subject = deploy(regions=["US", "DE"], shown_phrases=["a", "b"])
        before = self.digests(subject)
        for one in held:
            intake.retire_grant(grant=one, actor=cast.ACTOR)
        for one in reversed(grants):
            intake.record_grant(data=one, actor=cast.ACTOR)
        deploy(regions=["DE", "US"], shown_phrases=["b", "a"])
        assert self.digests(subject) == before

    def test_facts_do_not_change_by_an_outage(self):
        cast.acme()
        subject = deploy()
        before = self.digests(subject)
        type(subject.deployment.model).objects.update(state="unreachable", state_reason="no answer")
        assert self.digests(subject) == before

    @pytest.mark.parametrize(
        ("figure", "changed"),
        [
            ({"period": "2024-06"}, {"usage"}),
            ({"period": "2024-07"}, set()),
            ({"period": "2024-06", "metric": "daily_active_users"}, set()),
            ({"period": "2024-06", "subject": "company:acme", "deduplicated": True}, {"usage"}),
        ],
        ids=str,
    )
    def test_a_figure_changes_only_the_facts_that_look_it_up(self, figure, changed):
        cast.acme()
        subject = deploy()
        before = self.digests(subject)
        users(650_000_000, **{"subject": "product:chat", **figure})
        after = self.digests(subject)
        assert {facet for facet in after if after[facet] != before[facet]} == changed

    def test_the_name_of_a_deployment_is_no_part_of_its_facts(self):
        cast.acme()
        assert self.digests(deploy("one")) == self.digests(deploy("two"))
