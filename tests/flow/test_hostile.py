"""Classes N, O and P of the hostile corpus: from the Hub or its webhook to what the gate answers.

Class Q is in tests/pipeline/runner/test_bad_policies.py and, as installed plugins, in tests/chaos/faults/.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from governance.compliance.gate import gate
from governance.compliance.models import Violation
from governance.demo.hub import Hub, hub_server
from governance.demo.hub.records import repository_of
from governance.pipeline import execution, intake, outbox
from governance.pipeline.models import Work
from governance.registry.models import Change, Model, Snapshot
from tests.compliance import cast
from tests.compliance.cast import ACTOR, assign, deploy
from tests.hostile import case_json
from tests.servers.hub import faults

pytestmark = pytest.mark.django_db
SECRET = "agreed"
MIT = {"license": "mit"}


@pytest.fixture
def hub(settings: Any) -> Iterator[Hub]:
    hub = Hub()
    hub.add_token("hf_alice", "alice")  # without a token the Hub answers 401 for what is not there
    with hub_server(hub) as address:
        settings.SOURCE_OPTIONS = {"endpoint": address, "token": "hf_alice", "timeout": 2, "total_seconds": 3}
        yield hub


@pytest.fixture
def platform(db: None) -> None:
    """Acme with its product, and rules of licenses and names that decide."""
    cast.company(), cast.product()
    for policy in ("license.known", "license.commercial-use", "model.look-alike", "model.upstream"):
        assign(policy)


def work(most: int = 60) -> None:
    execution.drain(most)


def look_again() -> None:
    """As the sweep does, or a webhook."""
    for model in Model.objects.exclude(state="replaced"):
        intake.sync_model(model=model, actor=ACTOR)
    work()


def track(repo_id: str) -> Model:
    model, _ = intake.add_model(source="huggingface", repo_id=repo_id, actor=ACTOR)
    work()
    return Model.objects.get(pk=model.pk)


def answer(slug: str = "chat-eu") -> dict[str, Any]:
    """Every denial has a reason that a person can read."""
    told = gate(slug, timezone.now())
    assert told["allow"] or told["reasons"][0]["reason"]
    return told


def served(hub: Hub, record: dict[str, Any], **card: Any) -> None:
    hub.add(repository_of({**record, **({"cardData": card} if card else {})}))


@pytest.mark.usefixtures("platform")
class TestIdentity:
    def test_a_name_that_was_registered_again_is_not_what_was_approved(self, hub: Hub) -> None:
        first, _, second = case_json("N01-reuse")["sequence"]
        served(hub, first, **MIT)
        approved = track("acme/m")
        deploy(model="acme/m", revision=first["sha"])
        work()
        assert answer()["allow"]
        hub.delete("acme/m")
        look_again()
        served(hub, second, **MIT)
        look_again()
        assert not answer()["allow"]
        approved.refresh_from_db()
        assert (approved.state, approved.hub_id) == ("replaced", first["_id"])
        assert Change.objects.filter(model=approved, kind="replaced").exists()

    def test_what_was_pinned_stays_and_what_follows_the_branch_waits_for_its_judging(self, hub: Hub) -> None:
        first, second = case_json("N02-main")["sequence"]
        served(hub, first, **MIT)
        track("acme/m")
        deploy("pinned", model="acme/m", revision=first["sha"])
        deploy("main", model="acme/m", revision="main")
        work()
        assert answer("pinned")["allow"]
        assert answer("main")["allow"]
        moved = repository_of({**second, "cardData": {"license": "cc-by-nc-4.0"}})
        hub.add(moved)
        for one in Model.objects.all():
            intake.sync_model(model=one, actor=ACTOR)
        execution.run(Work.objects.get(kind="sync", state="due").pk)
        assert not answer("main")["allow"]
        assert answer("pinned")["allow"]
        work()
        assert not answer("main")["allow"]
        assert answer("pinned")["allow"]

    def test_a_license_that_flips_closes_the_gate_and_opens_a_finding(self, hub: Hub) -> None:
        first, second = case_json("N03-licflip")["sequence"]
        served(hub, first)
        track("acme/m")
        deploy(model="acme/m", revision="main")
        work()
        assert answer()["allow"]
        served(hub, second)
        look_again()
        assert answer()["decision"] == "cannot_tell"
        assert Violation.objects.filter(status="open", subject__deployment__slug="chat-eu").exists()
        assert Change.objects.filter(kind="license_changed").exists()

    def test_look_alikes_are_named_with_what_they_were_matched_to(self, hub: Hub) -> None:
        told = case_json("N10-typo")
        for repo_id in told["approved"] + told["requested"]:
            hub.create(repo_id, card=MIT)
            track(repo_id)
        for number, repo_id in enumerate(told["requested"]):
            deploy(f"chat-{number}", model=repo_id)
            work()
            found = answer(f"chat-{number}")
            meant = next(one for one in told["approved"] if one.split("/")[1] == repo_id.split("/")[1])
            assert found["decision"] == "needs_review"
            assert f"is easily taken for {meant}" in found["reasons"][0]["reason"]


@pytest.mark.usefixtures("platform")
class TestHubFaults:
    @pytest.mark.parametrize("name", ["O01-429", "O02-500", "O03-trunc", "O04-slow"])
    def test_nothing_passes_while_the_hub_fails(self, hub: Hub, name: str) -> None:
        faults.plan(hub, case_json(name)["routes"][:1])
        track("acme/m")
        deploy(model="acme/m")
        work(20)
        assert not answer()["allow"]
        assert hub.count() <= 5
        waiting = Work.objects.get(kind="sync")
        assert waiting.state == "due"
        assert waiting.last_error
        assert not Snapshot.objects.exists()

    def test_the_wait_that_the_hub_asks_for_is_kept(self, hub: Hub) -> None:
        faults.plan(hub, case_json("O01-429")["routes"][:1])
        track("acme/m")
        waiting = Work.objects.get(kind="sync")
        assert (waiting.due_at - outbox.database_now()).total_seconds() > 25
        assert hub.count() == 1

    def test_others_are_judged_while_the_hub_fails(self, hub: Hub) -> None:
        faults.plan(hub, case_json("O02-500")["routes"][:1], "/api/models/acme/m*")
        hub.create("acme/fine", card=MIT)
        track("acme/m"), track("acme/fine")
        deploy(model="acme/fine")
        work()
        assert answer()["allow"]


@pytest.mark.usefixtures("platform")
class TestWebhooks:
    @pytest.fixture(autouse=True)
    def _agreed(self, settings: Any) -> None:
        settings.HF_WEBHOOK_SECRET = SECRET

    def call(self, client: Any, told: dict[str, Any]) -> int:
        secret = told["secret"]
        headers = {} if secret is None else {"X-Webhook-Secret": SECRET if secret == "GOOD" else secret}
        path = "/api/v1/webhooks/huggingface/"
        return int(client.post(path, told["json"], "application/json", headers=headers).status_code)

    def test_who_does_not_know_the_secret_is_refused(self, hub: Hub, client: Any) -> None:
        for told in case_json("P01-secret")["requests"]:
            assert self.call(client, told) == told["expect"]
        assert not Work.objects.filter(kind="sync").exists()

    def test_fifty_hints_are_one_look_and_one_snapshot(self, hub: Hub, client: Any) -> None:
        (told,) = case_json("P02-dup")["requests"]
        served(hub, {"id": "acme/m", "_id": told["json"]["repo"]["id"], "sha": "a" * 40}, **MIT)
        track("acme/m")
        hub.add(repository_of({"id": "acme/m", "_id": told["json"]["repo"]["id"], "sha": "b" * 40}))
        asked = hub.count()
        assert {self.call(client, told) for _ in range(told["parallel"])} == {202}
        assert Work.objects.filter(kind="sync", state="due").count() == 1
        work()
        assert hub.count() - asked <= 3
        assert Snapshot.objects.filter(revision="b" * 40).count() == 1
        assert Change.objects.filter(kind__in=["branch_moved", "history_rewritten"]).count() == 1

    def test_the_head_is_what_the_hub_says_and_not_what_came_last(self, hub: Hub, client: Any) -> None:
        newer, older = case_json("P03-order")["requests"]
        identity = newer["json"]["repo"]["id"]
        head = newer["json"]["updatedRefs"][0]["newSha"]
        served(hub, {"id": "acme/m", "_id": identity, "sha": "a" * 40}, **MIT)
        track("acme/m")
        hub.add(repository_of({"id": "acme/m", "_id": identity, "sha": head, "cardData": MIT}))
        for told in (newer, older):
            assert self.call(client, told) == 202
            work()
            assert Model.objects.get().latest_snapshot.revision == head
