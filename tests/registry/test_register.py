from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from governance.registry import services
from governance.registry.models import Alias, Model, State
from governance.registry.services import find_model, known, register_model, source_of
from tests.registry.readings import LATER, NOON, kinds, read, registered, tracked

pytestmark = pytest.mark.django_db


def test_a_new_model_waits_to_be_read() -> None:
    model, created = register_model(source="huggingface", repo_id="acme/m", ref="v1.0", now=NOON)
    assert created
    assert (model.repo_id, model.ref, model.state, model.state_since) == ("acme/m", "v1.0", "pending", NOON)
    assert model.endpoint == "https://huggingface.co"
    assert model.latest_snapshot is None


@pytest.mark.parametrize("name", ["acme/m", "ACME/M", "acme/former"])
def test_a_model_that_is_known_is_found_by_any_of_its_names(name: str) -> None:
    model = registered("acme/m")
    Alias.objects.create(model=model, repo_id="Acme/Former", since=NOON)
    assert register_model(source="huggingface", repo_id=name, now=LATER) == (model, False)
    assert Model.objects.count() == 1


def test_who_bears_a_name_comes_before_who_bore_it() -> None:
    renamed, newcomer = registered("acme/new"), registered("acme/old")
    Alias.objects.create(model=renamed, repo_id="acme/old", since=NOON)
    assert find_model(source="huggingface", repo_id="acme/old") == newcomer


def test_a_name_that_was_taken_by_another_repository_does_not_find_the_old_one() -> None:
    model = registered("acme/m")
    model.state = State.REPLACED
    model.save()
    assert find_model(source="huggingface", repo_id="acme/m") is None


def test_two_requests_for_one_name_at_the_same_time_make_one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    first = registered()
    answers = iter([None, first])
    monkeypatch.setattr(services, "model_named", lambda *_: next(answers))
    assert register_model(source="huggingface", repo_id="acme/m", now=NOON) == (first, False)
    assert Model.objects.count() == 1


def test_a_name_that_no_database_can_be_asked_for_finds_nothing() -> None:
    assert find_model(source="huggingface", repo_id="acme/m\x00") is None


BAD_IDS = [
    "", "/", "acme/", "/m", "a/b/c", "acme m", "acme/m\n", "acme/m\r\nX: y", "../etc", "acme/..", "acme/-m",
    "acme/m--x", "acme/m.git", "acme/" + "x" * 97, "https://huggingface.co/acme/m", "acme/mödel",
    "acme/\x1b[2Jm", "acme/m\x00", "' OR '1'='1", 7, None,
]  # fmt: skip


@pytest.mark.parametrize("repo_id", BAD_IDS)
def test_what_is_no_repository_id_is_refused(repo_id: object) -> None:
    with pytest.raises(ValidationError) as refused:
        register_model(source="huggingface", repo_id=repo_id, now=NOON)  # type: ignore[arg-type]
    assert "is no repository id" in refused.value.message_dict["repo_id"][0]
    assert "\n" not in refused.value.message_dict["repo_id"][0]
    assert not Model.objects.exists()


@pytest.mark.parametrize("repo_id", ["acme/m", "gpt2", "Qwen/Qwen2.5-72B", "a/_b_", "01-ai/Yi-34B", "a/b.c"])
def test_names_as_hubs_use_them_are_taken(repo_id: str) -> None:
    assert registered(repo_id).repo_id == repo_id


@pytest.mark.parametrize(
    "ref", ["", "a b", "-x", "a..b", "a/", "x" * 201, "a\nb", "~", "x.lock", "@{1}", None]
)
def test_what_is_no_revision_is_refused(ref: object) -> None:
    with pytest.raises(ValidationError) as refused:
        register_model(source="huggingface", repo_id="acme/m", ref=ref, now=NOON)  # type: ignore[arg-type]
    assert "is no branch, tag or commit id" in refused.value.message_dict["revision"][0]


@pytest.mark.parametrize("ref", ["main", "refs/pr/1", "v1.0", "release-2026/11", "a" * 40, "a" * 64])
def test_branches_tags_and_commit_ids_are_taken(ref: str) -> None:
    assert registered(ref=ref).ref == ref


def test_an_unknown_source_is_refused_with_those_that_exist() -> None:
    with pytest.raises(ValidationError) as refused:
        register_model(source="nowhere", repo_id="acme/m", now=NOON)
    assert "'nowhere'" in refused.value.message_dict["source"][0]
    assert "huggingface" in refused.value.message_dict["source"][0]


def test_a_declaration_is_kept_and_replaced_only_by_another() -> None:
    first, _ = register_model(source="manual", repo_id="lab/one", declaration={"license": "mit"}, now=NOON)
    assert first.endpoint == ""
    register_model(source="manual", repo_id="lab/one", now=NOON)
    assert Model.objects.get().declaration == {"license": "mit"}
    register_model(source="manual", repo_id="lab/one", declaration={"license": "qwen"}, now=NOON)
    assert Model.objects.get().declaration == {"license": "qwen"}


def test_the_source_of_a_model_comes_with_its_options() -> None:
    model, _ = register_model(source="manual", repo_id="lab/one", declaration={"license": "mit"}, now=NOON)
    assert source_of(model).options["declaration"] == {"license": "mit"}
    assert source_of(registered()).options["endpoint"] == "https://huggingface.co"


def test_a_parent_that_is_registered_later_is_tied_to_its_children() -> None:
    child = tracked("acme/child", ancestors=())
    stated = child.latest_snapshot.edges.create(
        parent_repo_id="Acme/Base", relation="finetune", stated_in="card"
    )
    base = registered("acme/base")
    stated.refresh_from_db()
    assert stated.parent == base


def test_a_version_that_was_read_is_never_declared_anew() -> None:
    first = {"provider": "Lab", "version": "1", "license": "mit"}
    model, _ = register_model(source="manual", repo_id="lab/one", declaration=first, now=NOON)
    read(model, source_of(model).read("lab/one", "main", known(model, "main")))
    with pytest.raises(ValidationError) as refused:
        register_model(source="manual", repo_id="lab/one", declaration={**first, "license": "qwen"}, now=NOON)
    assert "declare another version" in refused.value.message_dict["declaration"][0]
    assert Model.objects.get().declaration == first
    second = {**first, "version": "2", "license": "qwen"}
    register_model(source="manual", repo_id="lab/one", declaration=second, now=NOON)
    synced = read(model, source_of(Model.objects.get()).read("lab/one", "main", known(model, "main")))
    assert synced.created
    assert kinds(synced.changes) == ["branch_moved"]
