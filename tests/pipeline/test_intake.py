"""What comes in: the change, its audit entry and the judging that it makes due, together or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from governance.audit.models import Entry
from governance.audit.services import first_fault
from governance.compliance.duties import asked_of
from governance.compliance.gate import gate
from governance.compliance.models import Assignment, Check, Subject, Violation
from governance.deployments.models import Deployment
from governance.licensing.models import Grant, TermsVersion
from governance.pipeline import execution, intake, syncing
from governance.pipeline.models import Work
from governance.registry.models import Edge, Model
from governance.usage.models import Company, Measurement
from tests.cast import person
from tests.compliance import cast
from tests.compliance.cast import ACTOR, assign, deploy, users
from tests.pipeline.cast import queued, settle, stale

pytestmark = pytest.mark.django_db


@pytest.fixture
def running():
    """One deployment that is allowed, and one of another company and license."""
    cast.acme()
    assign()
    deploy()
    cast.company("globex"), cast.product("search", "globex"), cast.model("globex/open", license="mit")
    deploy("search", model="globex/open", product="search")
    settle()
    assert gate("chat-eu", timezone.now())["allow"]
    assert gate("search", timezone.now())["allow"]


def grant(**more):
    body = {"company": "acme", "license": "llama3.1", **more}
    return intake.record_grant(data=body, actor=ACTOR)


def sister():
    cast.company("sister")
    intake.record_control(data={"parent": "acme", "child": "sister", "percent": 100}, actor=ACTOR)


def override():
    model = Model.objects.get(repo_id=cast.LLAMA)
    intake.override_license(model=model, license="llama2", reason="It says so.", actor=ACTOR)


def no_override():
    model = Model.objects.get(repo_id=cast.LLAMA)
    intake.withdraw_license_override(model=model, actor=ACTOR)


def new_terms():
    TermsVersion.objects.update(digest="0" * 64)
    intake.load_licenses(actor=ACTOR)


def imported():
    head = "subject,metric,period,value,source\n"
    row = "product:chat,monthly_active_users,2024-06,900000000,export\n"
    assert not intake.import_measurements(text=head + row, actor=ACTOR).errors


def changed(**more):
    one = Deployment.objects.get(slug="chat-eu")
    intake.change_deployment(deployment=one, data=more, actor=ACTOR)


def reassigned(**more):
    intake.change_assignment(assignment=Assignment.objects.get(), actor=ACTOR, **more)


def declared_anew():
    """And read by the worker, which does no more than that."""
    declared = {"provider": "Acme", "version": "2", "license": "llama2"}
    intake.add_model(source="manual", repo_id=cast.LLAMA, declaration=declared, actor=ACTOR)
    for work in Work.objects.filter(kind="sync", state="due"):
        execution.run(work.pk)


def shown():
    """Evidence for the first duty that takes any."""
    duties = asked_of([Deployment.objects.get(slug="chat-eu")], timezone.now())[0].duties
    key = next(item.key for item, _ in duties if item.duty.kind == "display")
    body = {"deployment": "chat-eu", "duty": key, "text": "Built with Llama"}
    return intake.give_evidence(data=body, actor=ACTOR)


def curated():
    other = Model.objects.exclude(repo_id=cast.LLAMA).earliest("id")
    data = {"parent": other.repo_id, "relation": "merge", "source": "a letter"}
    return intake.curate_edge(model=Model.objects.get(repo_id=cast.LLAMA), data=data, actor=ACTOR)


def counted():
    data = {"metric": "training_compute_flop", "value": "3.8e25", "source": "a report"}
    model = Model.objects.get(repo_id=cast.LLAMA)
    return intake.record_model_figure(model=model, data=data, actor=ACTOR)


BOTH = {"chat-eu", "search"}
VERBS: dict[str, tuple[Callable[[], object], set[str]]] = {
    "a figure": (lambda: users(900_000_000), {"chat-eu"}),
    "an import": (imported, {"chat-eu"}),
    "a figure of another month": (lambda: users(900_000_000, period="2024-07"), set()),
    "a figure of another metric": (lambda: users(1, metric="daily_active_users"), set()),
    "a figure of another company": (lambda: users(1, "product:search"), set()),
    "a company": (lambda: cast.company("acme", domicile="DE"), {"chat-eu"}),
    "another company": (lambda: cast.company("globex", domicile="DE"), {"search"}),
    "a product": (lambda: cast.product("mail"), {"chat-eu"}),
    "a control": (sister, {"chat-eu"}),
    "a grant": (grant, {"chat-eu"}),
    "a retired grant": (lambda: intake.retire_grant(grant=grant(), actor=ACTOR), {"chat-eu"}),
    "a license set by a person": (override, {"chat-eu"}),
    "new terms": (new_terms, BOTH),
    "a deployment saved": (lambda: deploy(regions=["FR"]), {"chat-eu"}),
    "a deployment changed": (lambda: changed(regions=["FR"]), {"chat-eu"}),
    "a curated edge": (curated, {"chat-eu"}),
    "a retracted edge": (lambda: intake.retract_edge(edge=curated(), actor=ACTOR), {"chat-eu"}),
    "a figure of the model": (counted, {"chat-eu"}),
    "a retracted figure of the model": (
        lambda: intake.retract_model_figure(figure=counted(), actor=ACTOR),
        {"chat-eu"},
    ),
    "evidence": (shown, {"chat-eu"}),
    "evidence withdrawn": (
        lambda: intake.withdraw_evidence(evidence=shown(), actor=ACTOR),
        {"chat-eu"},
    ),
    "an enforced assignment": (lambda: assign(policy=cast.KNOWN), BOTH),
    "an assignment that warns": (lambda: assign(policy=cast.KNOWN, mode="warn"), set()),
    "an assignment that observes": (lambda: assign(policy=cast.KNOWN, mode="observe"), set()),
    "parameters": (lambda: reassigned(params={"warn_at": 0.5}), BOTH),
    "a milder mode": (lambda: reassigned(mode="warn"), BOTH),
    "a removed assignment": (
        lambda: intake.remove_assignment(assignment=Assignment.objects.get(), actor=ACTOR),
        BOTH,
    ),
    "a new declaration": (declared_anew, {"chat-eu"}),
}


@pytest.mark.parametrize("name", VERBS)
def test_the_gate_is_shut_between_a_change_and_its_judging(running, name):
    """Exactly for those whose decision may change; and after the work is done it is open or has a reason."""
    verb, expected = VERBS[name]
    entries = Entry.objects.count()
    verb()
    assert stale() == expected
    for slug in BOTH:
        answer = gate(slug, timezone.now())
        assert answer["allow"] is (slug not in expected)
        assert slug not in expected or answer["reasons"][0]["code"] == "stale"
    ids = set(Subject.objects.filter(deployment__slug__in=expected).values_list("case", flat=True))
    assert ids <= set(queued())
    assert Entry.objects.count() > entries
    assert first_fault() == ""
    settle()
    assert stale() == set()


def test_every_verb_of_the_intake_is_in_the_table_or_has_a_reason():
    elsewhere = {
        "add_model": "a new model runs nowhere yet; declared anew it is in the table",
        "sync_model": "only asks for a look",
        "change_grant": "changes only what clears nothing",
        "adopt_reading": "asks for an ambiguity: below",
        "withdraw_reading": "needs a reading: below",
        "attach_to_grant": "changes no fact",
        "move_grant": "needs a grant that was asked for: below",
        "withdraw_license_override": "needs a license that was set: below",
        "record_exchange_rate": "needs a limit in money: below",
        "retire_deployment": "shuts the gate for good: below",
        "request_check": "changes nothing",
        "request_waiver": "tested with waivers below",
        "decide_waiver": "tested with waivers below",
        "revoke_waiver": "tested with waivers below",
        "retry_work": "changes no fact",
        **dict.fromkeys(("save_subscription", "end_subscription", "show_secrets"), "changes no fact"),
        "save_deployment": "deploy() is in the table",
    }
    in_table = {
        "assign_policy",
        "change_assignment",
        "change_deployment",
        "curate_edge",
        "give_evidence",
        "import_measurements",
        "load_licenses",
        "override_license",
        "record_control",
        "record_grant",
        "record_measurements",
        "record_model_figure",
        "remove_assignment",
        "retire_grant",
        "retract_edge",
        "retract_model_figure",
        "save_company",
        "save_product",
        "withdraw_evidence",
    }
    assert set(intake.__all__) == in_table | elsewhere.keys()


def test_a_rate_makes_those_stale_who_look_up_money():
    cast.acme(license="stability-ai-community")
    cast.model("acme/mit", license="mit")
    assign(), deploy(), deploy("free", model="acme/mit")
    settle()
    rate = {"from": "EUR", "to": "USD", "on": "2024-06-30", "rate": "1.07", "source": "ECB"}
    intake.record_exchange_rate(data=rate, actor=ACTOR)
    assert stale() == {"chat-eu"}


def test_others_keep_the_time_at_which_they_were_judged(running):
    before = Subject.objects.get(deployment__slug="search").judged_at
    users(900_000_000)
    settle()
    assert Subject.objects.get(deployment__slug="search").judged_at == before
    assert Subject.objects.get(deployment__slug="chat-eu").judged_at > before


def test_a_waiver_opens_the_gate_only_after_judging_and_its_end_shuts_it(running):
    users(900_000_000)
    settle()
    waiver = cast.waive(Violation.objects.get())
    assert not gate("chat-eu", timezone.now())["allow"]
    settle()
    assert gate("chat-eu", timezone.now())["allow"]
    assert not gate("chat-eu", waiver.until)["allow"]
    intake.revoke_waiver(waiver=waiver, user=person("ada"))
    assert gate("chat-eu", timezone.now())["reasons"][0]["code"] == "stale"
    settle()
    assert gate("chat-eu", timezone.now())["decision"] == "blocked"


def test_retiring_shuts_the_gate_for_good_and_saving_again_opens_it_after_judging(running):
    one = Deployment.objects.get(slug="chat-eu")
    intake.retire_deployment(deployment=one, actor=ACTOR)
    settle()
    assert gate("chat-eu", timezone.now())["reasons"][0]["code"] == "retired"
    deploy()
    assert not gate("chat-eu", timezone.now())["allow"]
    settle()
    assert gate("chat-eu", timezone.now())["allow"]


def test_a_license_that_a_person_sets_reaches_what_descends_from_the_model(running):
    child = cast.model("acme/tuned", license="mit")
    parent = Model.objects.get(repo_id=cast.LLAMA)
    Edge.objects.create(
        snapshot=child.latest_snapshot,
        parent_repo_id=cast.LLAMA,
        parent=parent,
        relation="finetune",
        stated_in="card",
    )
    deploy("tuned", model="acme/tuned")
    settle()
    override()
    assert stale() == {"chat-eu", "tuned"}


def test_only_steps_that_change_what_is_cleared_make_stale(running):
    body = {"company": "acme", "license": "llama3.1", "status": "draft"}
    wish = intake.record_grant(data=body, actor=ACTOR)
    settle()
    for step, touched in (("request", set()), ("grant", {"chat-eu"}), ("revoke", {"chat-eu"})):
        intake.move_grant(grant=wish, step=step, data={"reason": "So."}, actor=ACTOR)
        assert stale() == touched, step
        settle()


def test_a_reading_makes_stale_what_its_license_governs_and_so_does_its_end(running):
    body = {"license": "llama3.1", "ambiguity": "counting", "reading": "summed", "reason": "So."}
    taken = intake.adopt_reading(data=body, actor=ACTOR)
    assert stale() == {"chat-eu"}
    settle()
    intake.withdraw_reading(reading=taken, actor=ACTOR)
    assert stale() == {"chat-eu"}


def test_withdrawing_what_was_set_makes_stale_as_setting_did(running):
    override()
    settle()
    no_override()
    assert stale() == {"chat-eu"}
    settle()
    assert Model.objects.get(repo_id=cast.LLAMA).latest_snapshot.conclusions.get(current=True).author == ""


def test_a_deployment_of_an_older_snapshot_counts_as_kin_by_its_own_ancestors(running):
    child = cast.model("acme/tuned", license="mit")
    parent = Model.objects.get(repo_id=cast.LLAMA)
    Edge.objects.create(
        snapshot=child.latest_snapshot,
        parent_repo_id=cast.LLAMA,
        parent=parent,
        relation="finetune",
        stated_in="card",
    )
    newer = cast.model("acme/tuned", license="mit", version="2")
    assert newer.latest_snapshot != child.latest_snapshot
    assert syncing.descendants({parent.pk}) == {child.pk}


def test_a_license_cannot_be_set_for_a_model_that_was_not_read():
    model = Model.objects.create(source="manual", repo_id="acme/unread", state_since=timezone.now())
    with pytest.raises(ValidationError, match="was not read yet"):
        intake.override_license(model=model, license="mit", reason="x", actor=ACTOR)


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        (intake.save_company, {"slug": "Not A Slug"}),
        (intake.save_company, ["acme"]),
        (intake.record_control, {"parent": "acme", "child": ["x"], "percent": 10}),
        (intake.record_control, {"parent": "acme", "child": "globex", "percent": 101}),
        (intake.save_product, {"slug": "new", "company": "nobody"}),
        (intake.record_grant, {"company": "nobody", "license": "llama3.1"}),
        (intake.record_grant, {"company": {"slug": "acme"}, "license": "llama3.1"}),
        (intake.record_grant, "acme"),
        (intake.record_exchange_rate, {"from": "USD", "to": "USD"}),
        (intake.save_deployment, {"slug": "x", "model": "no/such"}),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_bad_input_is_refused_and_changes_nothing(running, verb, data):
    tables = (Company, Grant, Measurement, Deployment, Entry, Work)
    before = [table.objects.count() for table in tables]
    with pytest.raises(ValidationError) as refused:
        verb(data=data, actor=ACTOR)
    assert refused.value.message_dict
    assert [table.objects.count() for table in tables] == before
    assert stale() == set()


def test_figures_come_in_all_or_not_at_all(running):
    good = {"subject": "product:chat", "metric": "monthly_active_users", "period": "2024-06", "value": 9}
    with pytest.raises(ValidationError) as refused:
        intake.record_measurements(rows=[good, {**good, "period": "2024-13"}], actor=ACTOR)
    assert "1.period" in refused.value.message_dict
    assert stale() == set()


def test_the_same_figure_again_makes_nothing_stale(running):
    users(600_000_000)
    assert stale() == set()


def test_a_large_import_asks_a_fixed_number_of_questions(running, django_assert_max_num_queries):
    rows = "".join(f"product:chat,metric_{n},2024-06,{n},export\n" for n in range(1500))
    with django_assert_max_num_queries(60):
        report = intake.import_measurements(text="subject,metric,period,value,source\n" + rows, actor=ACTOR)
    assert not report.errors
    assert Measurement.objects.filter(metric__startswith="metric_").count() == 1500


@pytest.mark.parametrize("both", [True, False])
def test_a_check_is_of_one_deployment_stored_or_described(running, both):
    one = Deployment.objects.get(slug="chat-eu")
    asked = {"deployment": one, "described": {"slug": "x"}} if both else {}
    with pytest.raises(ValidationError, match="and not both"):
        intake.request_check(actor=ACTOR, **asked)
    assert not Check.objects.exists()


def test_a_check_is_answered_by_the_worker(running):
    one = Deployment.objects.get(slug="chat-eu")
    check = intake.request_check(deployment=one, actor=ACTOR)
    late = intake.request_check(deployment=one, known_at=timezone.now() - timedelta(days=1), actor=ACTOR)
    settle()
    check.refresh_from_db(), late.refresh_from_db()
    assert (check.status, check.decision) == ("finished", "allowed")
    assert (late.status, late.decision) == ("finished", "cannot_tell")


def test_dead_work_that_is_retried_gives_way_to_an_equal_piece_that_waits(running):
    dead = Work.objects.create(
        kind="sync", key="7:main:", state="dead", due_at=timezone.now(), created_at=timezone.now()
    )
    Work.objects.create(kind="sync", key="7:main:", due_at=timezone.now(), created_at=timezone.now())
    intake.retry_work(work=dead, actor=ACTOR)
    dead.refresh_from_db()
    assert dead.state == "done"
