"""The list of models and the sides of one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from governance.licensing.models import Conclusion
from governance.pipeline.models import Work
from governance.registry.models import Alias, Edge, Model, State, StatedLicense
from tests.portal import cast
from tests.portal.reading import words

As = Callable[[str], Client]


@pytest.fixture
def client(as_: As) -> Client:
    return as_("ed")


@pytest.fixture
def llama(db: None) -> Model:
    return cast.model()


def page(client: Client, tab: str = "") -> str:
    return words(client.get(f"/models/huggingface/{cast.LLAMA}/{tab}"))


def test_an_empty_list_says_how_to_begin(client: Client) -> None:
    assert "No model is tracked yet" in words(client.get("/models/"))


def test_a_row_tells_license_decision_and_nearest_limit(client: Client) -> None:
    cast.blocked()
    told = words(client.get("/models/"))
    assert "meta-llama/Llama-3.1-8B Llama 3.1 Community License Allowed" in told
    assert "97.6 % of 700 million" in told
    assert "1 deployment Blocked" in told


def test_the_exact_figure_is_at_hand(client: Client) -> None:
    cast.blocked()
    assert 'title="700,000,000 monthly active users"' in client.get("/models/").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=llama", {"meta-llama/Llama-3.1-8B"}),
        ("license=mit", {"x/y"}),
        ("decision=cannot_tell", {"x/z"}),
        ("q=nothing", set()),
    ],
)
def test_filters_leave_what_fits(client: Client, llama: Model, query: str, found: set[str]) -> None:
    cast.model("x/y", "mit")
    Model.objects.create(source="huggingface", repo_id="x/z", state_since=cast.NOW)
    told = words(client.get(f"/models/?{query}"))
    assert {name for name in ("meta-llama/Llama-3.1-8B", "x/y", "x/z") if f"{name} " in told} == found


def test_pages_are_numbered_and_keep_the_filter(client: Client) -> None:
    for number in range(30):
        Model.objects.create(source="huggingface", repo_id=f"x/m{number:02}", state_since=cast.NOW)
    told = client.get("/models/?q=x/&page=2")
    assert "26–30 of 30" in words(told)
    assert "?q=x%2F&amp;page=1" in told.content.decode()


def test_a_page_that_does_not_exist_shows_the_nearest(client: Client, llama: Model) -> None:
    assert "1–1 of 1" in words(client.get("/models/?page=99"))
    assert "1–1 of 1" in words(client.get("/models/?page=none"))


def test_the_overview_shows_terms_as_sentences_with_their_section(client: Client, llama: Model) -> None:
    told = page(client)
    assert "Tag of the repository llama3.1" in told
    assert (
        "With more than 700 million monthly active users of your products and those of your affiliates"
        in told
    )
    assert "in June 2024: a license from Meta Platforms is needed first." in told
    assert "show “Built with Llama”" in told
    assert "§ 1.b.i(B)" in told


def test_statements_that_disagree_are_shown_side_by_side(client: Client, llama: Model) -> None:
    StatedLicense.objects.create(snapshot=llama.latest_snapshot, kind="license_file", value="LICENSE")
    Conclusion.objects.update(disagreements=["the tag says mit, the file llama3.1"])
    told = page(client)
    assert "The statements disagree. the tag says mit, the file llama3.1" in told
    assert "License file LICENSE" in told


def test_an_ancestor_that_passes_terms_on_is_named(client: Client, llama: Model) -> None:
    tuned = cast.model("x/tuned", "mit")
    Edge.objects.create(
        snapshot=tuned.latest_snapshot, parent_repo_id=llama.repo_id, parent=llama, relation="finetune",
    )  # fmt: skip
    overview = words(client.get("/models/huggingface/x/tuned/"))
    assert f"Llama 3.1 Community License Agreement , passed on by {cast.LLAMA}" in overview
    lineage = words(client.get("/models/huggingface/x/tuned/lineage/"))
    assert f"x/tuned is fine-tuned from {cast.LLAMA}" in lineage
    assert "Passes terms on" in lineage
    assert "Conflict" in lineage
    assert "The license of the ancestor permits commercial use on a condition" in lineage
    assert "x/tuned" in page(client, "lineage/")


@pytest.mark.parametrize(
    ("license", "told"),
    [("cc-by-nc-4.0", "In order Its owner published both"), ("llama3.1", "Conflict Passes terms on")],
)
def test_an_owner_gives_out_anew_what_is_its_own_alone(client: Client, license: str, told: str) -> None:
    first, second = cast.model("x/first", license), cast.model("x/second", "mit")
    Edge.objects.create(
        snapshot=second.latest_snapshot, parent_repo_id="x/first", parent=first, relation="finetune",
    )  # fmt: skip
    assert told in words(client.get("/models/huggingface/x/second/lineage/"))


def test_what_people_curated_is_told_with_author_and_source(client: Client, llama: Model) -> None:
    child = cast.model("x/silent", "llama3.1")
    said = {"source": "https://example.com/paper", "author": "user:alice", "recorded_at": cast.NOW}
    child.curated_edges.create(parent=llama, parent_repo_id=llama.repo_id, relation="merge", **said)
    child.curated_edges.create(parent_repo_id="x/other", wrong=True, **said)
    lineage = words(client.get("/models/huggingface/x/silent/lineage/"))
    assert f"x/silent is merged from {cast.LLAMA}" in lineage
    assert "Curated by user:alice on 1 Nov 2026 , from https://example.com/paper" in lineage
    assert "The repository names x/other in error" in lineage
    assert "x/silent" in page(client, "lineage/")


def test_files_that_can_run_code_are_marked(client: Client, llama: Model) -> None:
    told = page(client, "files/")
    assert "model.safetensors safetensors 16.1 GB" in told
    assert "old.bin Can run code" in told


def test_the_history_tells_what_changed_upstream(client: Client, llama: Model) -> None:
    cast.change(llama)
    assert "The license changed. The license changed from mit to llama3.1." in page(client, "history/")


def test_trouble_is_told_and_what_was_read_stays(client: Client, llama: Model) -> None:
    Model.objects.update(state=State.UNREACHABLE, state_reason="No answer within 10 s.")
    told = page(client)
    assert "The hub cannot be reached" in told
    assert "What was read before is kept and shown. No answer within 10 s." in told
    assert "Built with Llama" in told


def test_a_model_that_was_not_read_says_so(client: Client) -> None:
    Model.objects.create(
        source="huggingface", repo_id="x/new", state_since=cast.NOW,
        endpoint=settings.SOURCE_OPTIONS["endpoint"],
    )  # fmt: skip
    for tab in ("", "files/", "lineage/", "history/"):
        assert "Not read yet" in words(client.get(f"/models/huggingface/x/new/{tab}"))


def test_a_former_name_leads_to_the_present_one(client: Client, llama: Model) -> None:
    Alias.objects.create(model=llama, repo_id="meta-llama/old", since=cast.NOW)
    answer = client.get("/models/huggingface/meta-llama/old/")
    assert answer.headers["Location"] == f"/models/huggingface/{cast.LLAMA}/"


@pytest.mark.parametrize("address", ["huggingface/no/such", "nowhere/a/b", "huggingface/--bad--"])
def test_what_is_not_tracked_is_not_found(client: Client, address: str) -> None:
    assert client.get(f"/models/{address}/").status_code == 404


def test_adding_a_model_queues_reading_it(client: Client) -> None:
    sent = {"source": "huggingface", "repo_id": "meta-llama/Llama-3.1-8B", "revision": ""}
    answer = client.post("/models/add/", sent)
    assert answer.headers["Location"] == f"/models/huggingface/{cast.LLAMA}/"
    assert Work.objects.get().kind == "sync"


def test_a_name_that_is_none_is_refused_beside_its_field_and_kept(client: Client) -> None:
    answer = client.post("/models/add/", {"source": "huggingface", "repo_id": "not a name", "revision": ""})
    assert answer.status_code == 422
    assert "is no repository id" in words(answer)
    assert 'value="not a name"' in answer.content.decode()
    assert not Model.objects.exists()


def test_reading_again_is_queued_once(client: Client, llama: Model) -> None:
    for _ in range(2):
        client.post(f"/models/huggingface/{cast.LLAMA}/sync/")
    assert Work.objects.filter(kind="sync").count() == 1


OVERRIDE = f"/models/huggingface/{cast.LLAMA}/license-override/"


def test_an_editor_sets_the_license_by_hand_and_withdraws_it(client: Client, llama: Model) -> None:
    given = {"license": "llama2", "reason": "The publisher told us so."}
    told = words(client.post(OVERRIDE, given, follow=True))
    assert "The license is set" in told
    assert "Set by hand by user:ed" in told
    assert "The publisher told us so." in told
    told = words(client.post(f"{OVERRIDE}withdraw/", follow=True))
    assert "Withdrawn" in told
    assert "Set by hand by" not in told


def test_a_license_that_cannot_be_set_is_said_beside_the_form(client: Client, llama: Model) -> None:
    answer = client.post(OVERRIDE, {"license": "my-own", "reason": "Because."})
    assert answer.status_code == 422
    told = words(answer)
    assert "There are no terms of a license 'my-own'" in told
    assert "Because." in answer.content.decode()
    assert not Conclusion.objects.exclude(author="").exists()
    look_alike = words(client.post(OVERRIDE, {"license": "mіt", "reason": "Because."}))
    assert "a license 'mіt', which holds letters that only look like plain ones" in look_alike


def test_who_only_views_sees_no_form_and_sets_nothing(as_: As, llama: Model) -> None:
    viewer = as_("vera")
    assert "Set the license by hand" not in page(viewer)
    assert viewer.post(OVERRIDE, {"license": "llama2", "reason": "So."}).status_code == 403
    assert viewer.post(f"{OVERRIDE}withdraw/").status_code == 403


def test_several_licenses_are_linked_one_by_one(client: Client, llama: Model) -> None:
    Conclusion.objects.filter(current=True).update(license="cc-by-4.0 AND mit")
    body = client.get(f"/models/huggingface/{cast.LLAMA}/").content.decode()
    assert 'href="/licenses/mit/"' in body
    assert 'href="/licenses/cc-by-4.0/"' in body
    assert "MIT License" in words(client.get("/models/?license=mit"))
