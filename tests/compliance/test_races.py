"""Many at once, on a real PostgreSQL: each in a thread with a connection of its own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from governance.accounts.models import Role, User
from governance.audit.models import Entry
from governance.audit.services import append, first_fault
from governance.compliance.facts import FactsBuilder
from governance.compliance.models import Assignment, Subject, UsageRead, Verdict, Violation, Waiver
from governance.compliance.running import Judging
from governance.core.reading import SourceError, SourceState
from governance.deployments.models import Deployment
from governance.pipeline import intake, syncing, ticking
from governance.pipeline.models import Kind, Work
from governance.registry.models import Model
from governance.registry.reading import apply_failure
from tests.cast import person
from tests.compliance import cast
from tests.compliance.cast import assign, deploy, judge, says

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one after the other anyway"),
]


def together(count, act):
    """Call `act(n)` in so many threads at once; answers what each returned or raised."""

    def one(n):
        try:
            return act(n)
        except Exception as fault:
            return fault
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_fifty_parallel_approvals_give_one():
    cast.acme(800_000_000)
    assign()
    judge(deploy())
    until = timezone.now() + timedelta(days=9)
    asked = intake.request_waiver(
        violation=Violation.objects.get(), reason="x", until=until, user=person("eve")
    )
    approvers = [User.objects.create(username=f"ada-{n}", role=Role.APPROVER) for n in range(50)]

    def approve(n):
        waiver = Waiver.objects.get(pk=asked.pk)
        return intake.decide_waiver(waiver=waiver, approve=n % 2 == 0, user=approvers[n])

    results = together(50, approve)
    assert sum(isinstance(one, Waiver) for one in results) == 1
    assert all(isinstance(one, Waiver | ValidationError) for one in results)
    assert Entry.objects.filter(action__in=("waiver.approved", "waiver.declined")).count() == 1
    assert first_fault() == ""


def test_writers_at_once_make_one_chain():
    def write(n):
        with transaction.atomic():
            return append(at=timezone.now(), actor="worker", action="told", object=str(n))

    assert all(isinstance(one, Entry) for one in together(20, write))
    assert Entry.objects.count() == 20
    assert first_fault() == ""


def test_tickers_at_once_take_each_slot_once():
    taken = [job for jobs in together(8, lambda _: ticking.tick()) for job in jobs]
    assert sorted(taken) == sorted(ticking.JOBS)
    assert Work.objects.filter(kind=Kind.TICK).count() == len(ticking.JOBS)


def test_workers_at_once_store_one_verdict():
    """The policy reads nothing of the deployments that tells them apart."""
    cast.acme()
    assign(policy=cast.KNOWN)
    subjects = [deploy(f"chat-{n}", published_name=f"Chat {n}") for n in range(6)]
    assert len({one.case_id for one in subjects}) == 6
    pass_ = says("pass")
    at = [cast.NOW + timedelta(minutes=n) for n in range(6)]
    runs = [Judging([one.case_id], now=now, evaluate=pass_) for one, now in zip(subjects, at, strict=True)]

    def write(n):
        with transaction.atomic():
            return runs[n].write()

    assert together(6, write) == [[]] * 6
    assert Verdict.objects.count() == 1


def test_changes_and_judgings_at_once_end_in_no_deadlock_and_lose_nothing():
    cast.acme()
    assign(policy=cast.KNOWN)
    subjects = [deploy(f"chat-{n}") for n in range(6)]
    pass_ = says("pass")

    def act(n):
        verb = n % 4
        if verb == 0:
            cast.users(100 + n)
        elif verb == 1:
            cast.company("acme", name=f"Acme {n}")
        elif verb == 2:
            deploy(f"chat-{n % 6}", regions=["FR"])
        else:
            again = Judging(sorted({one.case_id for one in subjects}), now=timezone.now(), evaluate=pass_)
            with transaction.atomic():
                again.write()

    results = together(16, act)
    faults = [one for one in results if one is not None and type(one).__name__ != "OutrunError"]
    assert faults == []
    assert first_fault() == ""
    judge(*subjects, now=timezone.now())
    assert all(one.fresh(timezone.now()) for one in subjects)


def test_a_figure_that_is_being_recorded_holds_up_who_is_about_to_look_it_up():
    """Either it finds the reader on record, or the reader sees it: never neither."""
    cast.acme(600_000_000)
    assign()
    for n in range(8):
        subject = deploy(f"chat-{n}")

        def act(who, subject=subject, n=n):
            if who:
                cast.users(800_000_000 + n)
            else:
                judge(subject, now=timezone.now(), evaluate=cast.evaluate)

        assert together(2, act) == [None, None]
        subject.refresh_from_db()
        stale = subject.case.judged_changes != subject.case.changes
        assert stale or subject.decision == "blocked"
        assert UsageRead.objects.filter(case=subject.case).count() == 1
        cast.users(600_000_000 + n)


def test_a_deployment_is_committed_while_its_model_is_read():
    """Both want the model and the log, and neither ends in a circle."""
    cast.acme()
    assign()
    entered, read = threading.Event(), threading.Event()

    def deployed():
        with transaction.atomic():
            deploy()
            entered.set()
            read.wait(1)

    def synced():
        assert entered.wait(10)
        with transaction.atomic():
            away = SourceError(SourceState.UNREACHABLE, "The hub is away.")
            apply_failure(model=Model.objects.get(), error=away, now=timezone.now())
            read.set()
            append(at=timezone.now(), actor="worker", action="model.synced", object="x")

    assert together(2, lambda n: (deployed, synced)[n]()) == [None, None]


@pytest.mark.parametrize("license", ["mit", "llama3.1"])
def test_a_deployment_saved_while_its_company_is_bought_is_judged_by_who_owns_it(license, monkeypatch):
    """Also where nobody looks up a figure, and where its case was known from one that was retired."""
    cast.acme(600_000_000, license=license)
    cast.company("big")
    cast.users(900_000_000, subject="company:big")
    assign()
    judge(deploy("old"), now=timezone.now())
    intake.retire_deployment(deployment=Deployment.objects.get(), actor=cast.ACTOR)
    selected, judged = threading.Event(), threading.Event()

    def slow(**told):
        selected.set()
        judged.wait(1)
        return append(**told)

    monkeypatch.setattr("governance.pipeline.intake.companies.append", slow)

    def bought():
        intake.record_control(data={"parent": "big", "child": "acme", "percent": 100}, actor=cast.ACTOR)

    def deployed():
        assert selected.wait(10)
        judge(deploy("late"), now=timezone.now())
        judged.set()

    assert together(2, lambda n: (bought, deployed)[n]()) == [None, None]
    late = Subject.objects.select_related("case", "deployment").get(deployment__slug="late")
    [facts] = FactsBuilder(timezone.now()).of_deployments([late.deployment])
    assert not late.fresh(timezone.now()) or late.case.facets["companies"] == facts.digests["companies"]


def test_a_deployment_that_is_saved_while_its_branch_moves_runs_what_the_branch_means(monkeypatch):
    cast.acme()
    assign()
    follow, moved, saved = syncing.follow, threading.Event(), threading.Event()

    def slow(**told):
        found = follow(**told)
        moved.set()
        saved.wait(1)
        return found

    monkeypatch.setattr(syncing, "follow", slow)

    def synced():
        cast.model(version="2")

    def deployed():
        assert moved.wait(10)
        deploy("late")
        saved.set()

    assert together(2, lambda n: (synced, deployed)[n]()) == [None, None]
    late = Deployment.objects.get(slug="late")
    assert late.snapshot == Model.objects.get().latest_snapshot


RULES = {
    "a policy is assigned": ("policies.append", lambda: assign()),
    "a policy that decides nothing": ("policies.append", lambda: assign(mode="warn")),
    "its parameters change": (
        "policies.append",
        lambda: intake.change_assignment(
            assignment=Assignment.objects.get(policy=cast.KNOWN), mode="observe", actor=cast.ACTOR
        ),
    ),
    "a license is overridden": (
        "licenses.queue_sync",
        lambda: intake.override_license(
            model=Model.objects.get(), license="mit", reason="The card is old.", actor=cast.ACTOR
        ),
    ),
    "a figure of the model": (
        "figures.append",
        lambda: intake.record_model_figure(
            model=Model.objects.get(),
            data={"metric": "training_compute_flop", "value": 3.8e25, "source": "the model card"},
            actor=cast.ACTOR,
        ),
    ),
}


@pytest.mark.parametrize(("last", "change"), RULES.values(), ids=RULES)
def test_a_deployment_saved_while_what_it_is_judged_by_changes_is_judged_by_what_holds_then(
    last, change, monkeypatch
):
    """`last`: what the change does after it selected who is judged again."""
    cast.acme(800_000_000)
    assign(policy=cast.KNOWN)
    selected, judged = threading.Event(), threading.Event()

    where = f"governance.pipeline.intake.{last}"
    go_on = import_string(where)

    def slow(*words, **told):
        selected.set()
        judged.wait(1)
        return go_on(*words, **told)

    monkeypatch.setattr(where, slow)

    def deployed():
        assert selected.wait(10)
        judge(deploy("late"), now=timezone.now(), evaluate=says("pass"))
        judged.set()

    def changed():
        change()

    assert together(2, lambda n: (changed, deployed)[n]()) == [None, None]
    late = Subject.objects.select_related("case", "deployment").get(deployment__slug="late")
    [facts] = FactsBuilder(timezone.now()).of_deployments([late.deployment])
    asked = set(late.case.standings.values_list("assignment", flat=True))
    assert late.case.facets == facts.digests
    assert asked == set(Assignment.objects.values_list("pk", flat=True))
