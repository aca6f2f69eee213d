"""Periodic work: once for each slot, exactly what is due, and nothing twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.alerts.models import Event
from governance.compliance.models import Case, Verdict, Violation
from governance.pipeline import execution, intake, outbox, ticking
from governance.pipeline.components import LOOKS
from governance.pipeline.consuming import stuck_for
from governance.pipeline.execution import drain
from governance.pipeline.models import Kind, Tick, Work
from governance.registry.models import Model
from tests.cast import person
from tests.compliance import cast
from tests.compliance.cast import ACTOR, assign, deploy, judge, says
from tests.pipeline.cast import events, queued, settle, stale

pytestmark = pytest.mark.django_db


@pytest.fixture
def subjects():
    cast.acme()
    assign()
    made = {
        slug: deploy(slug, regions=[region])
        for slug, region in (("one", "US"), ("two", "DE"), ("three", "FR"))
    }
    settle()
    for one in made.values():
        one.refresh_from_db()
    return made


def test_two_tickers_make_each_slot_once():
    first, second = ticking.tick(), ticking.tick()
    assert set(first) == set(ticking.JOBS)
    assert second == []
    assert Work.objects.filter(kind=Kind.TICK).count() == len(ticking.JOBS)
    assert Tick.objects.count() == len(ticking.JOBS)


def test_a_missed_hour_runs_once():
    ticking.tick()
    Tick.objects.update(slot=timezone.now() - timedelta(hours=5))
    Work.objects.all().delete()
    assert set(ticking.tick()) == set(ticking.JOBS)
    assert ticking.tick() == []


def test_what_a_ticker_did_not_commit_is_taken_by_the_next(monkeypatch):
    def die(*_):
        raise ConnectionError

    monkeypatch.setattr(ticking.outbox, "put", die)
    with pytest.raises(ConnectionError):
        ticking.tick()
    monkeypatch.undo()
    assert set(ticking.tick()) == set(ticking.JOBS)


def test_what_only_a_newer_version_knows_waits_for_it_unharmed(monkeypatch):
    """As an old worker that lives on during an upgrade: however often it is rung, it does neither."""
    now, done = outbox.database_now() - timedelta(minutes=5), []
    outbox.put("newer", "a", {"anything": 1}, due_at=now)
    outbox.put(Kind.TICK, "newer-job", {"job": "newer-job"}, due_at=now)
    for _ in range(5):
        Work.objects.update(due_at=now)
        drain()
    assert set(Work.objects.values_list("state", "attempts")) == {("due", 0)}
    assert "newer worker" in Work.objects.get(kind=Kind.TICK).last_error
    assert "waits for 300 s" in LOOKS["work"](outbox.database_now()).detail
    Work.objects.filter(kind=Kind.TICK).update(due_at=now + timedelta(hours=1))
    assert stuck_for(outbox.database_now()) == 0

    def finish(work):
        outbox.finish(work)
        done.append(work.kind)

    monkeypatch.setitem(ticking.JOBS, "newer-job", (60, done.append))
    monkeypatch.setitem(execution.HANDLERS, "newer", finish)
    Work.objects.update(due_at=now)
    drain()
    assert "newer" in done
    assert len(done) == 2
    assert set(Work.objects.values_list("state", flat=True)) == {"done"}


def test_a_sweep_is_made_once_for_each_slot():
    ticking.sweep()
    assert Tick.objects.filter(job="sweep").count() == 1
    ticking.sweep()
    assert Tick.objects.filter(job="sweep").count() <= 2  # the second only where a new slot began


def test_a_sweep_does_not_ring_for_what_only_a_newer_version_knows(monkeypatch):
    rung = []
    monkeypatch.setattr(ticking.doorbell, "ring", lambda ids, **_: rung.extend(ids))
    earlier = outbox.database_now() - timedelta(hours=1)
    Work.objects.bulk_create(
        Work(kind="newer", key=str(number), due_at=earlier, created_at=earlier) for number in range(201)
    )
    outbox.put(Kind.TICK, "known", {"job": "forget-old"}, due_at=earlier + timedelta(minutes=1))
    ticking.sweep()
    assert rung == list(Work.objects.filter(kind=Kind.TICK).values_list("pk", flat=True))


def test_judging_what_ran_out_picks_exactly_that(subjects):
    now = timezone.now()
    Case.objects.filter(pk=subjects["one"].case_id).update(judge_again_at=now)
    Case.objects.filter(pk=subjects["two"].case_id).update(judge_again_at=now + timedelta(seconds=1))
    ticking.judge_run_out(now)
    assert queued() == [subjects["one"].case_id]


def test_judging_what_ran_out_picks_what_a_change_left_unjudged(subjects):
    Case.objects.filter(pk=subjects["two"].case_id).update(changes=9)
    Case.objects.filter(pk=subjects["three"].case_id).update(judged_at=None)
    ticking.judge_run_out(timezone.now())
    assert queued() == sorted([subjects["two"].case_id, subjects["three"].case_id])
    settle()
    assert stale() == set()


def test_judging_what_ran_out_leaves_retired_deployments_alone(subjects):
    intake.retire_deployment(deployment=subjects["one"].deployment, actor=ACTOR)
    ticking.judge_run_out(timezone.now())
    assert queued() == []


def test_what_waits_already_is_not_queued_again_each_minute(subjects):
    Case.objects.update(judged_at=None)
    for _ in range(5):
        ticking.judge_run_out(timezone.now())
    assert Work.objects.filter(kind=Kind.JUDGE, state="due").count() == 1


def test_two_runs_over_one_subject_that_ran_out_are_two_causes(subjects):
    for _ in range(2):
        Case.objects.update(judged_at=None)
        ticking.judge_run_out(timezone.now())
        settle()
    causes = Work.objects.filter(key__startswith="run-out").values_list("payload__cause", flat=True)
    assert len(set(causes)) == 2


def test_a_subject_whose_judging_died_is_not_tried_again_until_something_changes(subjects):
    now = timezone.now()
    one = subjects["one"]
    Case.objects.filter(pk=one.case_id).update(judged_at=None)
    dead = {"state": "dead", "finished_at": now, "due_at": now, "created_at": now}
    Work.objects.create(kind=Kind.JUDGE, key="x", payload={"cases": [one.case_id], "cause": "x"}, **dead)
    ticking.judge_run_out(now)
    assert queued() == []
    Case.objects.filter(pk=one.case_id).update(judged_at=now + timedelta(minutes=1), judge_again_at=now)
    ticking.judge_run_out(now + timedelta(minutes=2))
    assert queued() == [one.case_id]


def test_another_version_of_a_policy_is_asked(subjects):
    ticking.judge_other_versions(timezone.now())
    assert stale() == set()
    held = subjects["two"].case.standings.get().verdict
    held.pk, held.policy_version, held.params_digest = None, 99, "another"
    held.save(force_insert=True)
    subjects["two"].case.standings.update(verdict=held)
    ticking.judge_other_versions(timezone.now())
    assert stale() == {"two"}
    settle()
    assert subjects["two"].case.standings.get().verdict.policy_version != 99


def test_every_model_is_looked_at_again(subjects, django_assert_max_num_queries):
    for n in range(20):
        Model.objects.create(source="manual", repo_id=f"a/{n}", state_since=timezone.now())
    with django_assert_max_num_queries(10):
        ticking.sync_all(timezone.now())
    keys = set(Work.objects.filter(kind=Kind.SYNC, state="due").values_list("payload__model", flat=True))
    assert keys == set(Model.objects.values_list("pk", flat=True))


class TestWaivers:
    @pytest.fixture
    def waiver(self):
        cast.acme(800_000_000)
        assign()
        judge(deploy())
        return cast.waive(Violation.objects.get(), until=timezone.now() + timedelta(days=30))

    def told(self, waiver, *days):
        for left in days:
            ticking.warn_of_waivers(waiver.until - timedelta(days=left))
        return len(events("waiver_expiring"))

    def test_a_waiver_that_ends_soon_is_told_of_once_for_each_distance(self, waiver):
        assert self.told(waiver, 20, 15) == 0
        assert self.told(waiver, 14, 13.9, 4) == 1
        assert self.told(waiver, 3, 2, 0.1) == 2

    def test_a_waiver_that_has_ended_is_not_told_of(self, waiver):
        assert self.told(waiver, 0, -1) == 0

    def test_a_waiver_of_what_is_resolved_is_not_told_of(self, waiver):
        Violation.objects.update(status="resolved")
        assert self.told(waiver, 2) == 0

    def test_a_waiver_that_was_only_asked_for_is_not_told_of(self):
        cast.acme(800_000_000)
        assign()
        judge(deploy())
        until = timezone.now() + timedelta(days=2)
        asked = intake.request_waiver(
            violation=Violation.objects.get(), reason="x", until=until, user=person("eve")
        )
        assert self.told(asked, 1) == 0


def test_what_nobody_reads_any_more_is_forgotten_and_the_record_is_kept(subjects):
    judge(subjects["one"], evaluate=says("fail"))
    settle()
    kept = (Verdict.objects.count(), Event.objects.count())
    ticking.forget_old(timezone.now() + timedelta(days=3))
    assert not Work.objects.filter(state="done").exists()
    assert (Verdict.objects.count(), Event.objects.count()) == kept
