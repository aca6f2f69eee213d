"""Deployments: what may be said of one, what is refused by name, and how it follows its revision."""

from datetime import UTC, datetime, timedelta

import pytest

from governance.core.facts import Uses
from governance.deployments import services
from governance.deployments.bodies import unsaved
from governance.deployments.models import Deployment
from governance.registry.models import Alias, Model, Ref, Snapshot, State
from tests.usage.cast import cast, faults

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 4, 2, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
FIRST, SECOND = "a" * 40, "b" * 40
BODY = {"slug": "chat-eu", "model": "meta/llama", "product": "chat", "environment": "production"}


@pytest.fixture(autouse=True)
def _cast(db):
    cast()


@pytest.fixture
def llama():
    """A model that was read: `main` means its first snapshot."""
    model = Model.objects.create(
        source="huggingface", repo_id="meta/llama", state=State.AVAILABLE, state_since=NOW
    )
    point(model, "main", FIRST)
    return model


def point(model, name, revision):
    snapshot, _ = Snapshot.objects.get_or_create(
        model=model, revision=revision, defaults={"repo_id": model.repo_id, "synced_at": NOW}
    )
    Ref.objects.update_or_create(model=model, name=name, defaults={"snapshot": snapshot, "seen_at": NOW})
    model.latest_snapshot = snapshot
    model.save()
    return snapshot


def pending():
    return Model.objects.create(source="huggingface", repo_id="qwen/new", state_since=NOW)


def saved(now=NOW, **changed):
    return services.save_deployment(data={**BODY, **changed}, actor="user:alice", now=now)[0]


def refused(**changed):
    found = faults(saved, **changed)
    assert not Deployment.objects.exists()
    return found


def test_what_is_left_out_follows_or_is_not_known(llama):
    found = saved()
    assert (found.company.slug, found.revision, found.snapshot.revision) == ("acme", "main", FIRST)
    assert (found.regions, found.published_name, found.uses) == (None, None, {})
    assert (found.created_by, found.created_at, found.changed_at) == ("user:alice", NOW, NOW)


def test_everything_that_can_be_said_is_kept(llama):
    uses = {"commercial": True, "outputs_train": {"target": "llm", "competing": False}}
    found = saved(
        revision=FIRST[:8],
        company="acme",
        regions=["de", "EU"],
        output_regions=[],
        published_name="acme/Llama-chat",
        shown_phrases=["Built with Llama"],
        uses={**uses, "modification": "finetune", "distributed": False},
    )
    found.refresh_from_db()
    assert (found.regions, found.output_regions) == (["DE", "EU"], [])
    assert found.snapshot.revision == FIRST
    assert Uses(**found.uses) == Uses(**uses, modification="finetune", distributed=False)


def test_uses_may_stand_beside_and_no_training_is_one_word(llama):
    found = saved(uses={"commercial": True}, modification="none", outputs_train="none")
    assert Uses(**found.uses).outputs_train.target == "none"
    assert found.uses["modification"] == "none"


@pytest.mark.parametrize(
    ("changed", "field", "cause"),
    [
        ({"slug": None}, "slug", "is needed"),
        ({"slug": "chat eu"}, "slug", "letters, digits"),
        ({"model": None}, "model", "is needed"),
        ({"model": "meta/gone"}, "model", "there is no model 'meta/gone': register it first"),
        ({"model": 99999}, "model", "there is no model '99999'"),
        ({"model": True}, "model", "must be text"),
        ({"model": 2**70}, "model", "there is no model"),
        ({"revision": "v9"}, "revision", "no revision 'v9' that we know; known are main and aaaaaaaaaaaa"),
        ({"revision": "c" * 40}, "revision", "no revision"),
        ({"revision": "../x"}, "revision", "no branch, tag or commit id"),
        ({"company": "nobody"}, "company", "there is no company 'nobody'"),
        ({"product": "nobody"}, "product", "there is no product 'nobody'"),
        ({"company": "lab"}, "company", "chat belongs to acme, not to lab"),
        ({"environment": ""}, "environment", "must not be empty"),
        ({"regions": ["EU", "Mars"]}, "regions", "'MARS' is no region"),
        ({"output_regions": "EU"}, "output_regions", "must be a list"),
        ({"shown_phrases": [""]}, "shown_phrases", "must not be empty"),
        ({"uses": ["commercial"]}, "uses", "must be an object"),
        ({"uses": {"comercial": True}}, "uses.comercial", "Extra inputs"),
        ({"uses": {"commercial": "yes"}}, "uses.commercial", "valid boolean"),
        ({"uses": {"modification": "retrained"}}, "uses.modification", "'finetune'"),
        ({"uses": {"outputs_train": {"goal": "llm"}}}, "uses.outputs_train.target", "required"),
        ({"uses": {"distributed": True}, "distributed": False}, "distributed", "something else"),
        ({"uses": {"commercial": float("nan")}}, "uses", "no JSON"),
        ({"region": ["EU"]}, "region", "is no field"),
    ],
)
def test_what_cannot_be_is_refused_by_field(llama, changed, field, cause):
    assert cause in " ".join(refused(**changed)[field])


def test_every_fault_is_named_at_once(llama):
    assert set(refused(model="x/y", company="nobody", regions=[1], uses={"a": 1})) == {
        "model",
        "company",
        "regions",
        "uses.a",
    }


def test_a_model_is_found_by_id_by_former_name_and_in_any_case(llama):
    Alias.objects.create(model=llama, repo_id="old/llama", since=NOW)
    for name in (llama.pk, "OLD/llama", "Meta/LLAMA"):
        assert saved(model=name).model == llama


def test_a_name_that_two_models_bear_is_refused_with_their_ids(llama):
    twin = Model.objects.create(source="manual", repo_id="meta/llama", state_since=NOW)
    (cause,) = refused()["model"]
    assert str(llama.pk) in cause
    assert str(twin.pk) in cause
    assert saved(model=llama.pk).model == llama


def test_a_model_not_read_yet_runs_only_at_its_tracked_revision():
    pending()
    found = saved(model="qwen/new")
    assert (found.revision, found.snapshot) == ("main", None)
    Deployment.objects.all().delete()
    assert (
        "was not read yet, so only main is known" in refused(model="qwen/new", revision="v2")["revision"][0]
    )


def test_a_model_replaced_under_its_name_is_not_found(llama):
    Model.objects.filter(pk=llama.pk).update(state=State.REPLACED)
    assert "there is no model" in refused()["model"][0]


def test_saving_again_replaces_all_and_saving_the_same_changes_nothing(llama):
    saved(regions=["EU"], uses={"commercial": True})
    again = saved(now=LATER)
    assert (again.regions, again.uses, again.changed_at, again.created_at) == (None, {}, LATER, NOW)
    assert saved(now=LATER + timedelta(days=1)).changed_at == LATER
    assert Deployment.objects.count() == 1


def change(deployment, **data):
    return services.change_deployment(deployment=deployment, data=data, actor="user:bob", now=LATER)


def test_changing_touches_only_what_is_given(llama):
    found = change(saved(regions=["EU"], uses={"commercial": True, "distributed": False}), environment="test")
    assert (found.environment, found.regions, found.changed_at) == ("test", ["EU"], LATER)
    assert change(found, uses={"distributed": None}).uses == {"commercial": True}
    assert change(found, regions=None).regions is None


def test_changing_the_product_brings_its_company(llama):
    from governance.usage.services import save_product

    save_product(data={"slug": "assistant", "company": "lab"}, now=NOW)
    assert change(saved(), product="assistant").company.slug == "lab"


def test_changing_the_model_takes_its_tracked_revision(llama):
    pending()
    found = change(saved(revision=FIRST), model="qwen/new")
    assert (found.model.repo_id, found.revision, found.snapshot) == ("qwen/new", "main", None)


@pytest.mark.parametrize("data", [{"slug": "other"}, {"regions": ["Mars"]}, {"x": 1}])
def test_a_change_that_cannot_be_changes_nothing(llama, data):
    found = saved(regions=["EU"])
    assert list(faults(lambda: change(found, **data))) == list(data)
    assert Deployment.objects.get().changed_at == NOW


def test_a_retired_deployment_keeps_its_first_end_and_comes_back_only_whole(llama):
    found = saved()
    for now in (LATER, LATER + timedelta(days=1)):
        services.retire_deployment(deployment=found, now=now)
    assert found.retired_at == LATER
    assert "is retired" in faults(lambda: change(found, environment="test"))["slug"][0]
    assert saved(now=LATER).retired_at is None


def test_following_moves_those_who_name_the_branch_and_no_other(llama):
    branch, pinned, retired = saved(), saved(slug="pinned", revision=FIRST), saved(slug="retired")
    services.retire_deployment(deployment=retired, now=NOW)
    point(llama, "main", SECOND)
    assert services.follow(model=llama, now=LATER) == [branch]
    branch.refresh_from_db(), pinned.refresh_from_db(), retired.refresh_from_db()
    assert (branch.snapshot.revision, branch.changed_at) == (SECOND, LATER)
    assert {pinned.snapshot.revision, retired.snapshot.revision} == {FIRST}
    assert services.follow(model=llama, now=LATER) == []


def test_following_gives_a_snapshot_to_those_who_waited_for_the_first_reading():
    model = pending()
    waiting = saved(model="qwen/new")
    point(model, "main", FIRST)
    assert services.follow(model=model, now=LATER) == [waiting]


def test_a_branch_that_is_gone_leaves_the_deployment_on_its_last_snapshot(llama):
    found = saved()
    llama.refs.all().delete()
    assert services.follow(model=llama, now=LATER) == []
    found.refresh_from_db()
    assert found.snapshot.revision == FIRST


def test_following_asks_as_often_for_many_deployments(llama, django_assert_max_num_queries):
    for number in range(20):
        saved(slug=f"d{number}")
    point(llama, "main", SECOND)
    with django_assert_max_num_queries(8):
        assert len(services.follow(model=llama, now=LATER)) == 20


def test_a_deployment_can_be_described_without_being_saved(llama):
    found = unsaved({name: value for name, value in BODY.items() if name != "slug"})
    assert (found.pk, found.company.slug, found.snapshot.revision) == (None, "acme", FIRST)
    assert not Deployment.objects.exists()


def test_the_body_of_a_deployment_can_be_saved_again(llama):
    found = saved(regions=["EU"], uses={"outputs_train": {"target": "llm"}})
    again, created = services.save_deployment(data=services.body_of(found), actor="x", now=LATER)
    assert (created, again.changed_at) == (False, NOW)
