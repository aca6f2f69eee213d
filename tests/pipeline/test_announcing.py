"""Who hears of what: one mail for each cause, and none for what was told already."""

from __future__ import annotations

import pytest
from django.utils import timezone

from governance.alerts.models import Delivery, Event
from governance.compliance.models import Subject, Violation
from governance.core.periods import Window, before
from governance.deployments.models import Deployment
from governance.pipeline import execution, intake, judging, outbox
from governance.pipeline.announcing import announce_changes
from governance.pipeline.models import Kind, Work
from governance.registry.models import Change, ChangeKind, Model
from tests.compliance import cast
from tests.compliance.cast import ACTOR, assign, deploy, users
from tests.pipeline.cast import events, settle

pytestmark = pytest.mark.django_db
OPENED = "violation_opened"


@pytest.fixture(autouse=True)
def ann(settings, tmp_path):
    """Ann gets everything."""
    settings.ALERT_EMAILS = ["ann@example.org"]


def fleet(count: int, *policies: str, figure: int = 600_000_000, unlike: bool = False) -> None:
    """Deployments of the chat; `unlike` ones are judged each by itself."""
    cast.acme(figure)
    for policy in policies or (cast.THRESHOLD,):
        assign(policy=policy)
    for n in range(count):
        deploy(f"chat-{n:02}", **({"published_name": f"Chat {n}"} if unlike else {}))
    settle()


def test_one_figure_that_breaks_25_deployments_is_one_mail():
    fleet(25)
    users(800_000_000)
    settle()
    [event] = events(OPENED)
    assert event.context["affected_count"] == 25
    assert event.context["object"] == "25 deployments"
    assert len(event.context["affected"]) == 10
    assert "800,000,000" in event.context["sentence"]
    assert Delivery.objects.filter(event=event).count() == 1
    assert Violation.objects.filter(status="open").count() == 25


def test_one_deployment_that_breaks_several_policies_is_one_mail():
    fleet(0, figure=800_000_000)
    assign(policy="deployment.approved-environment", params={"environments": ["staging"]})
    deploy()
    settle()
    [event] = events(OPENED)
    policies = {finding["policy"] for finding in event.context["findings"]}
    assert policies == {cast.THRESHOLD, "deployment.approved-environment"}
    assert event.context["object"] == "chat-eu"
    outcomes = [finding["outcome"] for finding in event.context["findings"]]
    assert outcomes[0] == "fail"


def test_a_second_judging_tells_nothing():
    fleet(3)
    users(800_000_000)
    settle()
    cast.company(name="Acme Inc.")
    settle()
    assert len(events(OPENED)) == 1
    assert Event.objects.count() == 1


def test_a_breach_that_ends_is_told_of_once():
    fleet(3)
    users(800_000_000), settle()
    users(600_000_000), settle()
    [event] = events("violation_resolved")
    assert event.context["affected_count"] == 3
    assert event.context["resolution"] == "the policy passes"


def test_a_breach_that_worsens_is_told_of_with_what_it_was():
    fleet(1)
    users((600_000_000, 800_000_000)), settle()
    users(800_000_000), settle()
    [event] = events("violation_worsened")
    assert event.context["previous"] == "review"
    assert event.context["violations"] == [Violation.objects.get().pk]


def test_a_breach_that_comes_back_is_a_new_mail():
    fleet(1)
    for figure in (800_000_000, 600_000_000, 900_000_000):
        users(figure), settle()
    assert len(events(OPENED)) == 2


def test_a_limit_that_comes_near_is_told_of_once():
    cast.acme(None)
    cast.model("acme/qwen", license="tongyi-qianwen")
    assign()
    for n in range(3):
        deploy(f"chat-{n}", model="acme/qwen")
    month = str(before(timezone.now().date(), Window.CALENDAR_MONTH))
    users(50_000_000, period=month), settle()
    users(90_000_000, period=month), settle()
    users(91_000_000, period=month), settle()
    [event] = events("limit_approaching")
    assert event.context["affected_count"] == 3
    assert not Violation.objects.filter(status="open").exists()


@pytest.mark.parametrize("mode", ["observe", "warn", "enforce"])
def test_what_is_only_observed_is_told_to_nobody(mode):
    cast.acme(800_000_000)
    assign(mode=mode)
    deploy()
    settle()
    assert len(events(OPENED)) == (mode != "observe")


def changes(*kinds):
    model = Model.objects.get(repo_id=cast.LLAMA)
    told = [
        Change.objects.create(model=model, kind=kind, sentence=f"{kind}.", seen_at=timezone.now())
        for kind in kinds
    ]
    announce_changes(model, told, timezone.now())


def test_what_changed_upstream_in_one_look_is_one_mail_that_names_who_runs_it():
    fleet(12)
    changes(ChangeKind.LICENSE_CHANGED, ChangeKind.GATED_CHANGED, ChangeKind.BRANCH_MOVED)
    [event] = events("upstream_changed")
    assert event.context["sentence"] == "license_changed. gated_changed."
    assert event.context["affected_count"] == 12
    assert len(event.context["affected"]) == 10


def test_a_branch_that_moves_is_daily_life():
    fleet(1)
    changes(ChangeKind.BRANCH_MOVED)
    assert events("upstream_changed") == []


class TestDeadWork:
    """Stored facts that no code can read any more stand for any defect of ours."""

    def die(self, settings):
        settings.MAX_ATTEMPTS = 1
        while execution.run():
            pass

    def spoil(self, slug):
        Deployment.objects.filter(slug=slug).update(uses={"commercial": "perhaps"})

    def test_one_subject_that_cannot_be_judged_keeps_no_other_from_it(self, settings):
        fleet(7, unlike=True)
        self.spoil("chat-03")
        users(800_000_000)
        self.die(settings)
        dead = Work.objects.get(state="dead")
        assert len(dead.payload["cases"]) == 1
        opened = Violation.objects.filter(status="open")
        assert opened.count() == 6
        assert not opened.filter(subject__deployment__slug="chat-03").exists()

    def test_dead_work_is_told_of_once(self, settings):
        fleet(3, unlike=True)
        self.spoil("chat-01")
        users(650_000_000)
        self.die(settings)
        [event] = events("work_dead")
        assert "judge" in event.context["sentence"]

    def test_dead_work_that_is_retried_after_the_cause_is_gone_is_done(self, settings):
        fleet(2, unlike=True)
        self.spoil("chat-01")
        users(800_000_000)
        self.die(settings)
        Deployment.objects.update(uses={"commercial": True})
        intake.retry_work(work=Work.objects.get(state="dead"), actor=ACTOR)
        settle()
        assert Violation.objects.filter(status="open").count() == 2

    def test_a_judging_that_was_outrun_is_done_again_and_counts_as_no_failure(self, monkeypatch):
        fleet(1)
        users(800_000_000)
        subject = Subject.objects.get(deployment__slug="chat-00")
        real, passed = judging.evaluate, []

        def outrun(asked):
            if not passed:
                passed.append(True)
                cast.judge(subject, now=timezone.now())
            return real(asked)

        monkeypatch.setattr(judging, "evaluate", outrun)
        work = Work.objects.get(kind=Kind.JUDGE, state="due")
        assert outbox.claim(work.pk, owner="x") is not None
        Work.objects.filter(pk=work.pk).update(state="due", attempts=0)
        settle()
        work.refresh_from_db()
        assert (work.state, work.attempts) == ("done", 1)
        assert Violation.objects.filter(status="open").count() == 1
